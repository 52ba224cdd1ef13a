"""From priced parts to bills: lines in their order, what is owed and taken, rounding, and the ledger's legs."""
from dataclasses import dataclass
from datetime import date, datetime, time

import polars as pl

from upay.billing.models import Kind
from upay.billing.numbers import numbers_of
from upay.billing.parts import PRICED, PricedParts
from upay.billing.rules import Schedule
from upay.clock import IST
from upay.ledger import Account
from upay.ledger import Kind as EntryKind

# Which account earns (or gives) what a line of a kind says.
_ACCOUNTS = {
    "energy": Account.ENERGY_REVENUE,
    "tod": Account.TOD,
    "fixed": Account.FIXED_REVENUE,
    "excess": Account.FIXED_REVENUE,
    "fppas": Account.FPPAS,
    "duty": Account.DUTY_PAYABLE,
    "subsidy": Account.SUBSIDY,
    "prepaid": Account.REBATE,
    "online": Account.REBATE,
    "solar": Account.ENERGY_REVENUE,
    "deposit": Account.DEPOSIT,
    "lpsc": Account.LPSC_INCOME,
    "round_off": Account.ROUND_OFF,
}
_OF_CONNECTION = [account.value for account in Account if account.of_connection]
_LINE = ("bill_id", "part", "kind", "detail", "quantity", "unit", "rate", "paise")
_MAYBE = (
    "adjustment_paise", "deposit_paise", "lpsc_paise", "arrears_paise", "overdue_months", "lpsc_due_paise",
)  # fmt: skip
_WHOLE = -1  # the part of lines that belong to the bill as a whole
_PART = tuple(name for name in PRICED if name != "row")


@dataclass(frozen=True)
class Extras:
    """What a bill bears beside its period. Each frame has connection_id.

    adjusted: parts of earlier bills priced anew, with of_bill_id, kind, billed_paise and billed_wh; None: there are
    none.  adjusted_legs: connection_id, kind of line, paise: by how much each account changes.
    demands: as `owed.DEMAND`.  owed: connection_id, arrears_paise, overdue_months, lpsc_due_paise.
    """

    adjusted: pl.DataFrame | None
    adjusted_legs: pl.DataFrame | None
    demands: pl.DataFrame
    owed: pl.DataFrame


@dataclass(frozen=True)
class Charged:
    """Rows for the tables, in the order of their keys, and the ledger's entries and legs."""

    bills: pl.DataFrame
    parts: pl.DataFrame
    lines: pl.DataFrame
    entries: pl.DataFrame
    legs: pl.DataFrame


def charged(frame: pl.DataFrame, period: PricedParts, extras: Extras, cycle: Schedule, to_paise: int) -> Charged:
    """Make the bills of a shard. frame: of `checks.judged`, those to be billed, with `bill_id`, run_id, replaces,
    lake_version, issued_on, due_on.  to_paise: what the payable amount is rounded to."""
    ids = frame.select("connection_id", "bill_id", pl.col("prepaid").alias("bill_prepaid"))
    parts = period.parts.join(ids, "connection_id").with_columns(
        pl.col("seq").cast(pl.Int64).alias("part"), pl.lit(0, pl.Int64).alias("billed_paise"),
        pl.lit(None, pl.Int64).alias("of_bill_id"),
    )  # fmt: skip
    pieces = [_period_lines(parts, period.lines)]
    every_part = parts.select("bill_id", "part", "kind", "of_bill_id", "basis", *_PART, "total_paise", "billed_paise")
    if extras.adjusted is not None:
        adjusted = _numbered(extras.adjusted.join(ids, "connection_id"), parts)
        every_part = pl.concat([every_part, adjusted.select(every_part.columns).cast(every_part.schema)])
        pieces.append(_adjustment_lines(adjusted))
    pieces.append(_demand_lines(extras.demands.join(ids, "connection_id")))
    sums = _sums(ids, parts, pl.concat(pieces[1:]), extras.owed, to_paise)
    pieces.append(_rounding_lines(sums))
    lines = pl.concat(pieces).with_columns(pl.int_range(1, pl.len() + 1).over("bill_id").alias("position"))
    bills = frame.join(sums.drop("connection_id", "bill_prepaid"), "bill_id").join(_banked(parts), "bill_id")
    return Charged(
        bills=_rows(bills, cycle),
        parts=every_part.sort("bill_id", "part"),
        lines=lines.sort("bill_id", "position"),
        entries=_entries(ids, cycle.issued_on),
        legs=_legs(lines, ids, sums, extras.adjusted_legs),
    )


def _period_lines(parts: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    placed = lines.join(parts.select("row", "bill_id", "part"), "row", maintain_order="left")
    return placed.sort("bill_id", "part", "position").select(_LINE)


def _numbered(adjusted: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Adjusted parts follow those of the period."""
    own = parts.group_by("bill_id").agg(pl.len().alias("own"))
    place = pl.int_range(pl.len()).over("bill_id") + pl.col("own")
    return adjusted.sort("bill_id", "of_bill_id", "first").join(own, "bill_id").with_columns(place.alias("part"))


def _adjustment_lines(adjusted: pl.DataFrame) -> pl.DataFrame:
    """One line for each earlier bill: what its period costs now, less what was billed for it."""
    grouped = (
        adjusted.group_by("bill_id", "of_bill_id", "kind", maintain_order=True)
        .agg(
            pl.col("part").min(),
            (pl.col("total_paise") - pl.col("billed_paise")).sum().alias("paise"),
            (pl.col("import_wh") - pl.col("billed_wh")).sum().alias("quantity"),
        )
        .filter((pl.col("paise") != 0) | (pl.col("quantity") != 0))
    )
    late = pl.col("kind") == Kind.LATE
    return grouped.select(
        "bill_id",
        pl.col("part").cast(pl.Int64),
        pl.when(late).then(pl.lit("adjustment_late")).otherwise(pl.lit("adjustment_whole")).alias("kind"),
        numbers_of(pl.col("of_bill_id")).alias("detail"),
        "quantity",
        pl.lit("wh").alias("unit"),
        pl.lit(0, pl.Int64).alias("rate"),
        "paise",
    ).select(_LINE)


def _demand_lines(demands: pl.DataFrame) -> pl.DataFrame:
    wanted = demands.filter(pl.col("paise") != 0).sort("bill_id", "kind")
    return wanted.with_columns(pl.lit(_WHOLE, pl.Int64).alias("part")).select(_LINE)


def _rounding_lines(sums: pl.DataFrame) -> pl.DataFrame:
    rounded = sums.filter(pl.col("round_paise") != 0).sort("bill_id")
    nothing = {"kind": "round_off", "detail": "", "unit": ""}
    return rounded.select(
        "bill_id",
        pl.lit(_WHOLE, pl.Int64).alias("part"),
        *(pl.lit(value).alias(name) for name, value in nothing.items()),
        *(pl.lit(0, pl.Int64).alias(name) for name in ("quantity", "rate")),
        pl.col("round_paise").alias("paise"),
    ).select(_LINE)


def _sums(
    ids: pl.DataFrame, parts: pl.DataFrame, others: pl.DataFrame, owed: pl.DataFrame, to_paise: int
) -> pl.DataFrame:
    """The amounts of each bill. What prepaid stretches cost is the wallet's; only what is to be paid is rounded."""
    kind, paise = pl.col("kind"), pl.col("paise")
    period = parts.group_by("bill_id").agg(
        pl.col("total_paise").sum().alias("current_paise"),
        pl.col("total_paise").filter("prepaid").sum().alias("prepaid_paise"),
        (~pl.col("prepaid")).any().alias("has_postpaid"),
    )
    beside = others.group_by("bill_id").agg(
        paise.filter(kind.str.starts_with("adjustment")).sum().alias("adjustment_paise"),
        paise.filter(kind == "deposit").sum().alias("deposit_paise"),
        paise.filter(kind == "lpsc").sum().alias("lpsc_paise"),
    )
    frame = (
        ids.join(period, "bill_id")
        .join(beside, "bill_id", "left")
        .join(owed, "connection_id", "left")
        .with_columns(pl.col(*_MAYBE).fill_null(0))
    )
    taken = pl.when("bill_prepaid").then("adjustment_paise").otherwise(0)
    frame = frame.with_columns((pl.col("prepaid_paise") + taken).alias("wallet_paise"))
    charges = pl.col("current_paise") + pl.col("adjustment_paise") + pl.col("deposit_paise") + pl.col("lpsc_paise")
    exact = pl.col("arrears_paise") + charges - pl.col("wallet_paise")
    rounded = (exact + to_paise // 2) // to_paise * to_paise
    payable = pl.when("has_postpaid").then(rounded).otherwise(exact)
    return frame.with_columns(payable.alias("payable_paise"), (payable - exact).alias("round_paise"))


def _banked(parts: pl.DataFrame) -> pl.DataFrame:
    last = parts.sort("bill_id", "part").group_by("bill_id", maintain_order=True).last()
    return last.select("bill_id", pl.col("credit_out_wh").alias("bank_wh"))


def _rows(bills: pl.DataFrame, cycle: Schedule) -> pl.DataFrame:
    falls_due = pl.col("has_postpaid") | (pl.col("payable_paise") > 0)
    return bills.select(
        pl.col("bill_id").alias("id"),
        "connection_id", "run_id", pl.lit(cycle.cycle).alias("cycle"), "first", "last",
        pl.lit(cycle.issued_on).alias("issued_on"),
        pl.when(falls_due).then(pl.lit(cycle.due_on)).alias("due_on"),
        "replaces", "tariff_id", "category", "load_w", "prepaid", "final", "basis", "lake_version",
        pl.col("from_wh").alias("register_from_wh"), pl.col("to_wh").alias("register_to_wh"),
        "from_quality", "to_quality", "units_wh", "export_wh", "bank_wh", "current_paise", "adjustment_paise",
        "deposit_paise", "lpsc_paise", "overdue_months", "lpsc_due_paise", "arrears_paise", "wallet_paise",
        "round_paise", "payable_paise",
    ).sort("id")  # fmt: skip


def _entries(ids: pl.DataFrame, day: date) -> pl.DataFrame:
    number = numbers_of(pl.col("bill_id"))
    return ids.sort("bill_id").select(
        pl.col("bill_id").alias("row"),
        ("bill:" + number).alias("key"),
        pl.lit(EntryKind.BILL.value).alias("kind"),
        pl.lit(instant_of(day)).alias("at"),
        number.alias("about"),
    )


def instant_of(day: date) -> datetime:
    """When a bill of a day counts as entered: the day's noon in India."""
    return datetime.combine(day, time(12), IST)


def _legs(lines: pl.DataFrame, ids: pl.DataFrame, sums: pl.DataFrame, adjusted: pl.DataFrame | None) -> pl.DataFrame:
    """What each line earns, and against it what the consumer owes or the wallet pays."""
    own = lines.filter(~pl.col("kind").str.starts_with("adjustment")).select("bill_id", "kind", "paise")
    earned = [own]
    if adjusted is not None:
        earned.append(adjusted.join(ids, "connection_id").select("bill_id", "kind", "paise"))
    account = pl.col("kind").replace_strict({kind: each.value for kind, each in _ACCOUNTS.items()})
    credits = (
        pl.concat(earned)
        .with_columns(account.alias("account"))
        .group_by("bill_id", "account")
        .agg(-pl.col("paise").sum())
        .filter(pl.col("paise") != 0)
    )
    owed = pl.col("payable_paise") - pl.col("arrears_paise")
    amounts = {Account.RECEIVABLE: owed, Account.WALLET: pl.col("wallet_paise")}
    debits = pl.concat(
        sums.select("bill_id", pl.lit(account.value).alias("account"), paise.alias("paise"))
        for account, paise in amounts.items()
    ).filter(pl.col("paise") != 0)
    mine = pl.when(pl.col("account").is_in(_OF_CONNECTION)).then("connection_id").alias("connection_id")
    legs = pl.concat([debits, credits]).join(ids.select("bill_id", "connection_id"), "bill_id")
    return legs.select(pl.col("bill_id").alias("row"), "account", mine, "paise").sort("row", "account")
