"""Late payment surcharge: once a month, on what is overdue then, by the pack's rates."""
from collections.abc import Iterator
from datetime import date

import polars as pl
from sqlmodel import Session, func, select

from upay.bulk import bulk
from upay.clock import day_start
from upay.db import session
from upay.dues.items import open_items
from upay.dues.rules import Rules
from upay.ledger import Account, Kind, post_all
from upay.network.models import Connection

_AT_ONCE = 20_000


def surcharges(items: pl.DataFrame, month: date, rules: Rules) -> pl.DataFrame:
    """What each connection is charged for a month: connection_id, paise.

    items: of `open_items`, as they stand on the month's first day, which is `month`. A due date's months are counted
    from its own: one due in October bears the first rate in November. Rounded once a connection, half up.
    """
    rule = rules.surcharge
    late = month.year * 12 + month.month - (pl.col("due_on").dt.year() * 12 + pl.col("due_on").dt.month())
    rate = pl.when(late <= rule["first_months"]).then(rule["first_rate"]).otherwise(rule["later_rate"])
    bears = pl.col("due_on") < month
    if not rule["compounding"]:
        bears &= pl.col("kind") != Kind.LPSC.value
    return (
        items.filter(bears)
        .group_by("connection_id", maintain_order=True)
        .agg(((pl.col("open_paise") * rate).sum() + 5_000) // 10_000)
        .rename({"open_paise": "paise"})
        .filter(pl.col("paise") >= rule["least_paise"])
    )


def charge_month(month: date) -> int:
    """Post the surcharge of a month to every connection that bears it; returns to how many that was new.

    month: its first day. A bulk path: it commits by itself, once for each stretch of connections; done again it posts
    nothing twice.
    """
    rules = Rules.on(month)
    posted = 0
    for first, last in stretches():
        with session() as db:
            charged = surcharges(open_items(db, first, last, not rules.instalments["surcharge"]), month, rules)
        if not charged.is_empty():
            with bulk() as db:
                posted += len(post_all(db, *_entries(charged, month)))
    return posted


def stretches(at_once: int = _AT_ONCE) -> Iterator[tuple[int, int]]:
    """The connections in stretches of ids, first and last."""
    with session() as db:
        highest = _highest(db)
    for first in range(1, highest + 1, at_once):
        yield first, first + at_once - 1


def _highest(db: Session) -> int:
    return db.exec(select(func.max(Connection.id))).one() or 0


def _entries(charged: pl.DataFrame, month: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    rows = charged.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    name = f"{month:%Y-%m}"
    entries = rows.select(
        "row",
        pl.format(f"lpsc:{name}:{{}}", "connection_id").alias("key"),
        pl.lit(Kind.LPSC.value).alias("kind"),
        pl.lit(day_start(month)).alias("at"),
        pl.lit(name).alias("about"),
    )
    owner, nobody = pl.col("connection_id"), pl.lit(None, pl.Int64).alias("connection_id")
    legs = pl.concat(
        rows.select("row", pl.lit(account.value).alias("account"), whose, (pl.col("paise") * sign).alias("paise"))
        for account, whose, sign in ((Account.RECEIVABLE, owner, 1), (Account.LPSC_INCOME, nobody, -1))
    )
    return entries, legs
