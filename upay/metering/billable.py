"""What billing asks of the readings: sums of a period, days one by one, registers at midnight, and the past as it was.

Frames in and out, a whole fleet at a time: a million connections are asked for at once.
"""
from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl
from sqlmodel import Session, select

from upay.bulk import Bulk
from upay.clock import day_start_s
from upay.metering.days import lake
from upay.metering.days.installed import installed
from upay.metering.days.outages import outages
from upay.metering.days.records import dated, rolled_up
from upay.metering.days.rollup import connection_days
from upay.metering.days.rows import LAKE
from upay.metering.models import Quality
from upay.metering.vee import Thresholds
from upay.network.models import MeterInstallation

_SUMMED = ("import_wh", "export_wh", "band0_wh", "band1_wh", "band2_wh", "vah", "blocks", "actual", "estimated_wh")
# A day's figures fit 32 bits. Sums of 32-bit integers are kept in place by PostgreSQL, those of 64-bit ones are not:
# a third of the time of the whole query.
_SUMS = ", ".join(f"CAST(SUM(CAST({name} AS INTEGER)) AS BIGINT) AS {name}" for name in _SUMMED)
_TOTALS = f"""
SELECT connection_id, COUNT(*) AS days, COUNT(vah) AS vah_days, MAX(peak_w) AS peak_w, MAX(blocks) AS blocks_a_day,
       {_SUMS}
FROM connectionday WHERE day BETWEEN ? AND ?
"""  # noqa: S608
_DAYS = """
SELECT connection_id, day, import_wh, export_wh, band0_wh, band1_wh, band2_wh, vah, peak_w, blocks, actual, estimated_wh
FROM connectionday WHERE day BETWEEN ? AND ?
"""
_CLOSED = """
SELECT d.connection_id, d.day, MAX(k.lake_version) AS closed_version
FROM dayclose k JOIN connectionday d ON d.day = k.day AND d.bucket = k.bucket AND d.version >= k.version
WHERE k.lake_version > ? AND k.day >= ? AND k.day < ? GROUP BY d.connection_id, d.day
"""
_REGISTERS = ("connection_id", "meter_id", "register_first", "register_first_slot")
_EVE = (
    "connection_id", "meter_id", "minutes", "register_last", "register_last_slot", "wh", "quality",
)  # fmt: skip


def lake_version(db: Bulk) -> int:
    """The version of the lake whose days the roll-ups of this moment sum; -1 before there is a lake."""
    found = db.read("SELECT value FROM counter WHERE name = 'lake'")
    return int(found["value"][0]) if len(found) else -1


def period_totals(db: Bulk, first: date, last: date, among: str | None = None) -> pl.DataFrame:
    """Sums over the days [first, last] of every connection that has any: connection_id, days, import_wh, export_wh,
    band0_wh … band2_wh, vah (null unless of every day), peak_w, blocks, actual, estimated_wh, blocks_a_day.

    among: SQL that gives the ids of the connections wanted; None: all.
    """
    wanted = f" AND connection_id IN ({among})" if among else ""
    _let_it_sum_in_memory(db)
    rows = db.read(f"{_TOTALS}{wanted} GROUP BY connection_id", (first, last)).cast(pl.Int64)
    whole = pl.when(pl.col("vah_days") == pl.col("days")).then("vah").alias("vah")
    return rows.with_columns(whole).drop("vah_days")


def day_totals(db: Bulk, connection_ids: Sequence[int], first: date, last: date) -> pl.DataFrame:
    """The roll-ups of some connections' days [first, last], one row each, in order of connection and day."""
    ids = ",".join(str(int(number)) for number in connection_ids) or "NULL"
    rows = dated(db.read(f"{_DAYS} AND connection_id IN ({ids})", (first, last)))
    return rows.sort("connection_id", "day")


def closed_since(db: Bulk, since: tuple[date, int] | None, before: date) -> pl.DataFrame:
    """Days of connections that were closed, or closed again, after a version of the lake: connection_id, day,
    closed_version (of the lake). since: the first day of interest and that version; None: nothing is of interest."""
    nothing = pl.DataFrame(schema={"connection_id": pl.Int64, "day": pl.Date, "closed_version": pl.Int64})
    if since is None:
        return nothing
    rows = db.read(_CLOSED, (since[1], since[0], before))
    return dated(rows) if len(rows) else nothing


def registers_at(day: date, version: int, connection_id: int | None = None) -> pl.DataFrame:
    """The meters' registers at the midnight that begins a day: connection_id, meter_id, register_wh, derived.

    derived: not read at midnight itself, but the last reading of the eve and the blocks after it, all of them read. A
    connection that neither tells is left out.  version: of the lake.  connection_id: None for all.
    """
    mine = pl.col("connection_id").is_not_null() if connection_id is None else pl.col("connection_id") == connection_id
    of = lake.snapshot_at(version)
    read = (
        lake.scan(day, day, _REGISTERS, of=of)
        .filter(mine & (pl.col("register_first_slot") == 0))
        .select("connection_id", "meter_id", pl.col("register_first").alias("register_wh"), derived=pl.lit(False))
    )
    eve = day - timedelta(days=1)
    since = pl.col("wh").list.slice(pl.col("register_last_slot"))
    sure = pl.col("quality").list.slice(pl.col("register_last_slot")).list.max().fill_null(Quality.ACTUAL)
    counted = (
        lake.scan(eve, eve, _EVE, of=of)
        .filter(mine & pl.col("register_last").is_not_null())
        .filter(sure <= Quality.OUTAGE)
        .select(
            "connection_id",
            "meter_id",
            (pl.col("register_last") + since.list.sum().cast(pl.Int64)).alias("register_wh"),
            derived=pl.lit(True),
        )
    )
    both = pl.concat([read, counted]).collect()
    return both.unique(["connection_id", "meter_id"], keep="first", maintain_order=True)


def totals_as_of(db: Session, connection_id: int, first: date, last: date, version: int) -> pl.DataFrame:
    """The roll-ups of a connection's days [first, last], summed anew from the lake as a version of it had them.

    Columns as `day_totals` gives them, and quality. Raises deltalake's error for a version that is not kept any more.
    """
    standing = select(MeterInstallation.meter_id).where(MeterInstallation.connection_id == connection_id)
    meters = sorted(set(db.exec(standing).all()))
    rows = lake.meter_days(meters, first, last, LAKE.names, lake.snapshot_at(version))
    if rows.is_empty():
        return pl.DataFrame(schema={"connection_id": pl.Int64, "day": pl.Date})
    first_s, end_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    among = installed().during(first_s, end_s)
    dark = outages(first_s, end_s, Thresholds.on(last).outage_lookback_days)
    found = connection_days(rolled_up(rows, among, dark)).filter(pl.col("connection_id") == connection_id)
    named = ("connection_id", "day", "peak_w", "quality", *_SUMMED)
    return found.select(named).with_columns(pl.exclude("day").cast(pl.Int64)).sort("day")


def _let_it_sum_in_memory(db: Bulk) -> None:
    """PostgreSQL groups a million connections in 300 MB; with its default of 4 MB it would go through files."""
    if db.is_postgres:
        db.execute("SET LOCAL work_mem = '512MB'")
