"""Earlier bills in the light of later readings: priced anew by the tariff of then, the difference on the next bill.

Two things make a bill worth another look. Reads that came after it was made: then its days are summed again. And a
meter read at last, after bills on estimates: then what the register says was used since the reading before is spread
evenly over the days of those bills, so that every slab is shared by all of them, and what was billed too much returns.
"""
from dataclasses import dataclass

import polars as pl

from upay.billing.energy import BANDS
from upay.billing.models import Basis, Kind
from upay.billing.parts import by_days, priced, shared
from upay.billing.population import days, listed
from upay.billing.prepared import Prepared
from upay.billing.tariffs import kept_in
from upay.bulk import Bulk
from upay.metering import day_totals

_PARTS = """
SELECT bill_id, part, kind, of_bill_id, basis, tariff_id, version, first, last, import_wh, band0_wh, band1_wh, band2_wh,
       export_wh, vah, demand_w, load_w, prepaid, credit_wh, online, total_paise
FROM billpart WHERE bill_id IN ({ids})
"""
_MEASURES = ("import_wh", "export_wh", *BANDS)
_TEXTS = ("kind", "basis", "tariff_id", "version")
_READ = [Basis.ACTUAL.value, Basis.REGISTER.value, Basis.SELF_READING.value]


@dataclass(frozen=True)
class Adjusted:
    """parts: periods of earlier bills priced anew: connection_id, of_bill_id, kind, basis, what the pricing took,
    total_paise, and billed_paise and billed_wh of before.

    legs: connection_id, kind of line, paise: what changes, to be entered.  banked: connection_id, banked_wh: by how
    much the solar energy that they carry over changes.
    """

    parts: pl.DataFrame
    legs: pl.DataFrame
    banked: pl.DataFrame


def adjustments(db: Bulk, ready: Prepared, frame: pl.DataFrame) -> Adjusted | None:
    """What the bills about to be made have to put right; None when nothing. frame: of `checks.judged`, to be billed."""
    ids = frame.select("connection_id")
    recent = ready.bills.filter(pl.col("cycle") < ready.cycle.cycle).join(ids, "connection_id", "semi")
    late = _touched(recent, ready.late)
    blind = recent.filter(pl.col("basis") == Basis.PROVISIONAL)
    if late.is_empty() and blind.is_empty():
        return None
    concerned = pl.concat([late.select("connection_id"), blind.select("connection_id")]).unique()
    snapshots = latest_parts(db, recent.join(concerned, "connection_id", "semi"))
    again = _by_days_read(db, snapshots.join(late.select("of_bill_id"), "of_bill_id", "semi"), ready)
    left = snapshots.filter(pl.col("basis") == Basis.PROVISIONAL).join(again.select("of_bill_id"), "of_bill_id", "anti")
    parts = pl.concat([again, _by_register(left, snapshots, again, frame).select(again.columns)])
    changed = pl.any_horizontal(
        ((pl.col(name) - pl.col(f"old_{name}")).abs() >= ready.rules.late_least_wh) for name in _MEASURES
    )
    parts = parts.filter(changed.any().over("of_bill_id"))
    return None if parts.is_empty() else _priced_anew(db, parts)


def latest_parts(db: Bulk, bills: pl.DataFrame) -> pl.DataFrame:
    """What each of these bills' periods was priced at last: its parts, or those of the bill that adjusted it.

    bills: id, connection_id; all recent bills of a connection, for a later one may have adjusted an earlier. Returns
    the columns of the table with connection_id, seq; of_bill_id names the bill whose period it is.
    """
    rows = db.read(_PARTS.format(ids=listed(bills["id"].to_list())))
    numbers = ("bill_id", "part", "of_bill_id", *_MEASURES, "vah", "demand_w", "load_w", "credit_wh", "total_paise")
    rows = rows.with_columns(
        pl.col(*numbers).cast(pl.Int64),
        pl.col(*_TEXTS).cast(pl.String),
        pl.col("prepaid", "online").cast(pl.Int64).cast(pl.Boolean),
        days(rows, "first"),
        days(rows, "last"),
    ).with_columns(pl.coalesce("of_bill_id", "bill_id").alias("of_bill_id"))
    return (
        rows.filter(pl.col("bill_id") == pl.col("bill_id").max().over("of_bill_id"))
        .join(bills.select(pl.col("id").alias("of_bill_id"), "connection_id"), "of_bill_id")
        .sort("of_bill_id", "part")
        .with_columns(pl.int_range(pl.len()).over("of_bill_id").alias("seq"))
    )


def _touched(bills: pl.DataFrame, late: pl.DataFrame) -> pl.DataFrame:
    """Bills of which days were closed (again) after they were made: connection_id, of_bill_id."""
    if late.is_empty() or bills.is_empty():
        return pl.DataFrame(schema={"connection_id": pl.Int64, "of_bill_id": pl.Int64})
    inside = pl.col("day").is_between(pl.col("first"), pl.col("last"))
    newer = pl.col("closed_version") > pl.col("lake_version")
    found = bills.join(late, "connection_id").filter(inside & newer)
    return found.select("connection_id", pl.col("id").alias("of_bill_id")).unique()


def _by_days_read(db: Bulk, old: pl.DataFrame, ready: Prepared) -> pl.DataFrame:
    """Parts with the energy that the roll-ups have today, of the bills whose days are read well enough by now."""
    columns = [*old.columns, *(f"old_{name}" for name in (*_MEASURES, "total_paise"))]
    before = old.with_columns(pl.col(name).alias(f"old_{name}") for name in (*_MEASURES, "total_paise"))
    if old.is_empty():
        return before.select(columns)
    ends = old.select(pl.col("first").min().alias("a"), pl.col("last").max().alias("b")).row(0)
    rolled = day_totals(db, old["connection_id"].unique().to_list(), *ends)
    spans = old.select("connection_id", "of_bill_id", "seq", "first", "last")
    summed = (
        rolled.join(spans, "connection_id")
        .filter(pl.col("day").is_between(pl.col("first"), pl.col("last")))
        .group_by("of_bill_id", "seq")
        .agg(
            pl.col(*_MEASURES, "actual").sum(),
            pl.col("blocks").max(),
            pl.col("peak_w").max(),
            pl.when(pl.col("vah").is_not_null().all()).then(pl.col("vah").sum()).alias("vah"),
        )
    )
    length = (pl.col("last") - pl.col("first")).dt.total_days() + 1
    wanted = (length * pl.col("blocks").fill_null(48)).sum().over("of_bill_id")
    read = pl.col("actual").fill_null(0).sum().over("of_bill_id")
    return (
        before.drop(*_MEASURES, "vah")
        .join(summed, ["of_bill_id", "seq"], "left")
        .filter(read >= ready.rules.actual_least_ratio * wanted)
        .with_columns(
            pl.col(*_MEASURES).fill_null(0),
            pl.when(pl.col("peak_w") > 0).then("peak_w").alias("demand_w"),
            pl.lit(Kind.LATE.value).alias("kind"),
            pl.lit(Basis.ACTUAL.value).alias("basis"),
        )
        .select(columns)
    )


def _by_register(
    blind: pl.DataFrame, snapshots: pl.DataFrame, again: pl.DataFrame, frame: pl.DataFrame
) -> pl.DataFrame:
    """Parts of provisional bills with their share, by days, of what the register says no other bill accounts for.

    blind: their latest parts.  snapshots: those of all recent bills.  again: the ones that late reads tell.
    """
    told = pl.concat([again.select("connection_id", "of_bill_id", "first", "last", "import_wh"),
                      snapshots.filter(pl.col("basis") != Basis.PROVISIONAL).join(again, "of_bill_id", "anti")
                      .select("connection_id", "of_bill_id", "first", "last", "import_wh")])  # fmt: skip
    length = (pl.col("last") - pl.col("first")).dt.total_days() + 1
    now = frame.filter(pl.col("basis").is_in(_READ) & pl.col("span_wh").is_not_null()).select(
        "connection_id", "anchor_on", "span_wh", "span_days", "units_wh", pl.col("days").alias("own_days")
    )
    known = (
        told.join(now.select("connection_id", "anchor_on"), "connection_id")
        .filter(pl.col("first") >= pl.col("anchor_on"))
        .group_by("connection_id")
        .agg(pl.col("import_wh").sum().alias("told_wh"), length.sum().alias("told_days"))
    )
    rest = now.join(known, "connection_id", "left").select(
        "connection_id",
        "anchor_on",
        (pl.col("span_wh") - pl.col("units_wh") - pl.col("told_wh").fill_null(0)).clip(0).alias("rest_wh"),
        (pl.col("span_days") - pl.col("own_days") - pl.col("told_days").fill_null(0)).alias("rest_days"),
    )
    mine = blind.with_columns(pl.col(name).alias(f"old_{name}") for name in (*_MEASURES, "total_paise"))
    mine = mine.join(rest, "connection_id").filter((pl.col("first") >= pl.col("anchor_on")) & (pl.col("rest_days") > 0))
    mine = mine.sort("connection_id", "first").with_columns(length.sum().over("connection_id").alias("blind_days"))
    # days that no bill covers keep their share for the bill that will
    due = pl.col("rest_wh") * pl.col("blind_days") // pl.col("rest_days")
    return shared(mine, by_days(due, "connection_id")).with_columns(
        pl.lit(Kind.WHOLE.value).alias("kind"),
        pl.lit(Basis.REGISTER.value).alias("basis"),
        pl.lit(None, pl.Int64).alias("vah"),
    )


def _priced_anew(db: Bulk, parts: pl.DataFrame) -> Adjusted:
    parts = parts.sort("of_bill_id", "seq")
    tariffs = kept_in(db, parts["version"].unique().to_list())
    # A connection may have several bills put right at once: each is priced for itself, its stretches in order.
    keyed = parts.with_columns(pl.col("connection_id").alias("owner"), pl.col("of_bill_id").alias("connection_id"))
    old = keyed.with_columns(pl.col(f"old_{name}").alias(name) for name in _MEASURES)
    new_priced, old_priced = priced(keyed.drop("total_paise"), tariffs), priced(old.drop("total_paise"), tariffs)
    done = new_priced.parts.with_columns(pl.col("owner").alias("connection_id"))
    owner = done.select("row", "connection_id")
    legs = (
        pl.concat([new_priced.lines, old_priced.lines.with_columns(-pl.col("paise"))])
        .join(owner, "row")
        .group_by("connection_id", "kind")
        .agg(pl.col("paise").sum())
    )
    banked = done.select("connection_id", "credit_out_wh").with_columns(
        (pl.col("credit_out_wh") - old_priced.parts["credit_out_wh"]).alias("banked_wh")
    )
    told = done.with_columns(
        pl.col("old_total_paise").alias("billed_paise"), pl.col("old_import_wh").alias("billed_wh")
    ).drop("owner", "bill_id", "part")
    return Adjusted(told, legs, banked.group_by("connection_id").agg(pl.col("banked_wh").sum()))
