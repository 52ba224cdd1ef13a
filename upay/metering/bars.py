"""The small charts of a home page: a day's blocks, a month's days, column by column as they travel to the browser."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import TypedDict

from upay.clock import DAY_S, IST
from upay.metering.models import Quality
from upay.metering.rows import Row
from upay.packs import pack


class Bars(TypedDict):
    """Bars of equal width side by side, one place in every list each. Made once and shared: never to be changed.

    start_s: when the first begins, UTC seconds.  step_s: from one to the next.  wh: -1 where nothing is known.
    bands: the pack's time-of-day band, "" for a day.  states: `read`, `estimated`, `outage`, `running` (the block in
    progress) or "".
    """

    start_s: int
    step_s: int
    wh: list[int]
    bands: list[str]
    states: list[str]


def block_bars(rows: Sequence[Row]) -> Bars:
    """The blocks of one day, as `history.block_rows` gives them."""
    return _bars(rows, [_band_at(row.start_s) for row in rows])


def day_bars(rows: Sequence[Row]) -> Bars:
    """Days, as `history.day_rows` gives them."""
    return _bars(rows, [""] * len(rows))


def replaced(bars: Bars, place: int, wh: int, state: str) -> Bars:
    """The same bars with another one at a place."""
    energies, states = bars["wh"].copy(), bars["states"].copy()
    energies[place], states[place] = wh, state
    return {**bars, "wh": energies, "states": states}


def _band_at(start_s: int) -> str:
    local = datetime.fromtimestamp(start_s, IST)
    return _bands(pack().name, local.date())[local.hour]


def _bars(rows: Sequence[Row], bands: list[str]) -> Bars:
    return Bars(
        start_s=rows[0].start_s,
        step_s=rows[1].start_s - rows[0].start_s if len(rows) > 1 else DAY_S,
        wh=[-1 if row.wh is None else row.wh for row in rows],
        bands=bands,
        states=[_state(row) for row in rows],
    )


def _state(row: Row) -> str:
    """A day counts as estimated when most of it was."""
    if row.wh is not None and row.quality == Quality.OUTAGE and row.blocks == 1:
        return "outage"
    if row.estimated * 2 > row.blocks:
        return "estimated"
    return "" if row.wh is None else "read"


@lru_cache(maxsize=8)
def _bands(pack_name: str, day: date) -> list[str]:
    """The band of each hour of the day."""
    return [next(band.key for band in pack(pack_name).bands(day) if band.covers(hour)) for hour in range(24)]
