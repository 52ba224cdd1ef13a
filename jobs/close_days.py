"""Close days that are over, and close them again when late reads have come."""
from datetime import datetime

from upay.metering.settle import close_due, close_fresh, fold_all


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Close every ended day that was never closed, whether anything was read or not. Returns the days and buckets."""
    fold_all(now)
    return close_due(now)


def late(slot: datetime, shard: int, now: datetime) -> int:
    """Close ended days again that reads came late for. Returns the days."""
    fold_all(now)
    return close_fresh(now)
