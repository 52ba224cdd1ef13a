"""Closing days: open parts of a day and bucket into the lake, roll-ups into the database.

All buckets of a closing go into the lake in one commit, then all of SQL in one transaction, which also names the lake
version it goes with; a crash between the two is undone by the next closing (`lakewriter.turn`).
"""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from sqlmodel import Session, and_, col, func, select

from upay.bulk import bulk
from upay.clock import DAY_S, day_start_s
from upay.db import session as database
from upay.metering.days import lake, lakewriter, records
from upay.metering.days.installed import Installed, installed
from upay.metering.days.kernel import Facts, Outcome, close_reads, meters_of
from upay.metering.days.outages import Outages, outages
from upay.metering.days.records import BucketClose
from upay.metering.days.reopened import last_ended, reopened
from upay.metering.days.rollup import meter_days
from upay.metering.days.rows import LAKE, to_lake, to_reads
from upay.metering.days.tally import Tally
from upay.metering.models import DayClose, OpenPart, ReopenedDay
from upay.metering.reads import SCHEMA
from upay.metering.vee import Thresholds
from upay.packs import pack
from upay.settings import settings

# Each holds its reads and matrices, some 500 MB for 50,000 meters; more threads than this wait for one another.
_BUCKETS_AT_A_TIME = 2
# Of a meter-day's row, what may differ although nothing new was read.
_NOT_COMPARED = ("version", "rules")


@dataclass(frozen=True)
class Work:
    """A bucket of a day to be closed. fresh: parts that no closing took yet; taken: those that earlier ones took.

    reopened: meters of which an event was told that the closing before may not have known (`reopened`).
    """

    day: date
    bucket: int
    version: int
    fresh: tuple[OpenPart, ...]
    taken: tuple[OpenPart, ...]
    reopened: pl.DataFrame


def days_to_close(session: Session, now: datetime) -> list[tuple[date, int]]:
    """Days and buckets to close: ended, and waited for, or never closed since the first day there was.

    How far back a day that nobody read is looked for is
    `close_back_days`: an old file, imported into a young network, leaves years before and after it that never were.
    """
    last, late = last_ended(now), days_waiting(session, now)
    found = set(late)
    begun = [day for day in (session.scalar(select(func.min(DayClose.day))), *(day for day, _ in late)) if day]
    day = max(min(begun, default=last + timedelta(days=1)), last - timedelta(days=settings().close_back_days - 1))
    closed = set(session.exec(select(col(DayClose.day), DayClose.bucket).where(DayClose.day >= day)).all())
    while day <= last:
        found |= {(day, bucket) for bucket in range(settings().buckets) if (day, bucket) not in closed}
        day += timedelta(days=1)
    return sorted(found)


def days_waiting(session: Session, now: datetime) -> list[tuple[date, int]]:
    """Ended days and buckets that folded reads or events told late wait for."""
    last = last_ended(now)
    unclosed = col(OpenPart.closed_version).is_(None)
    read = select(col(OpenPart.day), OpenPart.bucket).where(unclosed, OpenPart.day <= last)
    # an event alone closes no day: of a history, events come before the readings
    closed = and_(col(DayClose.day) == ReopenedDay.day, col(DayClose.bucket) == ReopenedDay.bucket)
    told = select(col(ReopenedDay.day), ReopenedDay.bucket).join(DayClose, closed)
    return sorted({(day, bucket) for asked in (read, told) for day, bucket in session.exec(asked.distinct())})


def close(day: date, buckets: Sequence[int], now: datetime) -> list[BucketClose]:
    """Close a day for some buckets and return what was done; buckets without anything new are left out.

    Commits by itself: lake first, then the database. The day must be over.
    """
    first_s = day_start_s(day)
    thresholds = Thresholds.on(day)
    among = installed().during(first_s, first_s + DAY_S)

    def close_one(work: Work) -> BucketClose:
        bucket = work.bucket
        midnight = _midnight(day + timedelta(days=1), bucket)
        return _close_bucket(work, Facts(among.of_bucket(bucket), dark, thresholds, midnight), now)

    with lakewriter.turn(), ThreadPoolExecutor(_BUCKETS_AT_A_TIME) as pool:
        with database() as session:
            wanted = [work for bucket in buckets if (work := _work(session, day, bucket)) is not None]
        dark = outages(first_s, first_s + DAY_S, thresholds.outage_lookback_days)
        done = list(pool.map(close_one, wanted))
        if done:
            files = [file for one in done for file in one.files]
            version = lakewriter.commit(files, [], f"close {day} {','.join(str(one.bucket) for one in done)}", now)
            _tell(day, done, among, dark, version, now)
    return done


def _tell(day: date, done: Sequence[BucketClose], among: Installed, dark: Outages, version: int, now: datetime) -> None:
    """Write all that the database is to know of the day's closing, in one transaction."""
    frames = [one.rolled for one in done if one.rolled is not None]
    rolled = pl.concat(frames, how="vertical_relaxed") if frames else None
    shared = None
    if rolled is not None:
        changed = np.intersect1d(records.shared_connections(among), rolled["connection_id"].drop_nulls().to_numpy())
        shared = records.rolled_up_from_lake(day, day, changed, among, dark)
    with bulk() as db:
        records.write_closings(db, done, version, now)
        if rolled is not None:
            first_time = [one.bucket for one in done if one.version == 1]
            records.write_connection_days(db, rolled, shared, day, day, first_time)
            records.write_dtr_days(db, rolled, day, day, reporting_ratio(day))
        lakewriter.confirm(db, version)


def reporting_ratio(day: date) -> float:
    """Share of actual blocks from which a consumer counts as reporting."""
    return float(pack().row("vee", day)["reporting_ratio"])


def _work(session: Session, day: date, bucket: int) -> Work | None:
    """What there is to do, None when all is done."""
    parts = session.exec(
        select(OpenPart).where(OpenPart.day == day, OpenPart.bucket == bucket).order_by(col(OpenPart.id))
    ).all()
    version = session.scalar(select(func.max(DayClose.version)).where(DayClose.day == day, DayClose.bucket == bucket))
    fresh = tuple(part for part in parts if part.closed_version is None)
    told = reopened(day, day, bucket)
    if version is not None and not fresh and told.is_empty():
        return None
    taken = tuple(part for part in parts if part.closed_version is not None)
    return Work(day, bucket, (version or 0) + 1, fresh, taken, told)


def _close_bucket(work: Work, facts: Facts, now: datetime) -> BucketClose:
    fresh = _read(work.fresh)
    if work.version == 1:
        outcome = close_reads(fresh, meters_of(fresh, facts.among), work.day, work.day, facts)
        return _recorded(work, outcome, fresh, 0, None, now)
    meters = np.union1d(fresh["meter_id"].to_numpy(), work.reopened["meter_id"].to_numpy())
    before = lake.meter_days(meters.tolist(), work.day, work.day, LAKE.names)
    known = _known_before(work, meters, before)
    reads = pl.concat([known, fresh])
    return _recorded(work, close_reads(reads, meters, work.day, work.day, facts), reads, len(known), before, now)


def _known_before(work: Work, meters: NDArray[np.int64], before: pl.DataFrame) -> pl.DataFrame:
    """The reads that earlier closings knew: their parts while these are kept, else what the lake recorded of them."""
    if any(part.closed_version == 1 for part in work.taken):
        return _read(work.taken).filter(pl.col("meter_id").is_in(meters.tolist()))
    return to_reads(before)


def _recorded(
    work: Work, outcome: Outcome, reads: pl.DataFrame, known: int, before: pl.DataFrame | None, now: datetime
) -> BucketClose:
    """Write the bucket's file, and gather what SQL has to be told.

    known: how many of `reads` earlier closings had; before: the lake's rows of the meters that came again.
    """
    outcome = replace(outcome, lost=outcome.lost.filter(pl.col("place") >= known))
    tally = Tally.of(outcome, reads, work.day, 1)
    table, rolled = rows_of(outcome, work.version)
    if before is not None:
        # of these the minutes of outage may differ, which the lake does not hold
        table = _changed(table, before, work.reopened["meter_id"].to_list())
        rolled = rolled.join(pl.DataFrame({"meter_id": table["meter_id"]}), on="meter_id", how="semi")
        old = to_reads(before)
        tally = tally.beyond(len(old), int(old["wh"].cast(pl.Int64).sum()), table.num_rows)
    return BucketClose(
        bucket=work.bucket,
        version=work.version,
        files=[lakewriter.write(table, lakewriter.month_of(work.day), work.bucket, now)] if table.num_rows else [],
        rolled=rolled if len(rolled) else None,
        held=records.quarantined(outcome.lost, reads, now),
        parts=[part.id or 0 for part in work.fresh],
        reopened=work.reopened,
        tally=tally,
    )


def rows_of(outcome: Outcome, version: int) -> tuple[pa.Table, pl.DataFrame]:
    """The lake's rows of an outcome, by meter and day, and their roll-ups by meter, day and stay."""
    tables = [to_lake(part, version) for part in outcome.closed]
    if not tables:
        return LAKE.empty_table(), pl.DataFrame({"meter_id": []}, schema={"meter_id": pl.Int64})
    together = tables[0]
    if len(tables) > 1:
        together = pa.concat_tables(tables).sort_by([("meter_id", "ascending"), ("day", "ascending")])
    rolled = [meter_days(part, version) for part in outcome.by_stay]
    return together, rolled[0] if len(rolled) == 1 else pl.concat(rolled, how="vertical_relaxed")


def _changed(table: pa.Table, before: pl.DataFrame, reopened: list[int]) -> pa.Table:
    """Those rows that differ from the ones the lake has, and those of the meters `reopened`.

    before: the lake's rows of the same meters and day.
    """
    new = pl.from_arrow(table)
    assert isinstance(new, pl.DataFrame)
    compared = [name for name in LAKE.names if name not in (*_NOT_COMPARED, "meter_id", "day")]
    joined = new.join(
        before.with_columns(pl.lit(True).alias("known")),
        on=["meter_id", "day"],
        how="left",
        suffix="_old",
        maintain_order="left",
    )
    same = pl.col("known").fill_null(False) & pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(f"{name}_old")) for name in compared
    )
    wanted = ~same | pl.col("meter_id").is_in(reopened)
    return table.filter(pa.array(joined.select(wanted).to_series().to_numpy()))


def _read(parts: Sequence[OpenPart]) -> pl.DataFrame:
    """The reads of open parts, in order of arrival."""
    frames = [pl.read_parquet(settings().open_days / part.path) for part in parts]
    return pl.concat(frames) if frames else SCHEMA.to_frame()


def _midnight(day: date, bucket: int) -> pl.DataFrame:
    """Registers read at the beginning of a day, from its open parts: meter_id (ascending), after."""
    with database() as session:
        parts = session.exec(
            select(OpenPart)
            .where(OpenPart.day == day, OpenPart.bucket == bucket)
            .order_by(col(OpenPart.id))
        ).all()
    if not parts:
        return pl.DataFrame(schema={"meter_id": pl.Int64, "after": pl.Int64})
    opened = pl.scan_parquet([settings().open_days / part.path for part in parts])
    told = opened.filter((pl.col("start_s") == day_start_s(day)) & pl.col("register_wh").is_not_null())
    read = told.select("meter_id", pl.col("register_wh").alias("after")).collect()
    return read.unique("meter_id", keep="first", maintain_order=True).sort("meter_id")
