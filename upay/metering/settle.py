"""Bring acknowledged reads to rest: fold them into open days, close the days that are over. For jobs and imports alike.

These are edges: each step commits by itself, so that what is done stays done and a repetition goes on from there.
"""
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime

import structlog
from sqlmodel import Session, col, select

from upay.db import session
from upay.metering.days import close, close_together, days_to_close, days_waiting, fold_waiting, folding
from upay.metering.models import OpenPart, ReadBatch
from upay.settings import settings

Progress = Callable[[int, int], None]
_NAMES_AT_A_TIME = 500
_log = structlog.get_logger(__name__)


def fold_all(now: datetime) -> int:
    """Fold every acknowledged batch, and return how many reads that were. One process folds at a time, others wait."""
    with folding():
        return fold_waiting(now)


def close_fresh(now: datetime, days: Collection[date] | None = None, progress: Progress | None = None) -> int:
    """Close each ended day that folded reads or late events wait for, of `days` or of all; returns how many days.

    progress: told how many of how many are done.
    """
    with session() as opened:
        waiting = days_waiting(opened, now)
    return _close_all([(day, bucket) for day, bucket in waiting if days is None or day in days], now, progress)


def close_due(now: datetime) -> int:
    """Close every ended day that was never closed or that folded reads wait for; returns how many days that were."""
    with session() as opened:
        due = days_to_close(opened, now)
    return _close_all(due, now, None)


def forget_landed(opened: Session, before: datetime) -> int:
    """Remove landing files that were folded before an instant and whose reads are in the lake; returns how many.

    Their receipts stay. A file is kept while a day that it brought reads for waits to be closed.
    """
    root = settings().landing
    names = [str(path.relative_to(root)) for path in root.rglob("*.parquet")]
    removed = 0
    for begin in range(0, len(names), _NAMES_AT_A_TIME):
        asked = select(ReadBatch).where(
            col(ReadBatch.path).in_(names[begin : begin + _NAMES_AT_A_TIME]),
            col(ReadBatch.folded_at) < before,
        )
        for batch in opened.exec(asked).all():
            waiting = select(OpenPart.id).where(
                col(OpenPart.closed_version).is_(None),
                OpenPart.first_batch_id <= (batch.id or 0),
                OpenPart.last_batch_id >= (batch.id or 0),
            )
            if opened.exec(waiting).first() is None:
                (root / str(batch.path)).unlink(missing_ok=True)
                removed += 1
    return removed


def _close_all(waiting: Sequence[tuple[date, int]], now: datetime, progress: Progress | None) -> int:
    """Close the days: untouched ones together, the others one by one.

    A day that cannot be closed stops no other: it is logged, and the first such error raised when all have had a turn.
    """
    buckets: dict[date, list[int]] = {}
    for day, bucket in waiting:
        buckets.setdefault(day, []).append(bucket)
    done = 0

    def tell(more: int) -> None:
        nonlocal done
        done = min(done + more, len(buckets))
        if progress is not None:
            progress(done, len(buckets))

    together, failed = _close_together(sorted(buckets), now, tell), None
    for day in sorted(set(buckets) - together):
        try:
            close(day, sorted(buckets[day]), now)
        except Exception as error:
            _log.exception("days.close_failed", day=day.isoformat())
            failed = failed or error
        tell(1)
    if failed is not None:
        raise failed
    return len(buckets)


def _close_together(days: Sequence[date], now: datetime, tell: Callable[[int], None]) -> set[date]:
    """Those of the days that could be closed together; where one spoils a stretch, all are left to be closed apart."""
    try:
        return close_together(days, now, tell)
    except Exception:
        _log.exception("days.close_together_failed", first=days[0].isoformat(), last=days[-1].isoformat())
        return set()
