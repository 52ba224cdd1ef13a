"""What the last cycle's bills would have been under other rates: before somebody decides on them."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlmodel import Session, col, func, select

from upay.billing.models import Bill, Kind
from upay.billing.numbers import ids_of_cycle, number_of
from upay.billing.population import days
from upay.bulk import Bulk
from upay.tariffs import PERIODS, Schedule, totals

_AT_A_TIME = 200_000
_MOVERS = 10
_PARTS = """
SELECT p.bill_id, p.tariff_id, p.first, p.last, p.import_wh, p.band0_wh, p.band1_wh, p.band2_wh, p.export_wh, p.vah,
       p.demand_w, p.load_w, p.prepaid, p.credit_wh, p.online, p.total_paise
FROM billpart p LEFT JOIN billreversal r ON r.bill_id = p.bill_id
WHERE p.bill_id BETWEEN ? AND ? AND p.bill_id > ? AND p.kind = ? AND p.tariff_id IN ({tariffs}) AND r.bill_id IS NULL
ORDER BY p.bill_id LIMIT ?
"""
_NUMBERS = [name for name, kind in PERIODS.items() if kind == pl.Int64 and name != "row"]


@dataclass(frozen=True)
class Mover:
    """A bill that would have changed, in paise of its period's charges."""

    number: str
    before_paise: int
    after_paise: int


@dataclass(frozen=True)
class WhatIf:
    """The bills of a cycle under other rates. bills: priced again.  movers: those that change most, at most ten.

    cycle: None where nothing has been billed yet.
    """

    cycle: date | None
    bills: int
    changed: int
    before_paise: int
    after_paise: int
    movers: tuple[Mover, ...]


def last_cycle(db: Session) -> date | None:
    """The latest cycle of which there are bills."""
    return db.exec(select(func.max(col(Bill.cycle)))).one()


def what_if(
    db: Bulk, cycle: date, schedules: Mapping[str, Schedule], on_progress: Callable[[int], None] | None = None
) -> WhatIf:
    """Price the periods of a cycle's bills again. schedules: by tariff id, in place of those they were priced by.

    Memory stays flat: parts are read and priced some at a time, and whole bills at that.  on_progress: told of bills.
    """
    low, high = ids_of_cycle(cycle)
    marks = ",".join("?" * len(schedules))
    sums, movers, seen = {"bills": 0, "changed": 0, "before": 0, "after": 0}, pl.DataFrame(schema=_BILLS), low - 1
    while True:
        asked = (low, high, seen, Kind.PERIOD.value, *schedules, _AT_A_TIME)
        parts = db.read(_PARTS.format(tariffs=marks), asked)
        if parts.is_empty():
            break
        if len(parts) == _AT_A_TIME:
            # The last bill may go on; it is read whole with the next.
            parts = parts.filter(pl.col("bill_id") < pl.col("bill_id").max())
        seen = int(parts["bill_id"].max())  # type: ignore[arg-type]
        bills = _priced(parts, schedules)
        sums["bills"] += len(bills)
        sums["changed"] += int((bills["before"] != bills["after"]).sum())
        sums["before"] += int(bills["before"].sum())
        sums["after"] += int(bills["after"].sum())
        movers = pl.concat([movers, bills]).filter(pl.col("before") != pl.col("after"))
        movers = movers.sort((pl.col("after") - pl.col("before")).abs(), descending=True).head(_MOVERS)
        if on_progress:
            on_progress(sums["bills"])
    return WhatIf(
        cycle,
        sums["bills"],
        sums["changed"],
        sums["before"],
        sums["after"],
        tuple(Mover(number_of(identity), before, after) for identity, before, after in movers.iter_rows()),
    )


_BILLS = {"bill_id": pl.Int64, "before": pl.Int64, "after": pl.Int64}


def _priced(parts: pl.DataFrame, schedules: Mapping[str, Schedule]) -> pl.DataFrame:
    """bill_id, before, after."""
    versions = {tariff_id: schedule.version for tariff_id, schedule in schedules.items()}
    periods = parts.with_columns(
        pl.col(*_NUMBERS).cast(pl.Int64),
        pl.col("tariff_id").cast(pl.String).replace_strict(versions).alias("version"),
        pl.col("prepaid", "online").cast(pl.Int64).cast(pl.Boolean),
        days(parts, "first"),
        days(parts, "last"),
        pl.int_range(pl.len()).cast(pl.Int64).alias("row"),
    )
    after = totals(periods.select(PERIODS.keys()), schedules.values()).select("row", after="total_paise")
    return (
        periods.select("row", pl.col("bill_id", "total_paise").cast(pl.Int64))
        .join(after, on="row")
        .group_by("bill_id")
        .agg(before=pl.col("total_paise").sum(), after=pl.col("after").sum())
        .cast(_BILLS)  # type: ignore[arg-type]
    )
