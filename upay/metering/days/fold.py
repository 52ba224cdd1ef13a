"""The fold: landing files of acknowledged batches, sorted into the days and buckets they belong to."""
import fcntl
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from sqlalchemy import delete
from sqlmodel import Session, col, func, select, update

from upay.clock import DAY_S, IST_OFFSET_S
from upay.db import session as database
from upay.durable import durable
from upay.metering.models import OpenPart, ReadBatch
from upay.metering.reads import grid_of
from upay.settings import settings

# Reads held in memory at a time: about 50 bytes each.
_READS_AT_A_TIME = 4_000_000
_ORPHAN_AGE = timedelta(hours=1)
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Folded:
    """What a fold did."""

    batches: int
    reads: int
    parts: int


@contextmanager
def folding() -> Generator[None]:
    """Be the only one who folds, or removes what folds wrote. Others wait."""
    settings().open_days.mkdir(parents=True, exist_ok=True)
    with (settings().open_days / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fold_waiting(now: datetime) -> int:
    """Fold every acknowledged batch, and return how many reads. Call it within `folding`; commits by itself."""
    reads = 0
    while True:
        with database() as session:
            folded = fold(session, now)
        if folded is None:
            return reads
        reads += folded.reads


def fold(session: Session, now: datetime) -> Folded | None:
    """Fold the oldest unfolded batches, as many as fit in memory; None when there is nothing to fold.

    Part files are on disk before the manifest rows, which the caller commits together with the batches' `folded_at`.
    A crash in between leaves files that no manifest names; folding again writes them anew. Call it, committing each
    time, until it returns None.
    """
    batches = _oldest(session)
    if not batches:
        return None
    numbers = [batch.id or 0 for batch in batches]
    at = _after_the_last(session, now)
    frames = [pl.read_parquet(settings().landing / batch.path) for batch in batches if batch.path]
    parts = lay_open(frames, numbers)
    session.add_all(parts)
    session.exec(update(ReadBatch).where(col(ReadBatch.id).in_(numbers)).values(folded_at=at))  # type: ignore[call-overload]
    return Folded(len(batches), sum(part.rows for part in parts), len(parts))


def lay_open(frames: Sequence[pl.DataFrame], batch_ids: Sequence[int]) -> list[OpenPart]:
    """Write reads as part files, and return their manifest, which counts once it is committed.

    frames: `reads.SCHEMA`, in order of arrival.  batch_ids: of the batches they come from, ascending.
    """
    parts: list[OpenPart] = []
    for (day, bucket), part in partitioned(frames):
        path = f"day={day}/bucket={bucket}/{batch_ids[0]}-{batch_ids[-1]}.parquet"
        with durable(settings().open_days / path) as file:
            part.write_parquet(file, compression="zstd", compression_level=1)
        made = OpenPart(
            day=day,
            bucket=bucket,
            path=path,
            first_batch_id=batch_ids[0],
            last_batch_id=batch_ids[-1],
            rows=len(part),
        )
        parts.append(made)
    return parts


def partitioned(frames: Sequence[pl.DataFrame]) -> Iterator[tuple[tuple[date, int], pl.DataFrame]]:
    """Reads by IST day and bucket, each part sorted by meter and block, and then by arrival.

    A meter's day whose blocks differ in length or offset is left in order of arrival: its first read says its grid.
    """
    if not any(len(frame) for frame in frames):
        return
    day = (pl.col("start_s") + IST_OFFSET_S) // DAY_S
    arrived = pl.concat(frames).with_columns(
        day.cast(pl.Int32).alias("day"), (pl.col("meter_id") % settings().buckets).alias("bucket")
    )
    grid = arrived.select(grid_of(pl.col("start_s"), pl.col("minutes"))).to_series()
    place = pl.col("start_s")
    if grid.min() != grid.max():
        alike = grid_of(pl.col("start_s"), pl.col("minutes"))
        place = pl.when(alike.min().over("day", "meter_id") == alike.max().over("day", "meter_id")).then("start_s")
    ordered = arrived.sort("day", "bucket", "meter_id", place, maintain_order=True)
    begins = ordered.select(
        ((pl.col("day") != pl.col("day").shift()) | (pl.col("bucket") != pl.col("bucket").shift()))
        .fill_null(True)
        .arg_true()
    ).to_series()
    ends = [*begins[1:], len(ordered)]
    for begin, end in zip(begins, ends, strict=True):
        part = ordered[begin:end]
        yield (_EPOCH + timedelta(days=part["day"][0]), part["bucket"][0]), part.drop("day", "bucket")


def forget_parts(session: Session, before: date) -> int:
    """Take parts of days before `before` that the lake has off the manifest, and return how many.

    Their files are removed by `sweep_parts` once this is committed. Late reads of such a day meet the lake's own record
    of what was read.
    """
    done = delete(OpenPart).where(col(OpenPart.day) < before, col(OpenPart.closed_version).is_not(None))
    return session.exec(done.execution_options(synchronize_session=False)).rowcount


def sweep_parts(session: Session, now: datetime) -> int:
    """Remove part files that no manifest names, and return how many. Call it within `folding`, in its own transaction.

    A killed fold leaves such files, and writes them anew under the same names: hence nobody may fold meanwhile. One
    younger than an hour is left for whoever has just read the manifest that named it.
    """
    named = set(session.exec(select(OpenPart.path)).all())
    root = settings().open_days
    lost = [
        path
        for path in root.glob("day=*/bucket=*/*")
        if str(path.relative_to(root)) not in named and path.stat().st_mtime < (now - _ORPHAN_AGE).timestamp()
    ]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def _after_the_last(session: Session, now: datetime) -> datetime:
    """When a fold took place: later than every fold before, so that (`folded_at`, id) is the order of arrival.

    Ids alone are not: PostgreSQL hands them out before the receipts are committed.
    """
    last = session.scalar(select(func.max(ReadBatch.folded_at)))
    return now if last is None or last < now else last + timedelta(microseconds=1)


def _oldest(session: Session) -> list[ReadBatch]:
    """The oldest unfolded batches that fit in memory together, at least one."""
    waiting = session.exec(
        select(ReadBatch).where(col(ReadBatch.folded_at).is_(None)).order_by(col(ReadBatch.id)).limit(10_000)
    ).all()
    taken: list[ReadBatch] = []
    reads = 0
    for batch in waiting:
        reads += batch.accepted
        if taken and reads > _READS_AT_A_TIME:
            break
        taken.append(batch)
    return taken
