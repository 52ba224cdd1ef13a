"""Reads of days that are not closed yet, for the few meters that a page asks about."""
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from upay.clock import day_start_s
from upay.metering.days.dense import DenseDays
from upay.metering.days.lakefile import day_number
from upay.metering.models import DayClose, OpenPart, ReadBatch
from upay.metering.reads import SCHEMA, of_first_grid
from upay.settings import settings

_NOTHING = SCHEMA.to_frame()
_CLOSED = (
    select(col(DayClose.day), DayClose.bucket)
    .where(
        DayClose.day >= bindparam("first"),
        DayClose.day <= bindparam("last"),
        col(DayClose.bucket).in_(bindparam("buckets", expanding=True)),
    )
    .distinct()
)


@dataclass(frozen=True)
class Standing:
    """Which days of which buckets the lake answers for, and what was read of the others.

    A closing is in the lake before the database tells of it, and its reads stay open until then: rows of the lake that
    `closed` does not name are counted by `opened`. Take `in_lake` of whatever the lake is asked afterwards.

    closed: day and bucket.  opened: `reads.SCHEMA`, by meter and block, the first read of each.  whole: whether every
    day is closed.
    """

    closed: frozenset[tuple[date, int]]
    opened: pl.DataFrame
    whole: bool = False

    def in_lake(self, parts: list[DenseDays]) -> list[DenseDays]:
        """Of meter-days that the lake gave those of closed days."""
        if self.whole:
            return parts
        buckets, keys = settings().buckets, _keys(self.closed)
        return [part.only(np.isin(part.day * buckets + part.meter_id % buckets, keys)) for part in parts]


def standing(session: Session, meter_ids: Collection[int], first: date, last: date) -> Standing:
    """How the days [first, last] of some meters stand. Ask it before the lake.

    A day is open for a meter until its bucket is first closed; what comes later shows with the next closing.
    """
    buckets = {meter_id % settings().buckets for meter_id in meter_ids}
    closed = _closed(session, buckets, first, last)
    if len(closed) == len(buckets) * ((last - first).days + 1):
        return Standing(closed, _NOTHING, whole=True)
    first_s, end_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    # A batch goes from landing to fold to lake: asked in this order, one that moves meanwhile is met twice, not missed.
    landed = _landed(session, first_s, end_s)
    folded = _folded(session, buckets, first, last)
    closed = _closed(session, buckets, first, last)
    files = [path for day, bucket, path in folded if (day, bucket) not in closed] + landed
    if not files:
        return Standing(closed, _NOTHING)
    wanted = pl.col("meter_id").is_in(list(meter_ids)) & pl.col("start_s").is_between(first_s, end_s, closed="left")
    found = pl.concat([pl.scan_parquet(path).filter(wanted) for path in files]).collect()
    found = found.filter(~_is_among(closed, (pl.col("start_s") - day_start_s(date(1970, 1, 1))) // 86_400))
    once = of_first_grid(found).unique(["meter_id", "start_s"], keep="first", maintain_order=True)
    return Standing(closed, once.sort("meter_id", "start_s"))


def open_reads(session: Session, meter_ids: Collection[int], first: date, last: date) -> pl.DataFrame:
    """What came in for some meters on the open days of [first, last], as `Standing.opened`."""
    return standing(session, meter_ids, first, last).opened


def _closed(session: Session, buckets: Collection[int], first: date, last: date) -> frozenset[tuple[date, int]]:
    found = session.connection().execute(_CLOSED, {"first": first, "last": last, "buckets": list(buckets)})
    return frozenset((day, bucket) for day, bucket in found)


def _folded(session: Session, buckets: Collection[int], first: date, last: date) -> list[tuple[date, int, str]]:
    parts = session.exec(
        select(OpenPart)
        .where(OpenPart.day >= first, OpenPart.day <= last, col(OpenPart.bucket).in_(buckets))
        .order_by(col(OpenPart.id))
    ).all()
    return [(part.day, part.bucket, str(settings().open_days / part.path)) for part in parts]


def _landed(session: Session, first_s: int, end_s: int) -> list[str]:
    paths = session.exec(
        select(ReadBatch.path)
        .where(
            col(ReadBatch.folded_at).is_(None),
            col(ReadBatch.path).is_not(None),
            col(ReadBatch.first_start_s) < end_s,
            col(ReadBatch.last_end_s) > first_s,
        )
        .order_by(col(ReadBatch.id))
    ).all()
    return [str(settings().landing / path) for path in paths if path]


def _is_among(closed: Collection[tuple[date, int]], number: pl.Expr) -> pl.Expr:
    """Whether a meter's day is closed. number: the day, counted from 1970."""
    return (number * settings().buckets + pl.col("meter_id") % settings().buckets).is_in(_keys(closed))


def _keys(closed: Collection[tuple[date, int]]) -> list[int]:
    """Each day and bucket as one number."""
    return [day_number(day) * settings().buckets + bucket for day, bucket in closed]
