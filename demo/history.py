"""The fleet's history as Parquet files, whole days each, one after the other in the order of time."""
import calendar
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from demo.events import events
from demo.frames import DAY_S, IST_S, Registers, rows
from demo.plan import PER_DTR, SLOTS, Fleet
from demo.readings import read_meters
from demo.seasons import date_of

_BLOCKS_A_FILE = 2_000_000
_DOOR = {"vah": pl.Int32(), "ca": pl.Int32()}  # columns of the door that these meters do not send


def write_history(fleet: Fleet, folder: Path, registers: Registers) -> Iterator[int]:
    """Write the history into the folder, a file at a time, yielding the rows of each; `registers` follow to its end.

    Memory stays flat whatever the fleet: a file holds about two million blocks at most.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for first, end in _stretches(fleet):
        for first_dtr, end_dtr in fleet.parts(_BLOCKS_A_FILE):
            read = read_meters(fleet, np.arange(first, end), first_dtr, end_dtr)
            frame = rows(fleet, read, registers.over(read), read.present)
            frame = frame.with_columns(pl.lit(None, kind).alias(name) for name, kind in _DOOR.items())
            path = folder / f"{date_of(first):%Y%m%d}-{first_dtr:06d}.parquet"
            partial = path.with_suffix(".partial")
            frame.write_parquet(partial, compression="zstd", compression_level=1)
            partial.replace(path)
            yield len(frame)


def write_events(fleet: Fleet, path: Path) -> None:
    """Write the events of the history as CSV, a month at a time."""
    with path.open("wb") as file:
        for first, end in _stretches(fleet):
            part = events(fleet, first * DAY_S - IST_S - 1, end * DAY_S - IST_S - 1)
            part.write_csv(file, include_header=first == fleet.first_day)


def blocks_of(fleet: Fleet) -> int:
    """How many blocks the history has, gaps counted."""
    return (fleet.until_day - fleet.first_day) * SLOTS * (fleet.connections + fleet.dtrs)


def _stretches(fleet: Fleet) -> Iterator[tuple[int, int]]:
    """Ranges of days: months, or less where a month of the fleet is too much for one file."""
    meters = min(fleet.dtrs * (PER_DTR + 1), _BLOCKS_A_FILE // SLOTS)
    longest = max(1, _BLOCKS_A_FILE // (meters * SLOTS))
    first = fleet.first_day
    while first < fleet.until_day:
        today = date_of(first)
        left = calendar.monthrange(today.year, today.month)[1] - today.day + 1
        end = min(first + min(left, longest), fleet.until_day)
        yield first, end
        first = end
