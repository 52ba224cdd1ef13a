"""What the database is told of a closing, in one transaction: the closing, its parts, roll-ups, contradicting reads."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.bulk import Bulk, dated
from upay.metering.days import lake
from upay.metering.days.installed import Installed, place
from upay.metering.days.lakewriter import Written
from upay.metering.days.outages import Outages, lay
from upay.metering.days.reopened import take_away
from upay.metering.days.rollup import connection_days, meter_days
from upay.metering.days.rows import LAKE, Closed, from_lake
from upay.metering.days.stays import by_stay
from upay.metering.days.tally import DUPLICATE, Tally
from upay.metering.matrix import NONE
from upay.metering.models import ConnectionDay, DayClose, DtrDay, Quarantine
from upay.metering.reads import SCHEMA
from upay.network import registry
from upay.settings import settings

_CONNECTION_DAY = [column.name for column in ConnectionDay.__table__.columns]  # type: ignore[attr-defined]
_CONSUMERS = """
SELECT dtr_id, day, COUNT(*) AS consumers, CAST(SUM(import_wh) AS BIGINT) AS consumers_wh,
       CAST(SUM(export_wh) AS BIGINT) AS export_wh, CAST(SUM(estimated_wh) AS BIGINT) AS estimated_wh,
       SUM(CASE WHEN actual >= ? * blocks THEN 1 ELSE 0 END) AS reporting
FROM connectionday WHERE day BETWEEN ? AND ? GROUP BY dtr_id, day
"""


@dataclass(frozen=True)
class BucketClose:
    """One bucket's closing, in the lake's files but not yet in SQL.

    rolled: `rollup.meter_days` of the rows written.  held: reads for the quarantine, as its rows.  parts: ids of the
    open parts it took.  reopened: as `reopened`, what it judged with the events of now.
    """

    bucket: int
    version: int
    files: list[Written]
    rolled: pl.DataFrame | None
    held: pl.DataFrame | None
    parts: list[int]
    tally: Tally
    reopened: pl.DataFrame


def write_closings(db: Bulk, done: Iterable[BucketClose], lake_version: int, now: datetime) -> None:
    """Write the closings themselves, what they took and what they put aside."""
    for one in done:
        closings = one.tally.frame.with_columns(
            pl.lit(one.bucket).alias("bucket"),
            pl.lit(one.version).alias("version"),
            pl.lit(lake_version).alias("lake_version"),
            pl.lit(now).alias("closed_at"),
        )
        db.append(DayClose, closings)
        if one.parts:
            ids = ",".join(str(part) for part in one.parts)
            db.execute(f"UPDATE openpart SET closed_version = ? WHERE id IN ({ids})", (one.version,))  # noqa: S608
        take_away(db, one.reopened)
        if one.held is not None:
            db.append(Quarantine, one.held)


def write_connection_days(
    db: Bulk, rolled: pl.DataFrame, shared: pl.DataFrame | None, first: date, last: date, buckets: Sequence[int]
) -> None:
    """Put roll-ups of the days [first, last] in the place of those that stand.

    rolled: meter-days just closed.  shared: days of connections that several meters measured, in full.
    buckets: those that are closed for the first time, of which nothing older may stay.
    """
    for bucket in buckets:
        db.execute("DELETE FROM connectionday WHERE day BETWEEN ? AND ? AND bucket = ?", (first, last, bucket))
    apart = [] if shared is None else shared["connection_id"].unique().to_list()
    single = _shaped(connection_days(rolled.filter(~pl.col("connection_id").is_in(apart))))
    fresh = pl.col("version") == 1
    db.append(ConnectionDay, single.filter(fresh))
    db.upsert(ConnectionDay, single.filter(~fresh), key=["connection_id", "day"])
    if shared is not None:
        db.upsert(ConnectionDay, _shaped(shared), key=["connection_id", "day"])


def write_dtr_days(db: Bulk, rolled: pl.DataFrame, first: date, last: date, reporting_ratio: float) -> None:
    """Sum the connections of DTRs anew, beside what the DTRs' own meters say. rolled: dtr_id, day of meter-days closed.

    Of the DTRs' own meters it must hold the rows in full (connection_id null); of others one per DTR and day is enough.
    """
    key = ["dtr_id", "day"]
    touched = rolled.select(key).drop_nulls().unique()
    consumers = consumers_of_dtrs(db, first, last, reporting_ratio)
    standing = dated(
        db.read("SELECT dtr_id, day, input_wh, peak_w FROM dtrday WHERE day BETWEEN ? AND ?", (first, last))
    )
    measured = pl.col("actual") + pl.col("estimated") > 0
    inputs = (
        rolled.filter(pl.col("connection_id").is_null() & pl.col("dtr_id").is_not_null() & measured)
        .group_by(key)
        .agg(pl.col("import_wh").sum().alias("new_wh"), pl.col("peak_w").max().cast(pl.Int64).alias("new_w"))
    )
    frame = (
        touched.join(consumers, key, "left")
        .join(standing, key, "left")
        .join(inputs, key, "left")
        .select(
            *key,
            pl.coalesce("new_wh", "input_wh").alias("input_wh"),
            pl.coalesce("new_w", "peak_w").alias("peak_w"),
            pl.col("consumers", "consumers_wh", "export_wh", "estimated_wh", "reporting").fill_null(0),
        )
    )
    db.upsert(DtrDay, frame, key=key)


def consumers_of_dtrs(db: Bulk, first: date, last: date, reporting_ratio: float) -> pl.DataFrame:
    """Days of connections summed by DTR: dtr_id, day, consumers, consumers_wh, export_wh, estimated_wh, reporting."""
    return dated(db.read(_CONSUMERS, (reporting_ratio, first, last)))


def shared_connections(among: Installed) -> NDArray[np.int64]:
    """Connections at which more than one meter was installed. among: the installations of the time in question."""
    ids, count = np.unique(among.connection_id[among.connection_id != NONE], return_counts=True)
    return ids[count > 1]


def rolled_up_from_lake(
    first: date, last: date, connections: NDArray[np.int64], among: Installed, dark: Outages
) -> pl.DataFrame | None:
    """Days of connections from all their meters' rows in the lake, whichever buckets these are in."""
    meters = np.unique(among.meter_id[np.isin(among.connection_id, connections)])
    rows = lake.meter_days(meters.tolist(), first, last, LAKE.names)
    if rows.is_empty():
        return None
    return connection_days(rolled_up(rows, among, dark)).filter(pl.col("connection_id").is_in(connections.tolist()))


def rolled_up(rows: pl.DataFrame, among: Installed, dark: Outages) -> pl.DataFrame:
    """`rollup.meter_days` of lake rows, by stay."""
    frames: list[pl.DataFrame] = []
    for matrix, settled in from_lake(rows):
        closed = Closed(matrix, place(matrix, among), settled, lay(dark, matrix)[1])
        frames += [meter_days(part, 0) for part in by_stay(closed, dark)]
    versions = rows.select("meter_id", "day", pl.col("version").cast(pl.Int32))
    together = pl.concat(frames, how="vertical_relaxed")
    return together.drop("version").join(versions, ["meter_id", "day"]).select(together.columns)


def quarantined(lost: pl.DataFrame, reads: pl.DataFrame, now: datetime) -> pl.DataFrame | None:
    """Reads that contradict the one that counts, as quarantine rows, worded as they would come to the door again.

    lost: `place` in `reads` and `code`; equal repetitions are left out. None when there is nothing to keep.
    """
    differing = lost.filter(pl.col("code") != DUPLICATE)
    if differing.is_empty():
        return None
    rows = reads[differing["place"].to_numpy()]
    held = registry()
    serial = held.serial.gather(held.place(rows["meter_id"].to_numpy()))
    sent = rows.select(
        serial.alias("meter"), *(pl.col(name).cast(pl.String) for name in SCHEMA.names() if name != "meter_id")
    )
    start = (
        pl.from_epoch(rows["start_s"], time_unit="s").dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Kolkata")
    )
    named = pl.struct(pl.col("meter").alias("serial"), start.dt.strftime("%Y-%m-%dT%H:%M%:z").alias("start"))
    return pl.DataFrame(
        {
            "code": differing["code"],
            "params": sent.select(named.struct.json_encode()).to_series(),
            "raw": sent.select(pl.struct(pl.all()).struct.json_encode()).to_series(),
            "serial": serial,
        }
    ).with_columns(
        pl.lit("reads").alias("door"),
        pl.lit("close").alias("source"),
        pl.int_range(1, pl.len() + 1).alias("row_number"),
        pl.lit(now).alias("received_at"),
    )


def _shaped(rolled: pl.DataFrame) -> pl.DataFrame:
    bucket = (pl.col("meter_id") % settings().buckets).alias("bucket")
    return rolled.with_columns(bucket).select(_CONNECTION_DAY)
