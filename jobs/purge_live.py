"""Forget live readings of days gone by: they are kept only for their day."""
from datetime import datetime

from upay.db import session
from upay.metering.intake import purge_live


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Remove them. Returns how many."""
    with session() as opened:
        return purge_live(opened, now)
