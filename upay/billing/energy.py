"""The units of each connection and what they stand on: blocks, registers, the consumer's reading, or an estimate."""
from collections.abc import Sequence
from datetime import timedelta

import polars as pl

from upay.billing.history import provisional_counts, references
from upay.billing.models import Basis, RegisterQuality
from upay.billing.population import OF_ZONES, Population, listed
from upay.billing.registers import anchors, register_ends, spans
from upay.billing.rules import Rules, Schedule
from upay.billing.selfreadings import SelfReadings
from upay.bulk import Bulk
from upay.metering import day_totals, period_totals

BANDS = ("band0_wh", "band1_wh", "band2_wh")
_SUMMED = ("import_wh", "export_wh", *BANDS, "blocks", "actual", "estimated_wh")
_SELF_WINDOW_DAYS = 5


def measured(
    db: Bulk, cycle: Schedule, who: Population, zone_ids: Sequence[int] | None, only: Sequence[int] | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What was measured: sums over each connection's own days, and the single days of those with days of their own.

    Sums as `period_totals` gives them; days as `day_totals` does, of connections that began, ended or changed within
    the cycle.
    """
    among = OF_ZONES.format(zones=listed(zone_ids)) if zone_ids is not None else None
    among = listed(only) if only is not None else among
    totals = period_totals(db, cycle.first, cycle.last, among)
    cut = who.stretches.group_by("connection_id").len().filter(pl.col("len") > 1)
    own = who.people.filter(
        (pl.col("first") > cycle.first)
        | (pl.col("last") < cycle.last)
        | pl.col("connection_id").is_in(cut["connection_id"].to_list())
    )
    daily = day_totals(db, own["connection_id"].to_list(), cycle.first, cycle.last)
    daily = daily.join(own.select("connection_id", "first", "last"), "connection_id").filter(
        pl.col("day").is_between(pl.col("first"), pl.col("last"))
    )
    summed = daily.group_by("connection_id").agg(
        pl.len().cast(pl.Int64).alias("days"),
        pl.col("peak_w").max(),
        pl.col("blocks").max().alias("blocks_a_day"),
        pl.col(*_SUMMED).sum(),
        pl.when(pl.col("vah").is_not_null().all()).then(pl.col("vah").sum()).alias("vah"),
    )
    others = totals.join(own, "connection_id", "anti")
    return pl.concat([others, summed.select(others.columns).cast(others.schema)]), daily.drop("first", "last")


def decided(
    db: Bulk, cycle: Schedule, who: Population, totals: pl.DataFrame, bills: pl.DataFrame, rules: Rules,
    readings: SelfReadings, corrected: pl.DataFrame, version: int,
) -> pl.DataFrame:  # fmt: skip
    """A row a connection: connection_id, zone_id, first, last, days, basis (null: nothing to stand on), units_wh, the
    sums of `measured`, from_wh, from_quality, to_wh, to_quality, anchor_on, span_wh, reference_wh, of_last_year.

    corrected: connection_id, corrected_wh: what an officer entered.  version: of the lake, for the registers.
    """
    ends, anchor = register_ends(who, cycle, version), anchors(who, bills, cycle, version)
    known = spans(who, anchor, ends, rules.absurd_load_ratio)
    frame = (
        who.people.join(totals.drop("days"), "connection_id", "left")
        .join(anchor, "connection_id", "left")
        .join(known.drop("anchor_on"), "connection_id", "left")
        .join(ends.drop("meter_id"), "connection_id", "left")
        .join(references(bills, cycle.cycle, rules.provisional_lookback_cycles), "connection_id", "left")
        .join(corrected, "connection_id", "left")
        .with_columns(
            pl.col(*_SUMMED).fill_null(0),
            ((pl.col("last") - pl.col("first")).dt.total_days() + 1).alias("days"),
            ((pl.col("last") - pl.col("anchor_on")).dt.total_days() + 1).alias("span_days"),
        )
    )
    expected = pl.col("days") * pl.col("blocks_a_day").fill_null(48)
    enough = pl.col("actual") >= rules.actual_least_ratio * expected
    frame = frame.with_columns(
        pl.when(pl.col("corrected_wh").is_not_null())
        .then(pl.lit(Basis.CORRECTED.value))
        .when(enough)
        .then(pl.lit(Basis.ACTUAL.value))
        .when(pl.col("span_wh").is_not_null())
        .then(pl.lit(Basis.REGISTER.value))
        .alias("basis")
    )
    frame = _from_self_readings(db, frame, who, anchor, rules, readings)
    frame = _provisional(db, frame, cycle, rules)
    return _printed(frame.with_columns(_units().alias("units_wh")))


def _units() -> pl.Expr:
    basis = pl.col("basis")
    share = pl.col("span_wh") * pl.col("days") // pl.col("span_days")
    return (
        pl.when(basis == Basis.CORRECTED)
        .then("corrected_wh")
        .when(basis == Basis.ACTUAL)
        .then("import_wh")
        .when(basis.is_in([Basis.REGISTER.value, Basis.SELF_READING.value]))
        .then(share)
        .when(basis == Basis.PROVISIONAL)
        .then(pl.col("reference_wh") * pl.col("days"))
        .otherwise("import_wh")
    )


def _from_self_readings(
    db: Bulk, frame: pl.DataFrame, who: Population, anchor: pl.DataFrame, rules: Rules, readings: SelfReadings
) -> pl.DataFrame:
    """Connections with nothing better stand on the consumer's own reading, taken about the end of the cycle."""
    without = frame.filter(pl.col("basis").is_null())
    if without.is_empty():
        return frame
    about = timedelta(days=_SELF_WINDOW_DAYS)
    last = without["last"].max()
    assert last is not None
    read = readings.accepted(db, without["connection_id"].to_list(), last - about, last + about)  # type: ignore[operator]
    if read.is_empty():
        return frame
    standing = who.stays.filter(pl.col("to_on").is_null()).select("connection_id", "meter_id")
    read_at = read.join(standing, "connection_id")
    ends = read_at.select("connection_id", "meter_id", pl.col("register_wh").alias("end_wh"))
    told = spans(who, anchor, ends, rules.absurd_load_ratio).select("connection_id", pl.col("span_wh").alias("self_wh"))
    has = pl.col("self_wh").is_not_null()
    return (
        frame.join(told.join(ends.select("connection_id", pl.col("end_wh").alias("self_to_wh")), "connection_id"),
                   "connection_id", "left")
        .with_columns(
            pl.when(has).then(pl.lit(Basis.SELF_READING.value)).otherwise("basis").alias("basis"),
            pl.coalesce("self_wh", "span_wh").alias("span_wh"),
            pl.coalesce("self_to_wh", "end_wh").alias("end_wh"),
            pl.when(has).then(int(RegisterQuality.SELF)).otherwise("end_quality").cast(pl.Int8).alias("end_quality"),
        )
        .drop("self_wh", "self_to_wh")
    )  # fmt: skip


def _provisional(db: Bulk, frame: pl.DataFrame, cycle: Schedule, rules: Rules) -> pl.DataFrame:
    """What is left is billed on use before, as often as the rules allow."""
    left = frame.filter(pl.col("basis").is_null() & pl.col("reference_wh").is_not_null())
    if left.is_empty():
        return frame
    counts = provisional_counts(db, cycle.cycle, left["connection_id"].to_list())
    spent = counts.filter(pl.col("provisional") >= rules.provisional_most_a_year)["connection_id"].to_list()
    may = pl.col("basis").is_null() & pl.col("reference_wh").is_not_null() & ~pl.col("connection_id").is_in(spent)
    return frame.with_columns(pl.when(may).then(pl.lit(Basis.PROVISIONAL.value)).otherwise("basis").alias("basis"))


def _printed(frame: pl.DataFrame) -> pl.DataFrame:
    """The two registers of the bill: at the beginning of its own days, and at their end."""
    unknown = int(RegisterQuality.UNKNOWN)
    begins = pl.col("anchor_on") == pl.col("first")
    blind = pl.col("basis") == Basis.PROVISIONAL
    return frame.with_columns(
        pl.when(begins).then("anchor_wh").alias("from_wh"),
        pl.when(begins).then(pl.col("anchor_quality").fill_null(unknown)).otherwise(unknown).alias("from_quality"),
        pl.when(~blind).then("end_wh").alias("to_wh"),
        pl.when(~blind & pl.col("end_wh").is_not_null()).then("end_quality").otherwise(unknown).alias("to_quality"),
    ).drop("anchor_wh", "anchor_quality", "end_wh", "end_quality")
