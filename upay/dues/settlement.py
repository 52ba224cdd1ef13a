"""Which dues are still open: what came in settles the oldest first. Pure: none of it is kept, so nothing can differ."""
from datetime import date

import polars as pl

ITEMS = {
    "connection_id": pl.Int64,
    "entry_id": pl.Int64,
    "kind": pl.String,
    "about": pl.String,
    "due_on": pl.Date,
    "paise": pl.Int64,
}
# Upper ends of the ageing classes, in days overdue; beyond the last is the fifth.
AGES = (0, 30, 90, 180)


def settle(items: pl.DataFrame, owed: pl.DataFrame) -> pl.DataFrame:
    """The items with `open_paise`, by connection and due date.

    items: see ITEMS; everything charged and not taken back, paise > 0.  owed: connection_id, paise: the receivable's
    balance; at or below zero everything is settled.
    What is owed is the latest items, for the oldest were settled first: an item is open as far as what is owed exceeds
    the items after it.
    """
    ordered = items.sort("connection_id", "due_on", "entry_id", nulls_last=False)
    total, until = pl.col("paise").sum().over("connection_id"), pl.col("paise").cum_sum().over("connection_id")
    left = pl.col("owed").fill_null(0) - (total - until)
    return (
        ordered.join(
            owed.select("connection_id", pl.col("paise").alias("owed")), "connection_id", "left", maintain_order="left"
        )
        .with_columns(pl.min_horizontal(pl.max_horizontal(left, pl.lit(0)), "paise").alias("open_paise"))
        .drop("owed")
    )


def ageing(settled: pl.DataFrame, day: date) -> pl.DataFrame:
    """Open amounts by connection and days overdue: connection_id, not_due, to_30, to_90, to_180, beyond (paise)."""
    late = (pl.lit(day) - pl.col("due_on")).dt.total_days()
    limits = (-(10**6), *AGES, 10**6)
    names = ("not_due", "to_30", "to_90", "to_180", "beyond")
    return settled.group_by("connection_id", maintain_order=True).agg(
        pl.col("open_paise").filter((late > low) & (late <= high)).sum().alias(name)
        for name, low, high in zip(names, limits, limits[1:], strict=False)
    )
