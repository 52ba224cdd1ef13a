"""What meters report beside readings (IS 15959 numbers): power failed and restored, low voltage, tampering."""
from collections.abc import Iterator

import numpy as np
import polars as pl

from demo import grid
from demo.frames import BLOCK_S, DAY_S, IST_S, day_of
from demo.plan import SLOTS, Fleet
from demo.seasons import Days, describe

_FAILED, _RESTORED, _LOW, _NORMAL = 101, 102, 9, 10
_TAMPER = {"theft_magnet": (201, 202), "theft_neutral": (203, 204)}
_SAG_DV = 150
_COLUMNS = {"meter": pl.String, "code": pl.Int64, "at_s": pl.Int64}

Row = tuple[str, int, int]


def events(fleet: Fleet, after_s: int, until_s: int) -> pl.DataFrame:
    """Events in the window (after, until], since the first day of history, in order of time: meter, code, at_s."""
    first = max(fleet.first_day, day_of(after_s))
    days = describe(fleet.seed, np.arange(first, max(first, day_of(until_s) + 1)), fleet.state.subdivision)
    rows = [*_outages(fleet, days), *_sags(fleet, days), *_tampering(fleet, days)]
    return (
        pl.DataFrame(rows, schema=_COLUMNS, orient="row")
        .filter(pl.col("at_s").is_between(after_s, until_s, closed="right"))
        .sort("at_s", "meter", "code")
    )


def _outages(fleet: Fleet, days: Days) -> Iterator[Row]:
    """Every meter of a DTR reports that supply failed, and that it came back."""
    begin, finish = grid.outages(fleet, days, 0, fleet.dtrs)
    for at, dtr in np.argwhere(begin >= 0).tolist():
        day = int(days.day[at])
        slot = day * SLOTS + int(begin[at, dtr]) // 30
        meters = [_serial(fleet, connection, slot) for connection in range(*fleet.connections_of(dtr, dtr + 1))]
        for meter in (*meters, fleet.dtr_serial(dtr)):
            yield meter, _FAILED, _midnight_s(day) + 60 * int(begin[at, dtr])
            yield meter, _RESTORED, _midnight_s(day) + 60 * int(finish[at, dtr])


def _sags(fleet: Fleet, days: Days) -> Iterator[Row]:
    """A DTR's own meter reports low voltage and its end."""
    deep = grid.sags(fleet, days, 0, fleet.dtrs) > _SAG_DV
    for at, dtr in np.argwhere(deep.any(axis=2)).tolist():
        slots = np.flatnonzero(deep[at, dtr]).tolist()
        midnight_s = _midnight_s(int(days.day[at]))
        yield fleet.dtr_serial(dtr), _LOW, midnight_s + BLOCK_S * slots[0]
        yield fleet.dtr_serial(dtr), _NORMAL, midnight_s + BLOCK_S * (slots[-1] + 1)


def _tampering(fleet: Fleet, days: Days) -> Iterator[Row]:
    """A tampered meter says so when it begins, and once a week for two hours."""
    for special in fleet.specials:
        if special.kind in _TAMPER and special.connection is not None:
            since, slot = divmod(special.first, SLOTS)
            begins, ends = _TAMPER[special.kind]
            for day in (day for day in days.day.tolist() if day >= since and (day - since) % 7 == 0):
                at_s = _midnight_s(day) + slot * BLOCK_S
                yield fleet.serial(special.connection), begins, at_s
                yield fleet.serial(special.connection), ends, at_s + 7_200


def _serial(fleet: Fleet, connection: int, slot: int) -> str:
    change = fleet.change
    return fleet.serial(connection, changed=connection == change.connection and slot >= change.first)


def _midnight_s(day: int) -> int:
    return day * DAY_S - IST_S
