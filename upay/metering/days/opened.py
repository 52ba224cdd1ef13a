"""Reads of days that are not closed yet, for the few meters that a page asks about."""
from collections.abc import Collection
from datetime import date, timedelta

import polars as pl
from sqlmodel import Session, col, select

from upay.clock import day_start_s
from upay.metering.models import DayClose, OpenPart, ReadBatch
from upay.metering.reads import SCHEMA
from upay.settings import settings


def open_reads(session: Session, meter_ids: Collection[int], first: date, last: date) -> pl.DataFrame:
    """What came in for some meters on the open days of [first, last]: `reads.SCHEMA`, by meter and block, first wins.

    A day is open for a meter until its bucket is first closed; what comes later shows with the next closing.
    """
    buckets = {meter_id % settings().buckets for meter_id in meter_ids}
    closed = _closed(session, buckets, first, last)
    days = (last - first).days + 1
    if not meter_ids or all(
        (first + timedelta(days=number), bucket) in closed for number in range(days) for bucket in buckets
    ):
        return SCHEMA.to_frame()
    first_s, end_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    files = [*_folded(session, buckets, first, last, closed), *_landed(session, first_s, end_s)]
    if not files:
        return SCHEMA.to_frame()
    wanted = pl.col("meter_id").is_in(list(meter_ids)) & pl.col("start_s").is_between(first_s, end_s, closed="left")
    found = pl.concat([pl.scan_parquet(path).filter(wanted) for path in files]).collect()
    if closed:
        found = found.filter(~_lies_in(closed))
    return found.unique(["meter_id", "start_s"], keep="first", maintain_order=True).sort("meter_id", "start_s")


def _closed(session: Session, buckets: Collection[int], first: date, last: date) -> set[tuple[date, int]]:
    found = session.exec(
        select(col(DayClose.day), DayClose.bucket)
        .where(DayClose.day >= first, DayClose.day <= last, col(DayClose.bucket).in_(buckets))
        .distinct()
    )
    return set(found.all())


def _folded(
    session: Session, buckets: Collection[int], first: date, last: date, closed: Collection[tuple[date, int]]
) -> list[str]:
    parts = session.exec(
        select(OpenPart)
        .where(OpenPart.day >= first, OpenPart.day <= last, col(OpenPart.bucket).in_(buckets))
        .order_by(col(OpenPart.first_batch_id))
    ).all()
    return [str(settings().open_days / part.path) for part in parts if (part.day, part.bucket) not in closed]


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


def _lies_in(closed: Collection[tuple[date, int]]) -> pl.Expr:
    """Whether a read belongs to a day and bucket that is closed."""
    keys = [day.toordinal() * settings().buckets + bucket for day, bucket in closed]
    epoch_s = day_start_s(date(1970, 1, 1))
    number = (pl.col("start_s") - epoch_s) // 86_400 + date(1970, 1, 1).toordinal()
    return (number * settings().buckets + pl.col("meter_id") % settings().buckets).is_in(keys)
