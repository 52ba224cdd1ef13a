"""What a bill asks for beside its period: what was owed before, surcharge for late payment, security deposit."""
import polars as pl

from upay.billing.history import spent_in_a_year
from upay.billing.prepared import Prepared
from upay.bulk import Bulk
from upay.ledger import Account

_BALANCES = "SELECT connection_id, paise FROM accountbalance WHERE account = ? AND connection_id BETWEEN ? AND ?"
DEMAND = pl.Schema({"connection_id": pl.Int64(), "kind": pl.String(), "detail": pl.String(), "paise": pl.Int64()})


def owed(db: Bulk, frame: pl.DataFrame) -> pl.DataFrame:
    """What each connection owes before this bill: connection_id, arrears_paise; negative where it is in credit."""
    return balances(db, frame, Account.RECEIVABLE).rename({"paise": "arrears_paise"})


def demands(db: Bulk, ready: Prepared, frame: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """What is asked for on top: connection_id, kind, detail, paise."""
    return pl.concat([_deposits(db, ready, frame)])


def balances(db: Bulk, frame: pl.DataFrame, account: Account) -> pl.DataFrame:
    """The balance of an account of these connections, where it has one: connection_id, paise."""
    if frame.is_empty():
        return pl.DataFrame(schema={"connection_id": pl.Int64, "paise": pl.Int64})
    ends = frame.select(pl.col("connection_id").min().alias("a"), pl.col("connection_id").max().alias("b")).row(0)
    found = db.read(_BALANCES, (account.value, *ends)).cast(pl.Int64)
    return found.join(frame.select("connection_id"), "connection_id", "semi")


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
    missing = pl.col("needed") - pl.col("held_paise").fill_null(0)
    return (
        frame.select("connection_id", "prepaid", "final")
        .filter(~pl.col("final"))
        .join(spent_in_a_year(db, cycle), "connection_id")
        .join(held, "connection_id", "left")
        .with_columns(needed.alias("needed"))
        .with_columns((missing // rules.round_to_paise * rules.round_to_paise).alias("paise"))
        .filter((pl.col("paise") > 0) & (missing >= rules.deposit_least_shortfall_ratio * pl.col("needed")))
        .select("connection_id", kind=pl.lit("deposit"), detail=pl.lit(""), paise="paise")
    )
