"""The tail: what has been acknowledged since the last look, for the meters somebody is watching.

Receipts and live readings carry rising numbers, so any process learns of news by looking past the last number it saw:
the database is the bus. Inside the process that took a batch, `nudge` spares the watchers the wait for their next look.
"""
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import polars as pl
from sqlalchemy import func
from sqlmodel import Session, col, select

from upay.metering.models import LiveReading, ReadBatch
from upay.settings import settings

# PostgreSQL hands out ids before their transactions commit, so a lower id may appear after a higher one was seen.
_LOOK_BACK = 64

_listeners: list[Callable[[], None]] = []
_lock = threading.Lock()


def on_nudge(callback: Callable[[], None]) -> None:
    """Call `callback` (from whatever thread) each time this process has acknowledged something."""
    with _lock:
        _listeners.append(callback)


def nudge() -> None:
    """Tell this process's watchers that there is news. Call it after the commit."""
    for callback in list(_listeners):
        callback()


@dataclass(frozen=True)
class BlockRead:
    """A block as it arrived: Wh, decivolts; None where the meter sent nothing."""

    start_s: int
    minutes: int
    wh: int
    export_wh: int | None
    dv: int | None


@dataclass(frozen=True)
class News:
    """What is new, by meter id."""

    reads: dict[int, list[BlockRead]] = field(default_factory=dict)
    live: dict[int, LiveReading] = field(default_factory=dict)

    def meters(self) -> set[int]:
        """The meters that have news."""
        return set(self.reads) | set(self.live)


class Tail:
    """One reader's place in the stream of receipts and live readings. Not thread-safe: one look at a time."""

    def __init__(self, session: Session) -> None:
        """Start at the present: only what is acknowledged later is news."""
        self._batch = session.exec(select(func.max(ReadBatch.id))).one() or 0
        self._live = session.exec(select(func.max(LiveReading.seq))).one() or 0
        recent = session.exec(select(ReadBatch.id).where(col(ReadBatch.id) > self._batch - _LOOK_BACK)).all()
        self._seen: deque[int | None] = deque(recent, maxlen=4 * _LOOK_BACK)

    def look(self, session: Session, meter_ids: Collection[int]) -> News:
        """The news of these meters since the last look."""
        return News(self._reads(session, meter_ids), self._readings(session, meter_ids))

    def _reads(self, session: Session, meter_ids: Collection[int]) -> dict[int, list[BlockRead]]:
        found = session.exec(
            select(ReadBatch.id, ReadBatch.path)
            .where(col(ReadBatch.id) > self._batch - _LOOK_BACK)
            .order_by(col(ReadBatch.id))
        ).all()
        fresh = [(number, path) for number, path in found if number not in self._seen]
        self._seen.extend(number for number, _ in fresh)
        self._batch = max([self._batch, *(int(number or 0) for number, _ in fresh)])
        files = [settings().landing / path for _, path in fresh if path]
        if not files or not meter_ids:
            return {}
        rows = (
            pl.scan_parquet(files)
            .filter(pl.col("meter_id").is_in(list(meter_ids)))
            .select("meter_id", "start_s", "minutes", "wh", "export_wh", "dv")
            .collect()
        )
        reads: dict[int, list[BlockRead]] = {}
        for meter_id, *read in rows.iter_rows():
            reads.setdefault(meter_id, []).append(BlockRead(*read))
        return reads

    def _readings(self, session: Session, meter_ids: Collection[int]) -> dict[int, LiveReading]:
        top = session.exec(select(func.max(LiveReading.seq))).one() or 0
        if top == self._live or not meter_ids:
            self._live = top
            return {}
        rows = session.exec(
            select(LiveReading).where(col(LiveReading.meter_id).in_(meter_ids), col(LiveReading.seq) > self._live)
        ).all()
        self._live = top
        return {row.meter_id: row for row in rows}
