"""What the database is told of a closing, in one transaction: the closing, its parts, roll-ups, reads that did not count."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.bulk import Bulk
from upay.metering.days import lake
from upay.metering.days.installed import Installed, place
from upay.metering.days.lakewriter import Written
from upay.metering.days.matrix import NONE
from upay.metering.days.outages import Outages, lay
from upay.metering.days.rollup import connection_days, meter_days
from upay.metering.days.rows import LAKE, Closed, from_lake
from upay.metering.models import ConnectionDay, DayClose, DtrDay, Quarantine
from upay.metering.reads import SCHEMA
from upay.network.registry import registry
from upay.packs import Band
from upay.settings import settings

_CONNECTION_DAY = [column.name for column in ConnectionDay.__table__.columns]  # type: ignore[attr-defined]
_CONSUMERS = """
SELECT dtr_id, COUNT(*) AS consumers, CAST(SUM(import_wh) AS BIGINT) AS consumers_wh,
       CAST(SUM(export_wh) AS BIGINT) AS export_wh, CAST(SUM(estimated_wh) AS BIGINT) AS estimated_wh,
       SUM(CASE WHEN actual >= ? * blocks THEN 1 ELSE 0 END) AS reporting
FROM connectionday WHERE day = ? GROUP BY dtr_id
"""
DUPLICATE = "reads.duplicate"


@dataclass(frozen=True)
class BucketClose:
    """One bucket's closing, in the lake's files but not yet in SQL.

    rolled: `rollup.meter_days` of the rows written.  held: reads for the quarantine.
    """

    day: date
    bucket: int
    version: int
    files: list[Written]
    rolled: pl.DataFrame | None
    parts: list[int]
    held: pl.DataFrame | None
    meter_days: int
    reads: int
    duplicates: int
    conflicts: int
    estimated: int
    raw_wh: int

    def record(self, lake_version: int, now: datetime) -> DayClose:
        """The closing as the database keeps it."""
        return DayClose(
            day=self.day,
            bucket=self.bucket,
            version=self.version,
            lake_version=lake_version,
            closed_at=now,
            meter_days=self.meter_days,
            reads=self.reads,
            duplicates=self.duplicates,
            conflicts=self.conflicts,
            estimated=self.estimated,
            raw_wh=self.raw_wh,
        )


def write(
    db: Bulk,
    day: date,
    done: Sequence[BucketClose],
    together: pl.DataFrame | None,
    lake_version: int,
    reporting_ratio: float,
    now: datetime,
) -> list[DayClose]:
    """Write the closings of one day. together: roll-ups of connections that several meters measured on the day."""
    frames = [one.rolled for one in done if one.rolled is not None]
    rolled = pl.concat(frames, how="vertical_relaxed") if frames else None
    if rolled is not None:
        apart = [] if together is None else together["connection_id"].to_list()
        single = connection_days(rolled.filter(~pl.col("connection_id").is_in(apart)))
        first = [one.bucket for one in done if one.version == 1]
        for bucket in first:
            db.execute("DELETE FROM connectionday WHERE day = ? AND bucket = ?", (day, bucket))
        fresh = single.filter(pl.col("version") == 1)
        db.append(ConnectionDay, _shaped(fresh))
        db.upsert(ConnectionDay, _shaped(single.filter(pl.col("version") > 1)), key=["connection_id", "day"])
        if together is not None:
            db.upsert(ConnectionDay, _shaped(together), key=["connection_id", "day"])
        write_dtr_days(db, day, rolled, reporting_ratio)
    recorded = [one.record(lake_version, now) for one in done]
    db.append(DayClose, pl.DataFrame([record.model_dump(exclude={"id"}) for record in recorded]))
    for one in done:
        if one.parts:
            ids = ",".join(str(part) for part in one.parts)
            db.execute(f"UPDATE openpart SET closed_version = ? WHERE id IN ({ids})", (one.version,))  # noqa: S608
        if one.held is not None:
            db.append(Quarantine, one.held)
    return recorded


def write_dtr_days(db: Bulk, day: date, rolled: pl.DataFrame, reporting_ratio: float) -> None:
    """Sum the connections of the day's DTRs anew, beside what their own meters say. rolled: meter-days just closed."""
    touched = rolled["dtr_id"].drop_nulls().unique()
    consumers = db.read(_CONSUMERS, (reporting_ratio, day)).cast(pl.Int64)
    standing = db.read("SELECT dtr_id, input_wh, peak_w FROM dtrday WHERE day = ?", (day,)).cast(pl.Int64)
    measured = pl.col("actual") + pl.col("estimated") > 0
    inputs = (
        rolled.filter(pl.col("connection_id").is_null() & pl.col("dtr_id").is_not_null() & measured)
        .group_by("dtr_id")
        .agg(pl.col("import_wh").sum().alias("new_wh"), pl.col("peak_w").max().cast(pl.Int64).alias("new_w"))
    )
    frame = (
        pl.DataFrame({"dtr_id": touched})
        .join(consumers, "dtr_id", "left")
        .join(standing, "dtr_id", "left")
        .join(inputs, "dtr_id", "left")
        .select(
            "dtr_id",
            pl.lit(day).alias("day"),
            pl.coalesce("new_wh", "input_wh").alias("input_wh"),
            pl.coalesce("new_w", "peak_w").alias("peak_w"),
            pl.col("consumers", "consumers_wh", "export_wh", "estimated_wh", "reporting").fill_null(0),
        )
    )
    db.upsert(DtrDay, frame, key=["dtr_id", "day"])


def shared_connections(among: Installed, done: Sequence[BucketClose]) -> NDArray[np.int64]:
    """Connections that more than one meter measured on the day, of those just closed."""
    ids, count = np.unique(among.connection_id[among.connection_id != NONE], return_counts=True)
    frames = [one.rolled["connection_id"] for one in done if one.rolled is not None]
    closed = pl.concat(frames).drop_nulls().unique().to_numpy() if frames else np.empty(0, np.int64)
    return np.intersect1d(ids[count > 1], closed)


def rolled_up_from_lake(
    day: date, connections: NDArray[np.int64], among: Installed, dark: Outages, bands: Sequence[Band]
) -> pl.DataFrame | None:
    """Roll-ups of connections from all their meters' rows in the lake, whichever buckets these are in."""
    if not len(connections):
        return None
    meters = np.unique(among.meter_id[np.isin(among.connection_id, connections)])
    rows = lake.meter_days(meters.tolist(), day, day, LAKE.names)
    return connection_days(rolled_up(rows, among, dark, bands))


def rolled_up(rows: pl.DataFrame, among: Installed, dark: Outages, bands: Sequence[Band]) -> pl.DataFrame:
    """`rollup.meter_days` of lake rows."""
    frames: list[pl.DataFrame] = []
    for matrix, settled, version in from_lake(rows):
        placed = place(matrix, among)
        minutes = lay(dark, matrix)[1]
        rolled = meter_days(Closed(matrix, placed, settled, minutes), bands, 0)
        frames.append(rolled.with_columns(pl.Series("version", version, pl.Int32)))
    return pl.concat(frames, how="vertical_relaxed")


def quarantined(lost: pl.DataFrame, now: datetime) -> pl.DataFrame:
    """Reads that did not count, as rows of the quarantine, worded as they would come in at the door again."""
    held = registry()
    serial = held.serial.gather(held.place(lost["meter_id"].to_numpy()))
    sent = [name for name in SCHEMA.names() if name != "meter_id"]
    raw = lost.select(serial.alias("meter"), *(pl.col(name).cast(pl.String) for name in sent))
    return lost.select(
        pl.lit("reads").alias("door"),
        pl.lit("close").alias("source"),
        pl.int_range(1, pl.len() + 1).alias("row_number"),
        "code",
        raw.select(pl.struct(pl.col("meter").alias("serial"), pl.col("start_s").alias("start")).struct.json_encode())
        .to_series()
        .alias("params"),
        raw.select(pl.struct(pl.all()).struct.json_encode()).to_series().alias("raw"),
        serial.alias("serial"),
        pl.lit(now).alias("received_at"),
    )


def _shaped(rolled: pl.DataFrame) -> pl.DataFrame:
    bucket = (pl.col("meter_id") % settings().buckets).alias("bucket")
    return rolled.with_columns(bucket).select(_CONNECTION_DAY)
