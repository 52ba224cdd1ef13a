"""Unpaid dues: the day's steps, the year's interest on deposits."""
from datetime import datetime

from upay.clock import day_of
from upay.db import session
from upay.dues import dun, pay_interest, review, stretches


def steps(slot: datetime, shard: int, now: datetime) -> int:
    """End plans that were kept or missed, then remind, give notice and order. Returns how many steps were taken."""
    today, taken = day_of(slot), 0
    for first, last in stretches():
        with session() as db:
            review(db, first, last, today)
            taken += dun(db, first, last, today, now)
    return taken


def deposit_interest(slot: datetime, shard: int, now: datetime) -> int:
    """Credit the interest of the financial year that ended with March. Returns how many were credited."""
    credited = 0
    for first, last in stretches():
        with session() as db:
            credited += pay_interest(db, first, last, day_of(slot).year - 1)
    return credited
