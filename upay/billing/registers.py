"""The registers a bill prints, and what they say was used since the last one that is known for certain."""
from datetime import date, timedelta

import polars as pl

from upay.billing.models import Basis, RegisterQuality
from upay.billing.population import Population
from upay.billing.rules import Schedule
from upay.metering import registers_at

_HOURS_A_DAY = 24


def register_ends(who: Population, cycle: Schedule, version: int) -> pl.DataFrame:
    """The register at the end of each connection's days: connection_id, meter_id, end_wh, end_quality.

    Of a meter that was taken down in the cycle what its installation says; of one that stands the midnight after.
    """
    stays = who.stays.join(who.people.select("connection_id", "first", "last"), "connection_id")
    at_end = stays.filter(pl.col("from_on") <= pl.col("last")).group_by("connection_id", maintain_order=True).last()
    taken = (pl.col("to_on") <= pl.col("last") + timedelta(days=1)).fill_null(False)
    down = at_end.filter(taken).select(
        "connection_id",
        "meter_id",
        pl.col("to_register_wh").alias("end_wh"),
        _quality(RegisterQuality.READ).alias("end_quality"),
    )
    read = registers_at(cycle.last + timedelta(days=1), version)
    up = (
        at_end.filter(~taken & (pl.col("last") == cycle.last))
        .select("connection_id", "meter_id")
        .join(read, ["connection_id", "meter_id"])
        .select("connection_id", "meter_id", pl.col("register_wh").alias("end_wh"), _derived().alias("end_quality"))
    )
    return pl.concat([down.drop_nulls("end_wh"), up])


def anchors(who: Population, bills: pl.DataFrame, cycle: Schedule, version: int) -> pl.DataFrame:
    """The last register known for certain before the cycle: connection_id, anchor_on, anchor_wh, anchor_quality.

    anchor_on: the day that begins with it.  That of the last bill on readings, however many provisional ones came
    since; else the meter's at the beginning of the period, or at its installation.
    """
    billed = (
        bills.filter((pl.col("basis") != Basis.PROVISIONAL) & pl.col("register_to_wh").is_not_null())
        .filter(pl.col("last") < cycle.first)
        .sort("connection_id", "last")
        .group_by("connection_id", maintain_order=True)
        .last()
        .select(
            "connection_id",
            (pl.col("last") + timedelta(days=1)).alias("anchor_on"),
            pl.col("register_to_wh").alias("anchor_wh"),
            pl.col("to_quality").cast(pl.Int8).alias("anchor_quality"),
        )
    )
    new = who.people.join(billed, "connection_id", "anti").select("connection_id", "first")
    if new.is_empty():
        return billed
    return pl.concat([billed, _first_registers(who, new, cycle.first, version)])


def _first_registers(who: Population, new: pl.DataFrame, begins: date, version: int) -> pl.DataFrame:
    stays = who.stays.join(new, "connection_id").filter(
        (pl.col("from_on") <= pl.col("first")) & (pl.col("to_on").is_null() | (pl.col("to_on") > pl.col("first")))
    )
    began = pl.col("from_on") == pl.col("first")
    columns = ("connection_id", pl.col("first").alias("anchor_on"))
    installed = stays.filter(began).select(
        *columns, pl.col("from_register_wh").alias("anchor_wh"), anchor_quality=_quality(RegisterQuality.READ)
    )
    stood = (
        stays.filter(~began & (pl.col("first") == begins))
        .join(registers_at(begins, version), ["connection_id", "meter_id"])
        .select(*columns, pl.col("register_wh").alias("anchor_wh"), _derived().alias("anchor_quality"))
    )
    return pl.concat([stood, installed]).unique("connection_id", keep="first", maintain_order=True)


def spans(who: Population, anchor: pl.DataFrame, ends: pl.DataFrame, absurd_ratio: float) -> pl.DataFrame:
    """What the registers say was used from the anchor to the end: connection_id, anchor_on, span_wh.

    Over exchanged meters each counts from its installation (or the anchor) to its removal (or the end). span_wh is
    negative where a register fell and no roll-over explains it; a connection whose registers leave a gap is left out.
    """
    load = who.stretches.group_by("connection_id").agg(pl.col("load_w").max())
    mine = (
        who.stays.join(who.people.select("connection_id", "last"), "connection_id")
        .join(anchor.select("connection_id", "anchor_on", "anchor_wh"), "connection_id")
        .join(load, "connection_id")
        .filter(pl.col("from_on") <= pl.col("last"))
        .filter(pl.col("to_on").is_null() | (pl.col("to_on") >= pl.col("anchor_on")))
        .join(ends.select("connection_id", "meter_id", "end_wh"), ["connection_id", "meter_id"], "left")
    )
    ended = (pl.col("to_on") <= pl.col("last")).fill_null(False)
    until = pl.when(ended).then("to_register_wh").otherwise("end_wh")
    since = pl.when(pl.col("from_on") >= pl.col("anchor_on")).then("from_register_wh").otherwise("anchor_wh")
    days = (pl.col("last") - pl.col("anchor_on")).dt.total_days() + 1
    limit = (pl.col("load_w") * _HOURS_A_DAY * days * absurd_ratio).cast(pl.Int64)
    turn = 1000 * pl.lit(10, pl.Int64).pow(pl.col("digits")).cast(pl.Int64)
    used = pl.col("used")
    turned = pl.when((used < 0) & (used + turn <= limit)).then(used + turn).otherwise(used)
    return (
        mine.with_columns((until - since).alias("used"))
        .group_by("connection_id", "anchor_on")
        .agg(pl.when(used.is_not_null().all()).then(turned.sum()).alias("span_wh"))
        .drop_nulls("span_wh")
    )


def _derived() -> pl.Expr:
    return pl.when("derived").then(int(RegisterQuality.DERIVED)).otherwise(int(RegisterQuality.READ)).cast(pl.Int8)


def _quality(quality: RegisterQuality) -> pl.Expr:
    return pl.lit(int(quality), pl.Int8)
