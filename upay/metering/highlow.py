"""The high/low check: connections whose mean day of a month is far from what it was before."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from upay.bulk import bulk
from upay.packs import pack

_MEANS = """
SELECT connection_id, CAST(SUM(import_wh) AS BIGINT) AS wh, COUNT(*) AS days
FROM connectionday WHERE day BETWEEN ? AND ? GROUP BY connection_id
"""
# Fewer days than this say nothing of a month.
_LEAST_DAYS = 15


@dataclass(frozen=True)
class Unusual:
    """A connection to be looked at. Mean Wh a day in the month, and in what it is held against: last year or before."""

    connection_id: int
    mean_wh: int
    reference_wh: int
    against_last_year: bool


def unusual(month: date) -> list[Unusual]:
    """Connections whose mean day of a month lies outside the pack's bounds, farthest off first.

    Held against the same month a year ago, or where that is not known against the three months before. month: any day
    of it.
    """
    first = month.replace(day=1)
    bounds = pack().row("vee", first)
    now = _means(first, _month_end(first))
    year = _means(first.replace(year=first.year - 1), _month_end(first.replace(year=first.year - 1)))
    before = _means(_months_before(first, 3), first - timedelta(days=1))
    joined = (
        now.join(year.rename({"mean": "year"}), "connection_id", "left")
        .join(before.rename({"mean": "before"}), "connection_id", "left")
        .with_columns(pl.coalesce("year", "before").alias("reference"))
        .filter(pl.col("reference") > 0)
        .with_columns((pl.col("mean") / pl.col("reference")).alias("ratio"))
        .filter(~pl.col("ratio").is_between(bounds["high_low_least"], bounds["high_low_most"]))
        .sort((pl.col("ratio") + 0.001).log().abs(), "connection_id", descending=[True, False])
    )
    rows: Sequence[tuple[int, int, int, bool]] = joined.select(
        "connection_id", "mean", "reference", pl.col("year").is_not_null()
    ).rows()
    return [Unusual(*row) for row in rows]


def _means(first: date, last: date) -> pl.DataFrame:
    """Mean Wh a day by connection, of those with enough days: connection_id, mean."""
    with bulk() as db:
        sums = db.read(_MEANS, (first, last)).cast(pl.Int64)
    mean = (pl.col("wh") // pl.col("days")).alias("mean")
    return sums.filter(pl.col("days") >= _LEAST_DAYS).select("connection_id", mean)


def _month_end(first: date) -> date:
    return _months_before(first, -1) - timedelta(days=1)


def _months_before(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
