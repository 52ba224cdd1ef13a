"""What a bill asks for beside its period: what was owed before, surcharge for late payment, security deposit."""
import polars as pl

from upay.billing.history import spent_in_a_year
from upay.billing.prepared import Prepared
from upay.bulk import Bulk
from upay.dues import under_plans
from upay.ledger import Account
from upay.tariffs import late_percent

_BALANCES = "SELECT connection_id, paise FROM accountbalance WHERE account = ? AND connection_id BETWEEN ? AND ?"
_PER_CENT = 10_000  # percentages are 1/100 %

DEMAND = pl.Schema(
    {"connection_id": pl.Int64(), "kind": pl.String(), "detail": pl.String(), "quantity": pl.Int64(),
     "unit": pl.String(), "rate": pl.Int64(), "paise": pl.Int64()}
)  # fmt: skip
"""A line of a bill as a whole. lpsc: quantity is the overdue principal in paise, rate 1/100 %, detail which month
overdue it is. deposit: quantity is the deposit needed in paise, detail what is held."""


def owed(db: Bulk, ready: Prepared, frame: pl.DataFrame) -> pl.DataFrame:
    """What each connection owes before this bill: connection_id, arrears_paise (negative: in credit), overdue_months,
    lpsc_due_paise, principal_paise.

    Overdue is what is owed once the last bill's due date has passed; of it, surcharges billed before are no principal,
    and what was paid counts for principal first. Bills bear a surcharge for as many months as they follow one another
    unpaid. Dues under an instalment plan that holds bear none meanwhile, nor do their months count; which surcharges
    of before are among them nobody can tell, so all are taken from what is outside the plan, in the consumer's favour.
    """
    before = ready.bills.filter(pl.col("cycle") < ready.cycle.cycle).sort("connection_id", "cycle")
    last = before.group_by("connection_id", maintain_order=True).last()
    balance = balances(db, frame, Account.RECEIVABLE).rename({"paise": "arrears_paise"})
    planned = _planned(db, frame)
    late = (
        (pl.col("arrears_paise") > 0) & ~pl.col("prepaid") & (pl.col("due_on") < ready.cycle.issued_on).fill_null(False)
    )
    surcharges = pl.min_horizontal("arrears_paise", pl.col("lpsc_paise") + pl.col("lpsc_due_paise"))
    outside = pl.max_horizontal(pl.col("arrears_paise") - pl.col("planned_paise"), 0)
    return (
        balance.join(frame.select("connection_id", "prepaid"), "connection_id")
        .join(last, "connection_id", "left")
        .join(planned, "connection_id", "left")
        .with_columns(pl.col("planned_paise").fill_null(0))
        .select(
            "connection_id",
            "arrears_paise",
            pl.when(late).then(pl.col("overdue_months") + (outside > 0)).otherwise(0).alias("overdue_months"),
            pl.when(late).then(surcharges).otherwise(0).alias("lpsc_due_paise"),
            pl.when(late)
            .then(pl.max_horizontal(outside - surcharges, 0))
            .otherwise(0)
            .alias("principal_paise"),
        )
    )


def demands(db: Bulk, ready: Prepared, frame: pl.DataFrame, owes: pl.DataFrame) -> pl.DataFrame:
    """What is asked for on top, as DEMAND. owes: of `owed`."""
    return pl.concat([_deposits(db, ready, frame), _surcharges(ready, frame, owes)])


def balances(db: Bulk, frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """The balance of an account of these connections, where it has one: connection_id, paise."""
    if frame.is_empty():
        return pl.DataFrame(schema={"connection_id": pl.Int64, "paise": pl.Int64})
    ends = frame.select(pl.col("connection_id").min().alias("a"), pl.col("connection_id").max().alias("b")).row(0)
    found = db.read(_BALANCES, (account.value, *ends)).cast(pl.Int64)
    return found.join(frame.select("connection_id"), "connection_id", "semi")


def _planned(db: Bulk, frame: pl.DataFrame) -> pl.DataFrame:
    if frame.is_empty():
        return pl.DataFrame(schema={"connection_id": pl.Int64, "planned_paise": pl.Int64})
    ends = frame.select(pl.col("connection_id").min().alias("a"), pl.col("connection_id").max().alias("b")).row(0)
    return under_plans(db, *ends)


def _surcharges(ready: Prepared, frame: pl.DataFrame, owes: pl.DataFrame) -> pl.DataFrame:
    """Late payment surcharge on the overdue principal, at the tariff's rate for the month it is overdue, half up."""
    late = owes.filter(pl.col("principal_paise") > 0)
    if late.is_empty():
        return DEMAND.to_frame()
    version = ready.who.stretches.sort("connection_id", "seq").group_by("connection_id").agg(pl.col("version").last())
    rated = late.join(version, "connection_id").join(frame.select("connection_id"), "connection_id", "semi")
    rates = [
        (name, month, late_percent(ready.who.tariffs[name], month))
        for name, month in rated.select("version", "overdue_months").unique().iter_rows()
    ]
    known = pl.DataFrame(
        rates, schema={"version": pl.String, "overdue_months": pl.Int64, "rate": pl.Int64}, orient="row"
    )
    paise = (pl.col("principal_paise") * pl.col("rate") + _PER_CENT // 2) // _PER_CENT
    return rated.join(known, ["version", "overdue_months"]).select(
        "connection_id",
        pl.lit("lpsc").alias("kind"),
        pl.col("overdue_months").cast(pl.String).alias("detail"),
        pl.col("principal_paise").alias("quantity"),
        pl.lit("paise").alias("unit"),
        "rate",
        paise.alias("paise"),
    )


def _deposits(db: Bulk, ready: Prepared, frame: pl.DataFrame) -> pl.DataFrame:
    """Once a year: months of a year's mean bill, less what is held, where a good part of it is missing.

    Source: Electricity Act 2003, section 47; none from connections that pay beforehand (47(5)).
    """
    rules, cycle = ready.rules, ready.cycle.cycle
    if cycle.month != rules.deposit_review_month or frame.is_empty():
        return DEMAND.to_frame()
    held = balances(db, frame, Account.DEPOSIT).select("connection_id", (-pl.col("paise")).alias("held_paise"))
    months = pl.when("prepaid").then(rules.deposit_months["prepaid"]).otherwise(rules.deposit_months["postpaid"])
    needed = months * pl.col("spent_paise") // pl.col("bills")
    missing = pl.col("quantity") - pl.col("held_paise")
    return (
        frame.select("connection_id", "prepaid", "final")
        .filter(~pl.col("final"))
        .join(spent_in_a_year(db, cycle), "connection_id")
        .join(held, "connection_id", "left")
        .with_columns(needed.alias("quantity"), pl.col("held_paise").fill_null(0))
        .with_columns((missing // rules.round_to_paise * rules.round_to_paise).alias("paise"))
        .filter((pl.col("paise") > 0) & (missing >= rules.deposit_least_shortfall_ratio * pl.col("quantity")))
        .select(
            "connection_id",
            pl.lit("deposit").alias("kind"),
            pl.col("held_paise").cast(pl.String).alias("detail"),
            "quantity",
            pl.lit("deposit").alias("unit"),
            pl.lit(0, pl.Int64).alias("rate"),
            "paise",
        )
    )
