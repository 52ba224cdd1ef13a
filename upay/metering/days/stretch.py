"""Closing many days together: a stretch of days that were never closed, as an imported file leaves them.

Day by day each would cost a commit of its own and leave a file of a few rows; together they cost one, with files by
month.
"""
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import polars as pl
from sqlmodel import Session, col, select

from upay.bulk import bulk
from upay.clock import day_start_s
from upay.db import session as database
from upay.metering.days import lakewriter, records
from upay.metering.days.close import reporting_ratio, rows_of
from upay.metering.days.installed import Installed, installed
from upay.metering.days.kernel import Facts, close_reads, meters_of
from upay.metering.days.outages import Outages, outages
from upay.metering.days.records import BucketClose
from upay.metering.days.reopened import reopened
from upay.metering.days.tally import Tally
from upay.metering.models import DayClose, OpenPart
from upay.metering.reads import SCHEMA
from upay.metering.vee import Thresholds
from upay.settings import settings

# Meter-days of 48 blocks held at a time, for all quantities and the checks: about a gigabyte.
_METER_DAYS = 60_000
_NO_REGISTERS = pl.DataFrame(schema={"meter_id": pl.Int64, "after": pl.Int64})


def close_together(days: Sequence[date], now: datetime, on_day: Callable[[int], None] = lambda _: None) -> set[date]:
    """Close those of the days that no closing has touched, and the untouched days between them; returns all it closed.

    Each run of untouched days goes into the lake in few commits. Commits by itself. The days must be over. Days that
    are left out were closed before, and want `close`. on_day: told how many days more are done.
    """
    if not days:
        return set()
    done: set[date] = set()
    for first, last in _runs(min(days), max(days), set(days)):
        among = installed().during(day_start_s(first), day_start_s(last + timedelta(days=1)))
        step = max(1, _METER_DAYS // max(1, len(np.unique(among.meter_id))))
        while first <= last:
            end = min(last, first + timedelta(days=step - 1))
            if not _close(first, end, now):
                # Another process has closed some of them since: what is left is cut anew.
                return done | close_together([day for day in days if day not in done], now, on_day)
            closed = {first + timedelta(days=number) for number in range((end - first).days + 1)}
            on_day(len(closed))
            done |= closed
            first = end + timedelta(days=1)
    return done


def _runs(first: date, last: date, wanted: set[date]) -> Iterator[tuple[date, date]]:
    """Runs of days that were never closed, each beginning and ending with a wanted one."""
    closed = _touched(first, last)
    run: list[date] = []
    for number in range((last - first).days + 2):
        day = first + timedelta(days=number)
        if day in closed or day > last:
            if run:
                yield run[0], run[-1]
            run = []
        elif run and day in wanted:
            run = [run[0], day]
        elif day in wanted:
            run = [day]


def _touched(first: date, last: date) -> set[date]:
    with database() as session:
        asked = select(col(DayClose.day)).where(DayClose.day >= first, DayClose.day <= last).distinct()
        return set(session.exec(asked).all())


def _close(first: date, last: date, now: datetime) -> bool:
    """Close all buckets of the days [first, last], in one commit and one transaction; not when one has been closed."""
    first_s, end_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    rule = Thresholds.on(last)
    among = installed().during(first_s, end_s)
    with lakewriter.turn():
        if _touched(first, last):
            return False
        told = [reopened(first, last, bucket) for bucket in range(settings().buckets)]
        dark = outages(first_s, end_s, rule.outage_lookback_days)
        done: list[BucketClose] = []
        for bucket in range(settings().buckets):
            with database() as session:
                parts = _fresh(session, first, last, bucket)
            facts = Facts(among.of_bucket(bucket), dark, rule, _NO_REGISTERS)
            done.append(_close_bucket(first, last, bucket, parts, told[bucket], facts, now))
        files = [file for one in done for file in one.files]
        version = lakewriter.commit(files, [], f"close {first} to {last}", now)
        _tell(first, last, done, among, dark, version, now)
    return True


def _fresh(session: Session, first: date, last: date, bucket: int) -> list[OpenPart]:
    """The open parts of the days, in order of arrival."""
    asked = select(OpenPart).where(OpenPart.day >= first, OpenPart.day <= last, OpenPart.bucket == bucket)
    return list(session.exec(asked.order_by(col(OpenPart.day), col(OpenPart.id))))


def _close_bucket(
    first: date,
    last: date,
    bucket: int,
    parts: Sequence[OpenPart],
    told: pl.DataFrame,
    facts: Facts,
    now: datetime,
) -> BucketClose:
    frames = [pl.read_parquet(settings().open_days / part.path) for part in parts]
    reads = pl.concat([SCHEMA.to_frame(), *frames])
    outcome = close_reads(reads, meters_of(reads, facts.among), first, last, facts)
    table, rolled = rows_of(outcome, 1)
    months = pl.Series("day", pl.from_arrow(table["day"])).dt.month_start()
    return BucketClose(
        bucket=bucket,
        version=1,
        files=[
            lakewriter.write(table.filter((months == month).to_arrow()), lakewriter.month_of(month), bucket, now)
            for month in months.unique().sort()
        ],
        rolled=rolled if len(rolled) else None,
        held=records.quarantined(outcome.lost, reads, now),
        parts=[part.id or 0 for part in parts],
        reopened=told,
        tally=Tally.of(outcome, reads, first, (last - first).days + 1),
    )


def _tell(
    first: date,
    last: date,
    done: Sequence[BucketClose],
    among: Installed,
    dark: Outages,
    version: int,
    now: datetime,
) -> None:
    """Write all that the database is to know of the stretch, in one transaction."""
    frames = [one.rolled for one in done if one.rolled is not None]
    rolled = pl.concat(frames, how="vertical_relaxed") if frames else None
    shared = None
    if rolled is not None:
        several = np.intersect1d(records.shared_connections(among), rolled["connection_id"].drop_nulls().to_numpy())
        shared = records.rolled_up_from_lake(first, last, several, among, dark) if len(several) else None
    with bulk() as db:
        records.write_closings(db, done, version, now)
        if rolled is not None:
            records.write_connection_days(db, rolled, shared, first, last, [one.bucket for one in done])
            records.write_dtr_days(db, rolled, first, last, reporting_ratio(last))
        lakewriter.confirm(db, version)
