"""Which meter stood where on which day, for whole buckets at once."""
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.bulk import bulk
from upay.clock import DAY_S
from upay.metering.matrix import NONE, Matrix
from upay.settings import settings

_FOREVER = 2**62
_INSTALLATIONS = """
SELECT m.id AS meter_id, m.minutes, m.digits, i.connection_id, i.dtr_id, i.from_at, i.to_at,
       c.sanctioned_load_w AS load_w, c.has_solar
FROM meterinstallation i
JOIN meter m ON m.id = i.meter_id
LEFT JOIN connection c ON c.id = i.connection_id
ORDER BY i.meter_id, i.from_at
"""


@dataclass(frozen=True)
class Installed:
    """Every installation, by meter and beginning; shape (installations,), -1 where there is none."""

    meter_id: NDArray[np.int64]
    minutes: NDArray[np.int16]
    digits: NDArray[np.int8]
    connection_id: NDArray[np.int64]
    dtr_id: NDArray[np.int64]
    load_w: NDArray[np.int64]
    has_solar: NDArray[np.bool_]
    from_s: NDArray[np.int64]
    to_s: NDArray[np.int64]

    def during(self, first_s: int, end_s: int) -> "Installed":
        """The installations that touch the time [first_s, end_s)."""
        return self._where((self.from_s < end_s) & (self.to_s > first_s))

    def of_bucket(self, bucket: int) -> "Installed":
        """Those of one bucket's meters."""
        return self._where(self.meter_id % settings().buckets == bucket)

    def of_meters(self, first: int, last: int) -> "Installed":
        """Those of the meters with ids in [first, last]."""
        return self._where((self.meter_id >= first) & (self.meter_id <= last))

    def _where(self, mask: NDArray[np.bool_]) -> "Installed":
        return Installed(*(getattr(self, name)[mask] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Stays:
    """Stays that do not cover the day of their row, several of a row whose meter moved; -1 for none. shape (stays,)"""

    row: NDArray[np.int64]
    connection_id: NDArray[np.int64]
    dtr_id: NDArray[np.int64]
    from_s: NDArray[np.int64]
    to_s: NDArray[np.int64]


@dataclass(frozen=True)
class Placement:
    """Where the meters of a matrix's rows stood; shape (rows,), -1 for nowhere. Of several places the last counts.

    expected: shape (rows, slots), whether the meter was installed during the whole block; None: always.
    stays: of the rows that one stay does not cover; None: there are none.
    """

    connection_id: NDArray[np.int64]
    dtr_id: NDArray[np.int64]
    load_w: NDArray[np.int64]
    has_solar: NDArray[np.bool_]
    digits: NDArray[np.int8]
    expected: NDArray[np.bool_] | None
    stays: Stays | None = None

    def taken(self, rows: NDArray[np.int64]) -> "Placement":
        """Those of some rows, each once or, of a placement without `stays`, several times."""
        names = ("connection_id", "dtr_id", "load_w", "has_solar", "digits")
        arrays = {name: getattr(self, name)[rows] for name in names}
        expected, stays = None if self.expected is None else self.expected[rows], None
        if self.stays is not None:
            at = np.full(len(self.connection_id), NONE, np.int64)
            at[rows] = np.arange(len(rows))
            kept = at[self.stays.row] != NONE
            found = {name: getattr(self.stays, name)[kept] for name in Stays.__dataclass_fields__}
            stays = Stays(**found | {"row": at[self.stays.row[kept]]}) if kept.any() else None
        return Placement(**arrays, expected=expected, stays=stays)


def installed() -> Installed:
    """All installations as the database has them now; read anew when the registry has moved on."""
    with bulk() as db:
        counted = db.read("SELECT value FROM counter WHERE name = 'registry'")
    return _read(settings().url, int(counted["value"][0]) if len(counted) else 0)


@lru_cache(maxsize=1)
def _read(_url: str, _version: int) -> Installed:
    with bulk() as db:
        rows = db.read(_INSTALLATIONS)

    def numbers(name: str, kind: type[np.generic]) -> NDArray:  # type: ignore[type-arg]
        return rows[name].cast(pl.Int64).fill_null(NONE).to_numpy().astype(kind)

    def seconds(name: str) -> NDArray[np.int64]:
        column = rows[name]
        if not column.dtype.is_temporal():  # SQLite keeps instants as text
            column = column.cast(pl.String).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
        return column.dt.epoch("s").fill_null(_FOREVER).to_numpy()

    return Installed(
        meter_id=numbers("meter_id", np.int64),
        minutes=numbers("minutes", np.int16),
        digits=numbers("digits", np.int8),
        connection_id=numbers("connection_id", np.int64),
        dtr_id=numbers("dtr_id", np.int64),
        load_w=numbers("load_w", np.int64),
        has_solar=numbers("has_solar", np.int64) == 1,
        from_s=seconds("from_at"),
        to_s=seconds("to_at"),
    )


def place(matrix: Matrix, among: Installed) -> Placement:
    """Place every row: of several installations in a day the last counts; a block is expected of who had all of it."""
    rows = len(matrix.meter_id)
    holder = np.full(rows, NONE, np.int64)
    begin_s = matrix.day_s + 60 * matrix.phase.astype(np.int64)
    latest = np.searchsorted(among.meter_id, matrix.meter_id, side="right") - 1
    known = (latest >= 0) & (among.meter_id[np.maximum(latest, 0)] == matrix.meter_id) if len(among.meter_id) else None
    if known is None:
        return Placement(holder, holder, holder, np.zeros(rows, np.bool_), np.full(rows, 8, np.int8), None)
    at = np.maximum(latest, 0)
    whole = known & (among.from_s[at] <= begin_s) & (among.to_s[at] >= begin_s + DAY_S)
    holder[whole] = at[whole]
    expected = stays = None
    partly = np.flatnonzero(~whole)
    if len(partly):
        expected = np.repeat(whole[:, None], matrix.slots, axis=1)
        stays = _place_partly(matrix, among, partly, begin_s, holder, expected)
    found = holder != NONE
    fields = {
        name: np.where(found, getattr(among, name)[holder], NONE) for name in ("connection_id", "dtr_id", "load_w")
    }
    has_solar = found & among.has_solar[holder]
    return Placement(**fields, has_solar=has_solar, digits=among.digits[at], expected=expected, stays=stays)


def _place_partly(
    matrix: Matrix,
    among: Installed,
    rows: NDArray[np.int64],
    begin_s: NDArray[np.int64],
    holder: NDArray[np.int64],
    expected: NDArray[np.bool_],
) -> Stays | None:
    """Rows whose day a meter's latest installation does not cover: look at each of its installations in turn."""
    slot_s = 60 * matrix.minutes * np.arange(matrix.slots, dtype=np.int64)
    first = np.searchsorted(among.meter_id, matrix.meter_id[rows])
    last = np.searchsorted(among.meter_id, matrix.meter_id[rows], side="right")
    touched: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for turn in range(int((last - first).max(initial=0))):
        mine = first + turn < last
        row, at = rows[mine], (first + turn)[mine]
        touches = (among.from_s[at] < begin_s[row] + DAY_S) & (among.to_s[at] > begin_s[row])
        row, at = row[touches], at[touches]
        holder[row] = at
        start = begin_s[row, None] + slot_s
        expected[row] |= (start >= among.from_s[at, None]) & (start + 60 * matrix.minutes <= among.to_s[at, None])
        touched.append((row, at))
    if not touched:
        return None
    row, at = (np.concatenate(parts) for parts in zip(*touched, strict=True))
    return Stays(row, among.connection_id[at], among.dtr_id[at], among.from_s[at], among.to_s[at]) if len(row) else None
