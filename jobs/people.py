"""What follows by itself for people and their links: due erasures, links left, owners changed, old copies."""
from datetime import datetime

from upay import consent, privacy
from upay.db import session


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Do what is due. Returns how much it was."""
    with session() as db:
        done = consent.settle_owners(db, now) + consent.forget_left(db, now) + consent.forget_tries(db, now)
    with session() as db:
        done += privacy.forget_exports(db, now) + privacy.forget_aged(db, now)
        due = privacy.due_erasures(db, now)
    for erasure_id in due:
        with session() as db:
            done += privacy.erase(db, erasure_id, now)
    return done
