"""The fold: landing files of acknowledged batches, sorted into the days and buckets they belong to."""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from sqlmodel import Session, col, select, update

from upay.clock import DAY_S, IST_OFFSET_S
from upay.durable import durable
from upay.metering.models import OpenPart, ReadBatch
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
    parts = reads = 0
    for (day, bucket), part in partitioned([batch.path for batch in batches if batch.path]):
        path = f"day={day}/bucket={bucket}/{numbers[0]}-{numbers[-1]}.parquet"
        with durable(settings().open_days / path) as file:
            part.write_parquet(file, compression="zstd", compression_level=1)
        session.add(
            OpenPart(
                day=day,
                bucket=bucket,
                path=path,
                first_batch_id=numbers[0],
                last_batch_id=numbers[-1],
                rows=len(part),
            )
        )
        parts += 1
        reads += len(part)
    session.exec(update(ReadBatch).where(col(ReadBatch.id).in_(numbers)).values(folded_at=now))  # type: ignore[call-overload]
    return Folded(len(batches), reads, parts)


def partitioned(paths: Sequence[str]) -> Iterator[tuple[tuple[date, int], pl.DataFrame]]:
    """The reads of landing files by IST day and bucket, each sorted by meter and block, and then by arrival.

    paths: below the landing, in order of arrival.
    """
    if not paths:
        return
    frames = [pl.read_parquet(settings().landing / path) for path in paths]
    day = (pl.col("start_s") + IST_OFFSET_S) // DAY_S
    ordered = (
        pl.concat(frames)
        .with_columns(day.cast(pl.Int32).alias("day"), (pl.col("meter_id") % settings().buckets).alias("bucket"))
        .sort("day", "bucket", "meter_id", "start_s", maintain_order=True)
    )
    begins = ordered.select(
        ((pl.col("day") != pl.col("day").shift()) | (pl.col("bucket") != pl.col("bucket").shift()))
        .fill_null(True)
        .arg_true()
    ).to_series()
    ends = [*begins[1:], len(ordered)]
    for begin, end in zip(begins, ends, strict=True):
        part = ordered[begin:end]
        yield (_EPOCH + timedelta(days=part["day"][0]), part["bucket"][0]), part.drop("day", "bucket")


def sweep_parts(session: Session, before: date, now: datetime) -> int:
    """Remove part files that no manifest names, and those of days before `before` that the lake has. Returns how many.

    A file younger than an hour is left, for a fold may just be writing its manifest. Late reads
    of a swept day meet the lake's own record of what was read.
    """
    done = session.exec(select(OpenPart).where(OpenPart.day < before, col(OpenPart.closed_version).is_not(None))).all()
    for part in done:
        session.delete(part)
    session.flush()
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
