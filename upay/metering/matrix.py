"""The dense day: reads scattered into a matrix of meter-days × blocks.

Interval data has this shape by nature. Scattering costs a hundredth of sorting, the first read of a block wins by
scattering in reverse, and a gap is a cell still holding `NONE`.
"""
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.clock import DAY_S

NONE = -1

_KINDS: dict[str, type[np.signedinteger]] = {
    "wh": np.int32,
    "export_wh": np.int32,
    "vah": np.int32,
    "dv": np.int16,
    "ca": np.int32,
    "register_wh": np.int64,
    "quality": np.int8,
}


@dataclass(frozen=True)
class Matrix:
    """Meter-days of one block length, sorted by meter and day; `NONE` (-1) where nothing was read.

    meter_id, day_s (start of the IST day, UTC s), phase (minutes by which blocks start late): shape (rows,).
    wh: shape (rows, slots).  values: the other measured quantities that were read at all, same shape.
    conflict: blocks that came again with another energy, same shape; None when none did.
    """

    minutes: int
    meter_id: NDArray[np.int64]
    day_s: NDArray[np.int64]
    phase: NDArray[np.int16]
    wh: NDArray[np.int32]
    values: dict[str, NDArray[np.signedinteger]]
    conflict: NDArray[np.bool_] | None = None

    @property
    def slots(self) -> int:
        """Blocks of a day."""
        return self.wh.shape[1]

    def taken(self, rows: NDArray[np.int64]) -> "Matrix":
        """Some of its rows."""
        return Matrix(
            self.minutes,
            self.meter_id[rows],
            self.day_s[rows],
            self.phase[rows],
            self.wh[rows],
            {name: values[rows] for name, values in self.values.items()},
            None if self.conflict is None else self.conflict[rows],
        )


@dataclass
class Scattered:
    """What became of a set of reads.

    lost: the reads that did not count, with `code`: duplicate, reads.conflict or reads.other_grid (another block
    length or offset than the day began with), and `place`: their number in the frame given.
    """

    matrices: list[Matrix] = field(default_factory=list)
    lost: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema={"place": pl.Int64, "code": pl.String}))


def scatter(
    reads: pl.DataFrame, meters: NDArray[np.int64], minutes: NDArray[np.int16], first_s: int, days: int
) -> Scattered:
    """Lay reads into matrices, one for each block length that occurs.

    reads: `reads.SCHEMA`, in order of arrival within each block; only of `meters` and of the days.
    meters: ids, ascending; minutes: each one's usual block length, for days without reads.
    first_s: start of the first IST day (UTC s).  Rows are meter × day, whether anything was read or not.
    """
    position = _positions(reads["meter_id"].to_numpy(), meters)
    offset = reads["start_s"].to_numpy() - first_s
    length = reads["minutes"].to_numpy()
    meter_id, day_s = np.repeat(meters, days), np.tile(first_s + DAY_S * np.arange(days, dtype=np.int64), len(meters))
    size = int(minutes[0]) if len(minutes) else 30
    slot = offset // (60 * size)
    # nearly always every meter keeps the same grid, and a period's blocks count straight through its days
    if (minutes == size).all() and (length == size).all() and (slot * (60 * size) == offset).all():
        cell = position * (days * 1440 // size) + slot
        matrix, lost = _fill(reads, cell, size, meter_id, day_s, np.zeros(len(meter_id), np.int16))
        return Scattered([matrix], lost)
    return _scatter_grids(
        reads, position * days + offset // DAY_S, offset % DAY_S // 60, meter_id, day_s, np.repeat(minutes, days)
    )


def _scatter_grids(
    reads: pl.DataFrame,
    row: NDArray[np.int64],
    minute: NDArray[np.int64],
    meter_id: NDArray[np.int64],
    day_s: NDArray[np.int64],
    usual: NDArray[np.int16],
) -> Scattered:
    """The same where block lengths or offsets differ: a day keeps the grid of its first read, others do not fit.

    row, minute: of each read, the meter-day and the minute of the day.  usual: block length of days without reads.
    """
    length = reads["minutes"].to_numpy()
    phase = (minute % length).astype(np.int16)
    grid, late = usual.copy(), np.zeros(len(usual), np.int16)
    grid[row[::-1]], late[row[::-1]] = length[::-1], phase[::-1]
    fits = (length == grid[row]) & (phase == late[row])
    result = Scattered([], _lost(np.flatnonzero(~fits), "reads.other_grid"))
    for size in np.unique(grid).tolist():
        members, chosen = np.flatnonzero(grid == size), np.flatnonzero(fits & (length == size))
        within = np.full(len(grid), NONE, np.int64)
        within[members] = np.arange(len(members))
        cell = within[row[chosen]] * (1440 // size) + (minute[chosen] - late[row[chosen]]) // size
        matrix, lost = _fill(reads[chosen], cell, size, meter_id[members], day_s[members], late[members])
        result.matrices.append(matrix)
        result.lost = pl.concat([result.lost, lost.with_columns(pl.Series("place", chosen[lost["place"].to_numpy()]))])
    return result


def _positions(meter_id: NDArray[np.int64], meters: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each read's meter stands among `meters`. Reads come in runs of one meter, so it is asked once a run."""
    if not len(meter_id):
        return meter_id
    begins = np.flatnonzero(np.diff(meter_id, prepend=meter_id[0] - 1))
    return np.repeat(np.searchsorted(meters, meter_id[begins]), np.diff(begins, append=len(meter_id)))


def _fill(
    reads: pl.DataFrame,
    cell: NDArray[np.int64],
    minutes: int,
    meter_id: NDArray[np.int64],
    day_s: NDArray[np.int64],
    phase: NDArray[np.int16],
) -> tuple[Matrix, pl.DataFrame]:
    shape = (len(meter_id), 1440 // minutes)
    ordered = len(cell) < 2 or bool((np.diff(cell) > 0).all())
    values: dict[str, NDArray[np.signedinteger]] = {}
    for name, kind in _KINDS.items():
        column = reads[name]
        if name != "wh" and column.null_count() == len(column):
            continue
        flat = np.full(shape[0] * shape[1], NONE, kind)
        read = column.fill_null(NONE).to_numpy()
        flat[cell if ordered else cell[::-1]] = read if ordered else read[::-1]
        values[name] = flat.reshape(shape)
    wh = values.pop("wh").astype(np.int32, copy=False)
    if ordered or np.count_nonzero(wh != NONE) == len(cell):
        return Matrix(minutes, meter_id, day_s, phase, wh, values), _lost(np.empty(0, np.int64), "")
    again, differs = _losers(reads, cell, wh, values)
    lost = pl.concat([_lost(again[~differs], "duplicate"), _lost(again[differs], "reads.conflict")])
    return Matrix(minutes, meter_id, day_s, phase, wh, values, _mark(cell[again[differs]], shape)), lost


def _losers(
    reads: pl.DataFrame, cell: NDArray[np.int64], wh: NDArray[np.int32], values: dict[str, NDArray[np.signedinteger]]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The reads whose block an earlier one had taken, and whether they say another energy than it did."""
    winner = np.full(wh.size, NONE, np.int32)
    winner[cell[::-1]] = np.arange(len(cell), dtype=np.int32)[::-1]
    again = np.flatnonzero(winner[cell] != np.arange(len(cell), dtype=np.int32))
    differs = np.zeros(len(again), np.bool_)
    for name, kept in {"wh": wh, **{key: values[key] for key in ("export_wh", "vah") if key in values}}.items():
        mine, first = reads[name].gather(again).fill_null(NONE).to_numpy(), kept.reshape(-1)[cell[again]]
        differs |= (mine != first) & (mine != NONE) & (first != NONE)
    return again, differs


def _mark(cells: NDArray[np.int64], shape: tuple[int, int]) -> NDArray[np.bool_] | None:
    if not len(cells):
        return None
    flat = np.zeros(shape[0] * shape[1], np.bool_)
    flat[cells] = True
    return flat.reshape(shape)


def _lost(places: NDArray[np.int64], code: str) -> pl.DataFrame:
    return pl.DataFrame({"place": places.astype(np.int64)}).with_columns(pl.lit(code).alias("code"))
