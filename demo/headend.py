"""The demonstration's head-end: hands over what its meters say, as it comes in, and never tells the future."""
import logging
from io import BytesIO
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demo.events import events
from demo.feed import GRID_S, Feed
from demo.frames import DAY_S, IST_S
from demo.plan import Fleet
from demo.store import read, write

log = logging.getLogger("headend")

_LIVE_S = 5.0
_ROWS, _LIVE_ROWS = 100_000, 5_000
_EVENTS_AT_ONCE_S = 30 * DAY_S
_SMALL = 2_000  # rows below which a batch goes as NDJSON, so that both forms are in use
_PARQUET, _NDJSON, _CSV = "application/vnd.apache.parquet", "application/x-ndjson", "text/csv"


class Clock(Protocol):
    """The head-end's time."""

    @property
    def ended(self) -> bool: ...
    def now_s(self) -> float: ...
    def wait(self, seconds: float) -> bool: ...


class Post(Protocol):
    """The doors: `post` returns when the batch is acknowledged, or False when told to end first."""

    def wait_until_open(self) -> bool: ...
    def post(self, path: str, body: bytes, content_type: str, key: str | None = None) -> bool: ...


class HeadEnd:
    """One head-end for one fleet.

    standing: the registers at the end of history.  progress: a file that says how far it is.  Windows of time are
    handed over one after the other; only then does the progress move on, so a batch may be sent again after a crash,
    and the product takes it once.
    """

    def __init__(
        self, fleet: Fleet, standing: NDArray[np.int64], door: Post, clock: Clock, progress: Path
    ) -> None:
        self._feed, self._fleet = Feed(fleet, standing), fleet
        self._door, self._clock, self._file = door, clock, progress
        self._through = read(progress) or {"blocks": self._feed.begin_s, "events": self._feed.begin_s - 1}

    def run(self, *, once: bool = False) -> None:
        """Work until the clock ends; with `once`, until everything up to now is handed over."""
        if not self._door.wait_until_open():
            return
        live_s = 0.0
        while not self._clock.ended:
            now_s = self._clock.now_s()
            if self._send_blocks(now_s):
                continue  # days are read in their order: live readings wait until the blocks have caught up
            if now_s - live_s >= _LIVE_S:
                self._send_live(int(now_s))
                live_s = now_s
            behind = self._send_events(now_s)
            if once and not behind:
                return
            if not behind:
                self._clock.wait(_LIVE_S - self._clock.now_s() % _LIVE_S)

    def _send_live(self, now_s: int) -> None:
        if now_s < self._feed.begin_s:
            return
        for frame in self._feed.live(now_s):
            for batch in frame.iter_slices(_LIVE_ROWS):
                self._door.post("/api/v1/live", batch.write_ndjson().encode(), _NDJSON)

    def _send_blocks(self, now_s: float) -> bool:
        """Hand over the next window of block reads, at most to the end of its day. Returns whether there is more."""
        after_s = self._through["blocks"]
        midnight_s = (after_s + IST_S) // DAY_S * DAY_S + DAY_S - IST_S
        latest_s = int(now_s // GRID_S * GRID_S)
        until_s = min(latest_s, midnight_s)
        if until_s <= after_s:
            return False
        batches = (batch for frame in self._feed.blocks(after_s, until_s) for batch in frame.iter_slices(_ROWS))
        for number, batch in enumerate(batches):
            body, kind = _packed(batch)
            if not self._door.post("/api/v1/reads", body, kind, self._key("blocks", after_s, until_s, number)):
                return False
            log.info("%d block reads up to %d", len(batch), until_s)
        self._move_on("blocks", until_s)
        return until_s < latest_s

    def _send_events(self, now_s: float) -> bool:
        """Hand over the next window of events. Returns whether there is more."""
        after_s, latest_s = self._through["events"], int(now_s // GRID_S * GRID_S)
        until_s = min(latest_s, after_s + _EVENTS_AT_ONCE_S)
        if until_s <= after_s:
            return False
        for number, batch in enumerate(events(self._fleet, after_s, until_s).iter_slices(_LIVE_ROWS)):
            key = self._key("events", after_s, until_s, number)
            if not self._door.post("/api/v1/events", batch.write_csv().encode(), _CSV, key):
                return False
            log.info("%d events up to %d", len(batch), until_s)
        self._move_on("events", until_s)
        return until_s < latest_s

    def _move_on(self, what: str, until_s: int) -> None:
        self._through[what] = until_s
        write(self._file, self._through)

    def _key(self, what: str, after_s: int, until_s: int, number: int) -> str:
        """The same content always under the same key: content is a function of the fleet and the window."""
        return f"{what}-{self._fleet.seed}-{self._fleet.connections}-{after_s}-{until_s}-{number}"


def _packed(batch: pl.DataFrame) -> tuple[bytes, str]:
    """A batch as its sender's size suggests: Parquet, or NDJSON for few rows."""
    if len(batch) < _SMALL:
        return batch.write_ndjson().encode(), _NDJSON
    buffer = BytesIO()
    batch.write_parquet(buffer, compression="zstd")
    return buffer.getvalue(), _PARQUET
