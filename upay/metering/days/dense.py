"""The blocks of a few meters out of the lake, as matrices: what a screen asks, answered from single pages of files."""
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from upay.metering.days import lake
from upay.metering.days.lakefile import Group, day_number, footer, group
from upay.settings import settings


@dataclass(frozen=True)
class DenseDays:
    """Meter-days of one block length, sorted by meter and day.

    meter_id, day (counted from 1970), phase: shape (rows,).  values: by column of the lake; `NONE` where nothing is.
    shape (rows, slots)
    """

    minutes: int
    meter_id: NDArray[np.int64]
    day: NDArray[np.int64]
    phase: NDArray[np.int64]
    values: dict[str, NDArray[np.int32]]

    def only(self, rows: NDArray[np.bool_]) -> "DenseDays":
        """Some of its rows."""
        values = {name: matrix[rows] for name, matrix in self.values.items()}
        return DenseDays(self.minutes, self.meter_id[rows], self.day[rows], self.phase[rows], values)


@dataclass(frozen=True)
class _Run:
    """Rows [begin, end) of a row group: some days of one meter."""

    of: Group
    begin: int
    end: int


def dense_days(meter_ids: Sequence[int], first: date, last: date, columns: Sequence[str]) -> list[DenseDays]:
    """The latest rows of some meters for the days [first, last], one for each block length that occurs.

    columns: of the lake, lists.
    """
    runs = _runs(meter_ids, first, last)
    if not runs:
        return []
    rows = {
        name: np.concatenate([getattr(run.of, name)[run.begin : run.end] for run in runs])
        for name in ("meter_id", "day", "version", "minutes", "phase")
    }
    latest = _latest(rows["meter_id"], rows["day"], rows["version"])
    found: list[DenseDays] = []
    for minutes in np.unique(rows["minutes"][latest]).tolist():
        mine = latest[rows["minutes"][latest] == minutes]
        wanted = np.zeros(len(rows["day"]), np.bool_)
        wanted[mine] = True
        values = _read(runs, wanted, columns, 1440 // minutes)
        # read in the order of the runs, given in the order of the days
        place = np.argsort(np.argsort(mine)) if (np.diff(mine) < 0).any() else slice(None)
        found.append(
            DenseDays(
                minutes,
                rows["meter_id"][mine],
                rows["day"][mine].astype(np.int64),
                rows["phase"][mine].astype(np.int64),
                {name: matrix[place] for name, matrix in values.items()},
            )
        )
    return found


def _runs(meter_ids: Sequence[int], first: date, last: date) -> list[_Run]:
    low, high = day_number(first), day_number(last)
    runs: list[_Run] = []
    for file, meters in lake.files_of(meter_ids, first, last, lake.snapshot()):
        path = f"{settings().lake}/{file.path}"
        for number in footer(path).groups_with(meters, first, last):
            of = group(path, number)
            ends = np.searchsorted(of.meter_id, meters, side="right")
            for begin, end in zip(np.searchsorted(of.meter_id, meters).tolist(), ends.tolist(), strict=True):
                if begin == end:
                    continue
                days = of.day[begin:end]
                inside = begin + int(np.searchsorted(days, low)), begin + int(np.searchsorted(days, high, side="right"))
                if inside[0] < inside[1]:
                    runs.append(_Run(of, *inside))
    return runs


def _latest(
    meter_id: NDArray[np.int64], day: NDArray[np.int32], version: NDArray[np.int32]
) -> NDArray[np.int64]:
    """The places of the highest version of each meter-day, by meter and day."""
    order = np.lexsort((version, day, meter_id))
    same = (np.diff(meter_id[order]) == 0) & (np.diff(day[order]) == 0)
    return order[np.append(~same, True)]


def _read(
    runs: list[_Run], wanted: NDArray[np.bool_], columns: Sequence[str], slots: int
) -> dict[str, NDArray[np.int32]]:
    """The wanted rows of the runs, in their order. wanted: a place for every row of all runs."""
    values: dict[str, list[NDArray[np.int32]]] = {name: [] for name in columns}
    at, open_path, file = 0, "", -1
    try:
        for run in runs:
            size = run.end - run.begin
            for begin, end in _stretches(wanted[at : at + size]):
                if run.of.footer.path != open_path:
                    if file >= 0:
                        os.close(file)
                    open_path = run.of.footer.path
                    file = os.open(open_path, os.O_RDONLY)
                for name, parts in values.items():
                    parts.append(run.of.chunk(file, name).lists(file, run.begin + begin, run.begin + end, slots))
            at += size
    finally:
        if file >= 0:
            os.close(file)
    return {name: parts[0] if len(parts) == 1 else np.concatenate(parts) for name, parts in values.items()}


def _stretches(wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Where runs of True begin and end."""
    if wanted.all():
        return [(0, len(wanted))]
    edges = np.flatnonzero(np.diff(wanted, prepend=False, append=False))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
