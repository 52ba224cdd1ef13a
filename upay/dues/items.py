"""The dues of connections, read from ledger and bills, with the plans that postpone them."""
from collections.abc import Iterator, Mapping

import polars as pl
from sqlalchemy import text
from sqlmodel import Session, func, select

from upay.bulk import Bulk
from upay.db import session
from upay.dues.settlement import ITEMS, settle
from upay.network.models import Connection

_OWED = """
    SELECT connection_id, paise FROM accountbalance
    WHERE account = 'receivable' AND paise > 0 AND connection_id BETWEEN :first AND :last"""
# Read for all connections of a cycle at once: of the few alone that have a plan.
_WITH_PLAN = " AND connection_id IN (SELECT connection_id FROM instalmentplan WHERE state = 'holds')"
_CHARGED = """
    SELECT p.connection_id, e.id AS entry_id, e.kind, e.about, e.at_s, p.paise
    FROM ({owed}) b
    JOIN posting p ON p.connection_id = b.connection_id
    JOIN ledgerentry e ON e.id = p.entry_id
    WHERE p.account = 'receivable' AND p.paise > 0 AND e.reverses IS NULL
      AND NOT EXISTS (SELECT 1 FROM ledgerentry r WHERE r.reverses = e.id)"""
_CHARGED_COLUMNS = {
    "connection_id": pl.Int64, "entry_id": pl.Int64, "kind": pl.String, "about": pl.String, "at_s": pl.Int64,
    "paise": pl.Int64,
}  # fmt: skip
_PAISE = {"connection_id": pl.Int64, "paise": pl.Int64}
_DUE = "SELECT id AS bill_id, due_on FROM bill WHERE connection_id BETWEEN :first AND :last AND due_on IS NOT NULL"
_PLANS = """
    SELECT p.connection_id, p.agreed_on, i.number, i.due_on, i.paise
    FROM instalmentplan p JOIN instalment i ON i.plan_id = p.id
    WHERE p.state = 'holds' AND p.connection_id BETWEEN :first AND :last"""
# The bill's id stands at the head of its number, before the two check digits.
_ID_DIGITS = 13
_AT_ONCE = 20_000


def open_items(db: Session, first: int, last: int, with_plans: bool = True) -> pl.DataFrame:
    """What the connections with ids from `first` to `last` owe: ITEMS and open_paise > 0, the oldest first.

    A bill falls due on its due date, everything else on the day it was charged. Dues under a plan that holds stand as
    its instalments (kind `instalment`, about: which), each due on its own day; without plans, as they were charged.
    """
    plans = _plans(db, first, last) if with_plans else None
    return _open(db, first, last, _OWED, plans)


def under_plans(db: Session | Bulk, first: int, last: int) -> pl.DataFrame:
    """What is still to be paid under the plans that hold: connection_id, planned_paise."""
    plans = _plans(db, first, last)
    if plans.is_empty():
        return pl.DataFrame(schema={"connection_id": pl.Int64, "planned_paise": pl.Int64})
    parts = _open(db, first, last, _OWED + _WITH_PLAN, plans).filter(pl.col("kind") == "instalment")
    return parts.group_by("connection_id").agg(pl.col("open_paise").sum().alias("planned_paise"))


def behind_plan(db: Session, connection_id: int) -> pl.DataFrame:
    """What was charged and is now paid off by the plan that holds, as far as it is open; as `open_items`.

    What the instalments have brought in settles the oldest first, as it would have without a plan.
    """
    plans, items = _plans(db, connection_id, connection_id), _items(db, connection_id, connection_id, _OWED)
    within = items.join(plans.select("connection_id", "agreed_on").unique(), "connection_id").filter(
        pl.col("due_on") < pl.col("agreed_on")
    )
    left = under_plans(db, connection_id, connection_id).rename({"planned_paise": "paise"})
    return settle(within.select(*ITEMS), left).filter(pl.col("open_paise") > 0)


def stretches(at_once: int = _AT_ONCE) -> Iterator[tuple[int, int]]:
    """The connections in stretches of ids, first and last."""
    with session() as db:
        highest = _highest(db)
    for first in range(1, highest + 1, at_once):
        yield first, first + at_once - 1


def _highest(db: Session) -> int:
    return db.exec(select(func.max(Connection.id))).one() or 0


def _open(db: Session | Bulk, first: int, last: int, owing: str, plans: pl.DataFrame | None) -> pl.DataFrame:
    owed, items = _read(db, owing, first, last, _PAISE), _items(db, first, last, owing)
    if plans is not None:
        items = _postponed(items, plans)
    return settle(items, owed).filter(pl.col("open_paise") > 0)


def _items(db: Session | Bulk, first: int, last: int, owing: str) -> pl.DataFrame:
    """Everything charged and not taken back of those who owe, each with its due date: ITEMS."""
    charged = _read(db, _CHARGED.format(owed=owing), first, last, _CHARGED_COLUMNS)
    due = _read(db, _DUE, first, last, {"bill_id": pl.Int64, "due_on": pl.Date})
    number = pl.col("about").str.slice(0, _ID_DIGITS).cast(pl.Int64, strict=False)
    bill_id = pl.when(pl.col("kind") == "bill").then(number)
    day = pl.from_epoch("at_s").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Kolkata").dt.date()
    return (
        charged.with_columns(bill_id.alias("bill_id"), day.alias("day"))
        .join(due, "bill_id", "left")
        .with_columns(pl.coalesce("due_on", "day").alias("due_on"))
        .select(*ITEMS)
    )


def _postponed(items: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """Instalments in the place of what was overdue when their plan was agreed."""
    agreed = plans.select("connection_id", "agreed_on").unique()
    kept = items.join(agreed, "connection_id", "left").filter(
        pl.col("agreed_on").is_null() | (pl.col("due_on") >= pl.col("agreed_on"))
    )
    instalments = plans.select(
        "connection_id",
        (-pl.col("number")).alias("entry_id"),
        pl.lit("instalment").alias("kind"),
        pl.col("number").cast(pl.String).alias("about"),
        "due_on",
        "paise",
    )
    return pl.concat([kept.select(*ITEMS), instalments.select(*ITEMS)])


def _plans(db: Session | Bulk, first: int, last: int) -> pl.DataFrame:
    schema = {
        "connection_id": pl.Int64, "agreed_on": pl.Date, "number": pl.Int64, "due_on": pl.Date, "paise": pl.Int64
    }  # fmt: skip
    return _read(db, _PLANS, first, last, schema)


def _read(
    db: Session | Bulk, question: str, first: int, last: int, schema: Mapping[str, type[pl.DataType]]
) -> pl.DataFrame:
    """Rows as a frame; SQLite gives days as text."""
    if isinstance(db, Bulk):  # numbers both, and asked for more than once
        rows = db.read(question.replace(":first", str(int(first))).replace(":last", str(int(last))))
    else:
        found = db.connection().execute(text(question), {"first": first, "last": last})
        rows = pl.DataFrame([tuple(row) for row in found], list(schema), orient="row", infer_schema_length=None)
    return rows.select(
        pl.col(name).cast(pl.String).str.to_date() if kind == pl.Date and rows[name].dtype != pl.Date
        else pl.col(name).cast(kind)
        for name, kind in schema.items()
    )  # fmt: skip
