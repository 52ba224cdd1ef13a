"""Closing days: open parts of a day and bucket into the lake, roll-ups into the database.

All buckets of a closing go into the lake in one commit, then all of SQL in one transaction, which also names the lake
version it goes with; a crash between the two is undone by the next closing (`lakewriter.turn`).
"""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from sqlmodel import Session, col, func, select

from upay.bulk import bulk
from upay.clock import DAY_S, day_start_s
from upay.db import session as database
from upay.metering.days import lake, lakewriter, records
from upay.metering.days.installed import installed
from upay.metering.days.kernel import Facts, Outcome, close_reads, estimated, meters_of
from upay.metering.days.matrix import NONE
from upay.metering.days.outages import outages
from upay.metering.days.records import BucketClose
from upay.metering.days.rollup import meter_days
from upay.metering.days.rows import LAKE, to_lake, to_reads
from upay.metering.models import DayClose, OpenPart
from upay.metering.reads import SCHEMA
from upay.metering.vee import Thresholds
from upay.packs import Band, pack
from upay.settings import settings

# Of a meter-day's row, what may differ although nothing new was read.
_NOT_COMPARED = ("version", "rules")


@dataclass(frozen=True)
class Work:
    """A bucket of a day to be closed. parts: those that no closing took yet, and those that earlier ones took."""

    day: date
    bucket: int
    version: int
    fresh: tuple[OpenPart, ...]
    taken: tuple[OpenPart, ...]


def days_to_close(session: Session, now: datetime) -> list[tuple[date, int]]:
    """Days and buckets that want closing: ended, and never closed since the first day there was, or with unclosed parts.

    A day counts as ended `close_after_hours` after its midnight.
    """
    ended = (now - timedelta(hours=settings().close_after_hours)).timestamp()
    last = date(1970, 1, 1) + timedelta(days=int((ended - day_start_s(date(1970, 1, 1))) // DAY_S) - 1)
    late = session.exec(
        select(OpenPart.day, OpenPart.bucket).where(col(OpenPart.closed_version).is_(None), OpenPart.day <= last)
    ).all()
    closed = set(session.exec(select(DayClose.day, DayClose.bucket)).all())
    begun = session.exec(select(func.max(DayClose.day))).one()
    found = set(late)
    # days before the last closing were seen to then: only what follows it may never have been touched
    day = begun if begun is not None else min((day for day, _ in late), default=last + timedelta(days=1))
    while day <= last:
        found |= {(day, bucket) for bucket in range(settings().buckets) if (day, bucket) not in closed}
        day += timedelta(days=1)
    return sorted(found)


def close(day: date, buckets: Sequence[int], now: datetime, on_bucket: Callable[[int], None] | None = None) -> list[DayClose]:
    """Close a day for some buckets and return what was recorded; buckets without anything new are left out.

    Commits by itself: lake first, then the database. The day must be over. on_bucket: told of each bucket done.
    """
    first_s = day_start_s(day)
    thresholds = Thresholds.on(day)
    bands = pack().bands(day)
    among = installed()
    dark = outages(first_s, first_s + DAY_S, thresholds.outage_lookback_days)
    with lakewriter.turn():
        done: list[BucketClose] = []
        for bucket in buckets:
            with database() as session:
                work = _work(session, day, bucket)
            if work is not None:
                facts = Facts(
                    among.during(first_s, first_s + DAY_S, bucket), dark, thresholds, _after(day + timedelta(days=1), bucket)
                )
                done.append(_close_bucket(work, facts, bands, now))
            if on_bucket is not None:
                on_bucket(bucket)
        if not done:
            return []
        version = lakewriter.commit(
            [file for one in done for file in one.files], [], f"close {day} {','.join(str(one.bucket) for one in done)}", now
        )
        shared = records.shared_connections(among.during(first_s, first_s + DAY_S), done)
        together = records.rolled_up_from_lake(day, shared, among, dark, bands)
        with bulk() as db:
            recorded = records.write(db, day, done, together, version, thresholds_reporting(day), now)
            lakewriter.confirm(db, version)
    return recorded


def thresholds_reporting(day: date) -> float:
    """Share of actual blocks from which a consumer counts as reporting."""
    return float(pack().row("vee", day)["reporting_ratio"])


def _work(session: Session, day: date, bucket: int) -> Work | None:
    """What there is to do, None when all is done."""
    parts = session.exec(
        select(OpenPart).where(OpenPart.day == day, OpenPart.bucket == bucket).order_by(col(OpenPart.first_batch_id))
    ).all()
    version = session.exec(
        select(func.max(DayClose.version)).where(DayClose.day == day, DayClose.bucket == bucket)
    ).one()
    fresh = tuple(part for part in parts if part.closed_version is None)
    if version is not None and not fresh:
        return None
    taken = tuple(part for part in parts if part.closed_version is not None)
    return Work(day, bucket, (version or 0) + 1, fresh, taken)


def _close_bucket(work: Work, facts: Facts, bands: Sequence[Band], now: datetime) -> BucketClose:
    fresh = _read(work.fresh)
    if work.version == 1:
        meters = meters_of(fresh, facts.among)
        return _recorded(work, close_reads(fresh, meters, work.day, work.day, facts), fresh, 0, None, bands, now)
    meters = np.unique(fresh["meter_id"].to_numpy())
    before = lake.meter_days(meters.tolist(), work.day, work.day, LAKE.names)
    known = _known_before(work, meters, before)
    reads = pl.concat([known, fresh])
    outcome = close_reads(reads, meters, work.day, work.day, facts)
    return _recorded(work, outcome, reads, len(known), before, bands, now)


def _known_before(work: Work, meters: NDArray[np.int64], before: pl.DataFrame) -> pl.DataFrame:
    """The reads that earlier closings knew: their own parts while these are kept, else what the lake recorded of them."""
    if any(part.closed_version == 1 for part in work.taken):
        return _read(work.taken).filter(pl.col("meter_id").is_in(meters.tolist()))
    return to_reads(before)


def _recorded(
    work: Work,
    outcome: Outcome,
    reads: pl.DataFrame,
    known: int,
    before: pl.DataFrame | None,
    bands: Sequence[Band],
    now: datetime,
) -> BucketClose:
    """Write the bucket's file, and gather what SQL has to be told. known: how many of `reads` were there before."""
    tables = [to_lake(part, work.version) for part in outcome.closed]
    rolled = pl.concat([meter_days(part, bands, work.version) for part in outcome.closed], how="vertical_relaxed") if tables else None
    table = pa.concat_tables(tables).sort_by("meter_id") if len(tables) > 1 else (tables[0] if tables else LAKE.empty_table())
    cells = sum(int((part.matrix.wh != NONE).sum()) for part in outcome.closed)
    raw_wh = sum(int(np.maximum(part.matrix.wh, 0).sum(dtype=np.int64)) for part in outcome.closed)
    if before is not None:
        old = to_reads(before)
        cells, raw_wh = cells - len(old), raw_wh - int(old["wh"].cast(pl.Int64).sum())
        table = _changed(table, before)
        if rolled is not None:
            rolled = rolled.join(pl.from_arrow(table.select(["meter_id"])), on="meter_id", how="semi")  # type: ignore[arg-type]
    lost = outcome.lost.filter(pl.col("place") >= known)
    differing = lost.filter(pl.col("code") != records.DUPLICATE)
    held = reads[differing["place"].to_numpy()].with_columns(differing["code"]) if len(differing) else None
    return BucketClose(
        day=work.day,
        bucket=work.bucket,
        version=work.version,
        files=[lakewriter.write(table, lakewriter.month_of(work.day), work.bucket, now)] if table.num_rows else [],
        rolled=rolled,
        parts=[part.id or 0 for part in work.fresh],
        held=None if held is None else records.quarantined(held, now),
        meter_days=table.num_rows,
        reads=cells,
        duplicates=len(lost) - len(differing),
        conflicts=len(differing),
        estimated=sum(estimated(part) for part in outcome.closed),
        raw_wh=raw_wh,
    )


def _changed(table: pa.Table, before: pl.DataFrame) -> pa.Table:
    """Those rows that differ from the ones the lake has. before: the lake's rows of the same meters and day."""
    new = pl.from_arrow(table)
    assert isinstance(new, pl.DataFrame)
    compared = [name for name in LAKE.names if name not in (*_NOT_COMPARED, "meter_id", "day")]
    joined = new.join(before.with_columns(pl.lit(True).alias("known")), on=["meter_id", "day"], how="left", suffix="_old", maintain_order="left")
    same = pl.col("known").fill_null(False) & pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_old")) for name in compared)
    return table.filter(pa.array(joined.select(~same).to_series().to_numpy()))


def _read(parts: Sequence[OpenPart]) -> pl.DataFrame:
    """The reads of open parts, in order of arrival."""
    frames = [pl.read_parquet(settings().open_days / part.path) for part in parts]
    return pl.concat(frames) if frames else SCHEMA.to_frame()


def _after(day: date, bucket: int) -> Callable[[NDArray[np.int64]], Sequence[pl.DataFrame]]:
    """Looks up, in a day's open parts, the register of given meters at its midnight."""

    def look(meters: NDArray[np.int64]) -> list[pl.DataFrame]:
        with database() as session:
            parts = session.exec(
                select(OpenPart).where(OpenPart.day == day, OpenPart.bucket == bucket).order_by(col(OpenPart.first_batch_id))
            ).all()
        if not parts:
            return []
        opened = pl.scan_parquet([settings().open_days / part.path for part in parts])
        midnight = opened.filter(pl.col("start_s") == day_start_s(day), pl.col("meter_id").is_in(meters.tolist()))
        return [midnight.select("meter_id", pl.col("register_wh").alias("after")).collect()]

    return look


