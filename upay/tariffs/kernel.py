"""The pricing kernel: periods in, lines and totals out, a group of rows with the same rates and days at a time."""
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import polars as pl

from upay.errors import Problem
from upay.tariffs.groups import groups, split
from upay.tariffs.periods import checked
from upay.tariffs.schedule import Schedule
from upay.tariffs.sheet import LINES, TOTALS, Sheet

_Written = TypeVar("_Written")
_THREADS = 2


@dataclass(frozen=True)
class Priced:
    """What periods cost. lines: by row and position.  totals: a row for each period priced.  refused: row, code."""

    lines: pl.DataFrame
    totals: pl.DataFrame
    refused: pl.DataFrame


def price(periods: pl.DataFrame, schedules: Iterable[Schedule]) -> Priced:
    """Price periods (`upay.tariffs.PERIODS`), each by the schedule whose version it names, line by line.

    A period that cannot be priced (negative or absurd energy, no load, days the wrong way round) is refused with its
    code and has neither lines nor totals. Raises Problem tariff.unknown_version for a version not among `schedules`.
    """
    good, refused = checked(periods)
    written = _written(good, schedules, lambda sheet: (sheet.lines(), sheet.totals()))
    lines = pl.concat([pl.DataFrame(schema=LINES), *(lines for lines, _ in written)])
    return Priced(lines.sort("row", "position"), _together([sums for _, sums in written]).sort("row"), refused)


def totals(periods: pl.DataFrame, schedules: Iterable[Schedule]) -> pl.DataFrame:
    """The totals alone, for which no line is written out and nothing is put in order: find a period by its `row`.

    Raises as `price`, and for any period that is refused.
    """
    good, refused = checked(periods)
    if len(refused):
        raise Problem(str(refused["code"][0]), {"row": int(refused["row"][0])})
    return _together(_written(good, schedules, lambda sheet: sheet.totals()))


def _together(sums: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=TOTALS), *sums])


def _written(
    periods: pl.DataFrame, schedules: Iterable[Schedule], write: Callable[[Sheet], _Written]
) -> list[_Written]:
    """What `write` makes of every sheet. Two at a time: while one waits for the interpreter the other computes."""
    known = {schedule.version: schedule for schedule in schedules}

    def work(rows: pl.DataFrame) -> list[_Written]:
        version, first, last = rows.select("version", "first", "last").row(0)
        measured = rows.drop("tariff_id", "version", "first", "last")
        return [write(sheet) for sheet in split(measured, known[version], first, last)]

    parts = list(groups(periods))
    unknown = {str(rows["version"][0]) for rows in parts} - known.keys()
    if unknown:
        raise Problem("tariff.unknown_version", {"version": min(unknown)})
    if len(parts) == 1:
        return work(parts[0])
    with ThreadPoolExecutor(_THREADS) as pool:
        return [each for found in pool.map(work, parts) for each in found]
