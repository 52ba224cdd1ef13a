"""The door for live figures: each meter's latest instantaneous reading, and the register at its running block's start.

Nothing is kept but the latest, and that only for the day.
"""
from datetime import datetime

import polars as pl
from sqlalchemy import case, delete, func
from sqlmodel import Session, col

from upay.clock import IST_OFFSET_S, day_of, day_start_s
from upay.metering.intake import checks
from upay.metering.intake.checks import Check, Measure
from upay.metering.intake.door import open_batch
from upay.metering.intake.formats import Columns
from upay.metering.intake.receipts import Answer, summary
from upay.metering.intake.sheet import of_meters, sheet, split
from upay.metering.models import LiveReading
from upay.network import Registry, registry
from upay.work import bump
from upay.work.upsert import insert_into

_POWER = 2**31 - 1  # either way: what a solar roof gives to the grid is below zero
_MEASURES = (
    Measure("power_w", (("power_w", 1),), pl.Int32(), _POWER, required=True, smallest=-_POWER),
    *(measure for measure in checks.MEASURES if measure.name in ("dv", "ca", "register_wh")),
)
COLUMNS = Columns(
    known=frozenset({"meter", "at", "at_s", *(name for measure in _MEASURES for name, _ in measure.wire)}),
    numeric=frozenset({"at_s", *(name for measure in _MEASURES for name, _ in measure.wire)}),
    required=(("meter",), ("at", "at_s"), ("power_w",)),
)
_FIGURES = tuple(measure.name for measure in _MEASURES)
_SLICE = 2_000


def take_live(
    session: Session,
    body: bytes,
    content_type: str | None,
    encoding: str | None,
    now: datetime,
    zone_ids: list[int] | None = None,
) -> Answer:
    """Take live readings: `meter`, `at` or `at_s`, `power_w`, and optionally `v`, `a`, `register_wh`.

    Rejected rows are answered but not kept. `stale` counts rows that are no newer than what is known of their meter.
    Raises Problem for what is wrong with the batch as a whole (codes: `unpack`, `decode`).
    """
    wire = open_batch(body, content_type, encoding, COLUMNS)
    held = registry()
    rows = sheet(wire, held, "at", _MEASURES)
    table = _table(now, zone_ids, rows.columns)
    good, failed = split(rows, table)
    written = _write(session, good, held)
    rejected = len(failed) + len(wire.broken)
    counts = {"rows": wire.rows, "accepted": written, "rejected": rejected, "stale": len(good) - written}
    return counts | summary(wire, failed, table)


def purge_live(session: Session, now: datetime) -> int:
    """Forget the live readings of earlier days, and return how many those were."""
    old = delete(LiveReading).where(col(LiveReading.at_s) < day_start_s(day_of(now)))
    return len(session.exec(old.returning(col(LiveReading.meter_id))).all())


def _table(now: datetime, zone_ids: list[int] | None, sent: list[str]) -> list[Check]:
    return [
        *checks.placing(zone_ids),
        *checks.timing("at_s", ("at", "at_s")),
        *checks.measuring(_MEASURES, sent),
        Check("reads.row_in_future", pl.col("at_s") > checks.latest_s(now), {"start": ("at", "at_s")}),
    ]


def _write(session: Session, good: pl.DataFrame, held: Registry) -> int:
    """Take over what is newer than what stands. All rows of a batch carry one number, higher than any before."""
    if good.is_empty():
        return 0
    length = of_meters(held.minutes, good["place"].to_numpy()).cast(pl.Int64).alias("length") * 60
    local = pl.col("at_s") + IST_OFFSET_S
    latest = (
        good.with_columns(length)
        .sort("at_s", maintain_order=True)
        .unique("meter_id", keep="last", maintain_order=True)
        .select(
            *("meter_id", "at_s"),
            *(pl.col(name) if name in good.columns else pl.lit(None, pl.Int64).alias(name) for name in _FIGURES),
            block_start_s=local // pl.col("length") * pl.col("length") - IST_OFFSET_S,
            # The counter's row stays locked until the commit, so numbers appear in their order.
            seq=pl.lit(bump(session, "live")),
        )
        .with_columns(block_register_wh="register_wh")
        .sort("meter_id")
    )
    insert = insert_into(session, LiveReading)
    new, known = insert.excluded, LiveReading
    same_block = col(known.block_start_s) == new.block_start_s
    values = {name: new[name] for name in latest.columns if name not in ("meter_id", "block_register_wh")}
    upsert = insert.on_conflict_do_update(
        index_elements=["meter_id"],
        set_=values
        | {
            "block_register_wh": case(
                (same_block, func.coalesce(known.block_register_wh, new.register_wh)), else_=new.register_wh
            )
        },
        where=new.at_s > col(known.at_s),
    ).returning(LiveReading.meter_id)
    return sum(len(session.exec(upsert, params=part.to_dicts()).all()) for part in latest.iter_slices(_SLICE))
