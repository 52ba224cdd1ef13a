"""What was billed before: what a cycle is held against, and how often a connection was billed without a reading."""
from collections.abc import Sequence
from datetime import date

import polars as pl

from upay.billing.models import Basis
from upay.billing.numbers import ids_of_cycle
from upay.billing.population import OF_ZONES, days, listed
from upay.billing.rules import next_cycle
from upay.bulk import Bulk

_BILLS = """
SELECT id, connection_id, cycle, first, last, basis, units_wh, register_to_wh, to_quality, bank_wh, lake_version,
       due_on, overdue_months, lpsc_paise, lpsc_due_paise
FROM bill WHERE ({ranges}) AND id NOT IN (SELECT bill_id FROM billreversal)
"""
_PROVISIONAL = """
SELECT connection_id, COUNT(*) AS provisional FROM bill
WHERE id BETWEEN ? AND ? AND basis = ? AND connection_id IN ({ids}) AND id NOT IN (SELECT bill_id FROM billreversal)
GROUP BY connection_id
"""
_SPENT = """
SELECT connection_id, CAST(SUM(current_paise) AS BIGINT) AS spent_paise, COUNT(*) AS bills FROM bill
WHERE id BETWEEN ? AND ? AND id NOT IN (SELECT bill_id FROM billreversal) GROUP BY connection_id
"""


def bills_before(db: Bulk, cycle: date, lookback: int, zone_ids: Sequence[int] | None) -> pl.DataFrame:
    """The standing bills of the cycles just before (lookback of them) and of the same month a year ago.

    id, connection_id, cycle, first, last, basis, units_wh, register_to_wh, to_quality, bank_wh, lake_version, due_on,
    overdue_months, lpsc_paise, lpsc_due_paise.
    """
    cycles = [next_cycle(cycle, -number) for number in (*range(1, lookback + 1), 12)]
    ranges = " OR ".join("id BETWEEN {} AND {}".format(*ids_of_cycle(each)) for each in dict.fromkeys(cycles))
    among = f" AND connection_id IN ({OF_ZONES.format(zones=listed(zone_ids))})" if zone_ids is not None else ""
    rows = db.read(_BILLS.format(ranges=ranges) + among)
    numbers = (
        "id", "connection_id", "units_wh", "register_to_wh", "to_quality", "bank_wh", "lake_version", "overdue_months",
        "lpsc_paise", "lpsc_due_paise",
    )  # fmt: skip
    return rows.with_columns(
        pl.col(*numbers).cast(pl.Int64),
        pl.col("basis").cast(pl.String),
        *(days(rows, name) for name in ("cycle", "first", "last", "due_on")),
    )


def references(bills: pl.DataFrame, cycle: date, lookback: int) -> pl.DataFrame:
    """What a day's use is held against: connection_id, reference_wh (a day, mean), of_last_year.

    The same month a year ago; where it was not billed on readings, the cycles just before. Provisional bills say
    nothing of use.
    """
    told = bills.filter(pl.col("basis") != Basis.PROVISIONAL).with_columns(
        ((pl.col("last") - pl.col("first")).dt.total_days() + 1).alias("days")
    )
    year = told.filter(pl.col("cycle") == next_cycle(cycle, -12)).select(
        "connection_id", (pl.col("units_wh") // pl.col("days")).alias("year_wh")
    )
    recent = (
        told.filter(pl.col("cycle") >= next_cycle(cycle, -lookback))
        .group_by("connection_id")
        .agg((pl.col("units_wh").sum() // pl.col("days").sum()).alias("recent_wh"))
    )
    both = year.join(recent, "connection_id", "full", coalesce=True)
    return both.select(
        "connection_id",
        pl.coalesce("year_wh", "recent_wh").alias("reference_wh"),
        pl.col("year_wh").is_not_null().alias("of_last_year"),
    )


def provisional_counts(db: Bulk, cycle: date, connection_ids: Sequence[int]) -> pl.DataFrame:
    """How many of the eleven bills before were provisional: connection_id, provisional."""
    least, most = ids_of_cycle(next_cycle(cycle, -11))[0], ids_of_cycle(cycle)[0] - 1
    asked = _PROVISIONAL.format(ids=listed(connection_ids))
    return db.read(asked, (least, most, Basis.PROVISIONAL.value)).cast(pl.Int64)


def spent_in_a_year(db: Bulk, cycle: date) -> pl.DataFrame:
    """Charges of the twelve cycles before: connection_id, spent_paise, bills."""
    least, most = ids_of_cycle(next_cycle(cycle, -12))[0], ids_of_cycle(cycle)[0] - 1
    return db.read(_SPENT, (least, most)).cast(pl.Int64)
