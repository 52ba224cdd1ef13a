"""Bring acknowledged reads to rest: fold them into open days, close the days that are over. For jobs and imports alike.

These are edges: each step commits by itself, so that what is done stays done and a repetition goes on from there.
"""
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from upay.clock import day_of
from upay.db import session
from upay.metering.days import close, close_together, fold
from upay.metering.models import OpenPart
from upay.settings import settings

Progress = Callable[[int, int], None]
_COLLISIONS = 20


def fold_all(now: datetime) -> int:
    """Fold every acknowledged batch, and return how many reads that were."""
    reads = collisions = 0
    while True:
        try:
            with session() as opened:
                folded = fold(opened, now)
        except IntegrityError:
            # Another process has just folded the same batches; what is left is found by looking again.
            collisions += 1
            if collisions > _COLLISIONS:
                raise
            continue
        if folded is None:
            return reads
        reads += folded.reads


def last_ended(now: datetime) -> date:
    """The latest day that is over, with the hours passed that are left for its stragglers."""
    return day_of(now - timedelta(hours=settings().close_after_hours)) - timedelta(days=1)


def close_fresh(now: datetime, days: Collection[date] | None = None, progress: Progress | None = None) -> int:
    """Close each ended day that folded reads wait for, of `days` or of all; returns how many days that were.

    progress: told how many of how many are done.
    """
    with session() as opened:
        waiting = opened.exec(
            select(col(OpenPart.day), col(OpenPart.bucket))
            .where(col(OpenPart.closed_version).is_(None), OpenPart.day <= last_ended(now))
            .distinct()
        ).all()
    buckets: dict[date, list[int]] = {}
    for day, bucket in waiting:
        if days is None or day in days:
            buckets.setdefault(day, []).append(bucket)
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done = min(done + more, len(buckets))
        if progress is not None:
            progress(done, len(buckets))

    together = close_together(sorted(buckets), now, tell)
    for day in sorted(set(buckets) - together):
        close(day, sorted(buckets[day]), now)
        tell(1)
    return len(buckets)
