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
    duplicate, conflict: blocks that came again with the same or another energy, same shape; None when none did.
    """

    minutes: int
    meter_id: NDArray[np.int64]
    day_s: NDArray[np.int64]
    phase: NDArray[np.int16]
    wh: NDArray[np.int32]
    values: dict[str, NDArray[np.signedinteger]]
    duplicate: NDArray[np.bool_] | None = None
    conflict: NDArray[np.bool_] | None = None

    @property
    def slots(self) -> int:
        """Blocks of a day."""
        return self.wh.shape[1]


@dataclass
class Scattered:
    """What became of a set of reads.

    lost: the reads that did not count, with `code`: reads.duplicate, reads.conflict or reads.off_grid (another block
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
    start = reads["start_s"].to_numpy() - first_s
    day = start // DAY_S
    second = (start - day * DAY_S).astype(np.int32)
    row = _positions(reads["meter_id"].to_numpy(), meters) * days + day
    length = reads["minutes"].to_numpy()
    form_minutes = np.repeat(minutes, days)
    form_phase = np.zeros(len(form_minutes), np.int16)
    length_s = length.astype(np.int32) * 60
    phase = (second % length_s // 60).astype(np.int16)
    if phase.any() or (len(length) and not (form_minutes == length[0]).all()) or not (length == length[:1]).all():
        form_minutes[row[::-1]] = length[::-1]
        form_phase[row[::-1]] = phase[::-1]
        fits = (length == form_minutes[row]) & (phase == form_phase[row])
    else:
        fits = None
    result = Scattered()
    if fits is not None and not fits.all():
        off_grid = np.flatnonzero(~fits)
        result.lost = _lost(off_grid, "reads.off_grid")
    day_s = first_s + DAY_S * np.arange(days, dtype=np.int64)
    for size in np.unique(form_minutes):
        members = np.flatnonzero(form_minutes == size)
        chosen = None if fits is None else np.flatnonzero(fits & (length == size))
        part = reads if chosen is None else reads[chosen]
        slots = 1440 // int(size)
        if chosen is None:
            cell = row * slots + second // (60 * int(size))
        else:
            within = np.full(len(form_minutes), NONE, np.int64)
            within[members] = np.arange(len(members))
            cell = within[row[chosen]] * slots + (second[chosen] // 60 - form_phase[row[chosen]]) // int(size)
        matrix, lost = _fill(
            part, cell, int(size), np.repeat(meters, days)[members], np.tile(day_s, len(meters))[members], form_phase[members]
        )
        if chosen is not None and len(lost):
            lost = lost.with_columns(pl.Series("place", chosen[lost["place"].to_numpy()]))
        result.matrices.append(matrix)
        result.lost = pl.concat([result.lost, lost])
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
    marks = [_mark(cell[which], shape) for which in (again[~differs], again[differs])]
    lost = pl.concat([_lost(again[~differs], "reads.duplicate"), _lost(again[differs], "reads.conflict")])
    return Matrix(minutes, meter_id, day_s, phase, wh, values, *marks), lost


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
