"""Counters that rise when something changes, so that caches know when they are old."""
from sqlmodel import Session

from upay.work.models import Counter
from upay.work.upsert import insert_into


def bump(session: Session, name: str) -> int:
    """Raise the counter by one, from nothing if need be, and return its new value."""
    added = insert_into(session, Counter).values(name=name, value=1)
    raised = added.on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
    return int(session.exec(raised.returning(Counter.value)).scalar_one())
