"""The tail: what has been acknowledged since the last look, for the meters somebody is watching.

Receipts and live readings carry rising numbers, so any process learns of news by looking past the last number it saw:
the database is the bus. Inside the process that took a batch, `nudge` spares the watchers the wait for their next look.
"""
import threading
from collections import deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

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

    def look(self, session: Session, wanted: Callable[[], Collection[int]]) -> News:
        """The news since the last look of the meters that somebody watches.

        wanted: asked only after the receipts and the live mark are read. Whoever begins to watch before that is given
        all that this look found; whoever begins after it finds the same in the database when loading the page.
        """
        files = self._new_files(session)
        newest = session.exec(select(func.max(LiveReading.seq))).one() or 0
        meter_ids = list(wanted())
        return News(_reads(files, meter_ids), self._readings(session, meter_ids, newest))

    def _new_files(self, session: Session) -> list[Path]:
        found = session.exec(
            select(ReadBatch.id, ReadBatch.path)
            .where(col(ReadBatch.id) > self._batch - _LOOK_BACK)
            .order_by(col(ReadBatch.id))
        ).all()
        fresh = [(number, path) for number, path in found if number not in self._seen]
        self._seen.extend(number for number, _ in fresh)
        self._batch = max([self._batch, *(int(number or 0) for number, _ in fresh)])
        return [settings().landing / path for _, path in fresh if path]

    def _readings(self, session: Session, meter_ids: list[int], newest: int) -> dict[int, LiveReading]:
        before, self._live = self._live, newest
        if newest == before or not meter_ids:
            return {}
        rows = session.exec(
            select(LiveReading).where(col(LiveReading.meter_id).in_(meter_ids), col(LiveReading.seq) > before)
        ).all()
        return {row.meter_id: row for row in rows}


def _reads(files: list[Path], meter_ids: list[int]) -> dict[int, list[BlockRead]]:
    if not files or not meter_ids:
        return {}
    rows = (
        pl.scan_parquet(files)
        .filter(pl.col("meter_id").is_in(meter_ids))
        .select("meter_id", "start_s", "minutes", "wh", "export_wh", "dv")
        .collect()
    )
    reads: dict[int, list[BlockRead]] = {}
    for meter_id, *read in rows.iter_rows():
        reads.setdefault(meter_id, []).append(BlockRead(*read))
    return reads
