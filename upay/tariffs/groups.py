"""Periods taken apart until every rate is a constant: by version and days, by class of load, by who prices them."""
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import polars as pl

from upay.tariffs import charges
from upay.tariffs.schedule import FixedByLoad, Schedule
from upay.tariffs.shares import month_share, pro_rated
from upay.tariffs.sheet import Sheet

_ROWS = 100_000
"""Few enough rows at a time to stay in the processor's cache, many enough that the interpreter hardly counts."""
_MOST_RUNS = 500


def groups(periods: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Rows of one version and one stretch of days, few enough at a time to stay in the processor's cache."""
    if periods.is_empty():
        return
    starts = _starts(periods)
    if len(starts) > _MOST_RUNS:
        periods = periods.sort("version", "first", "last", maintain_order=True)
        starts = _starts(periods)
    for start, end in pairwise([*starts, len(periods)]):
        for at in range(start, end, _ROWS):
            yield periods.slice(at, min(_ROWS, end - at))


def _starts(periods: pl.DataFrame) -> list[int]:
    """Where a row differs from the one before it in version or days."""
    keys = ("version", "first", "last")
    differs = pl.any_horizontal(pl.col(key) != pl.col(key).shift(1) for key in keys)
    return [0, *periods.select(pl.arg_where(differs))["version"].to_list()]


def split(rows: pl.DataFrame, schedule: Schedule, first: date, last: date) -> Iterator[Sheet]:
    """By class of load, so that rates are constants; and what another tariff prices, by that tariff."""
    lower = 0
    for upto in [*_load_cuts(schedule), None]:
        some = _between(rows, lower, upto)
        lower = upto or lower
        if some.is_empty():
            continue
        load_w = int(some["load_w"].max())  # type: ignore[arg-type]
        some = _net_energy(some, schedule, load_w)
        if (other := schedule.otherwise) is not None:
            above = pro_rated(other.above_wh, month_share(first, last))
            beyond = pl.lit(load_w > other.above_w) | (pl.col("e") > above)
            others = some.filter(beyond)
            if not others.is_empty():
                yield from split(others.drop("e", "out"), other.schedule, first, last)
                some = some.filter(~beyond)
        if not some.is_empty():
            yield Sheet(some, schedule, first, last, load_w)


def _load_cuts(schedule: Schedule) -> list[int]:
    """The loads at which some rate changes: up to and including each."""
    cuts = {each.upto_w for each in schedule.energy} | {each.upto_w for each in schedule.tod}
    if isinstance(schedule.fixed, FixedByLoad):
        cuts |= {each.upto_w for each in schedule.fixed.classes}
    if schedule.kvah:
        cuts.add(schedule.kvah.from_w - 1)
    if schedule.otherwise:
        cuts.add(schedule.otherwise.above_w)
    return sorted(cut for cut in cuts if cut is not None)


def _between(rows: pl.DataFrame, lower: int, upto: int | None) -> pl.DataFrame:
    lowest, highest = int(rows["load_w"].min()), int(rows["load_w"].max())  # type: ignore[arg-type]
    if lower < lowest and (upto is None or highest <= upto):
        return rows
    return rows.filter(pl.col("load_w") > lower if upto is None else pl.col("load_w").is_between(lower + 1, upto))


def _net_energy(rows: pl.DataFrame, schedule: Schedule, load_w: int) -> pl.DataFrame:
    """`e`: the energy to be billed, after export and bank; `out`: what is left in the bank."""
    gross = pl.col("import_wh")
    if (kvah := schedule.kvah) and load_w >= kvah.from_w:
        factor = kvah.power_factor
        gross = pl.coalesce("vah", (gross * 200 + factor) // (2 * factor))
    net = gross - pl.col("export_wh") - pl.col("credit_wh")
    return rows.with_columns(e=charges.at_least(net, 0), out=charges.at_least(-net, 0))
