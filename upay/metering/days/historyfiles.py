"""Files of history on their way in: checked, put on disk with a receipt, arranged by chunks of meters."""
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlmodel import select

from upay.clock import DAY_S, IST_OFFSET_S
from upay.db import session as database
from upay.durable import durable
from upay.metering.models import ReadBatch
from upay.metering.reads import SCHEMA
from upay.network import Registry, registry
from upay.settings import settings

# Reads closed at a time: with all their quantities and a matrix beside them about 200 bytes each.
_READS_AT_A_TIME = 3_000_000
_SLOTS = 48


@dataclass
class Backfilled:
    """What a backfill did. known: files that had been taken before.  closed: whether its days went into the lake."""

    files: int = 0
    known: int = 0
    reads: int = 0
    accepted: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    duplicates: int = 0
    conflicts: int = 0
    estimated: int = 0
    first: date | None = None
    last: date | None = None
    closed: bool = False


@dataclass(frozen=True)
class Landed:
    """A landing file and the row group of each chunk in it, -1 where it has none."""

    batch_id: int
    path: Path
    groups: NDArray[np.int64]


@dataclass(frozen=True)
class Chunks:
    """How the meters are cut into chunks: by bucket, and within it `width` rows of the bucket's matrix at a time."""

    buckets: int
    width: int
    per_bucket: int

    @classmethod
    def over(cls, files: Sequence[Path]) -> "Chunks":
        """Chunks narrow enough for the days that the files cover."""
        spans = [_starts(file) for file in files]
        days = (max(last for _, last in spans) - min(first for first, _ in spans)) // DAY_S + 1
        width = max(1, _READS_AT_A_TIME // (days * _SLOTS))
        rows = int(registry().meter_id.max(initial=0)) // settings().buckets + 1
        return cls(settings().buckets, width, -(-rows // width))

    @property
    def count(self) -> int:
        """How many there are."""
        return self.buckets * self.per_bucket

    def bucket(self, chunk: int) -> int:
        """The bucket that a chunk is part of."""
        return chunk // self.per_bucket

    def meters(self, chunk: int) -> tuple[int, int]:
        """The lowest and highest id that a chunk's meters may have."""
        lowest = chunk % self.per_bucket * self.width * self.buckets
        return lowest, lowest + self.width * self.buckets - 1

    def of(self, meter_id: NDArray[np.int64]) -> NDArray[np.int64]:
        """The chunk of each meter."""
        return meter_id % self.buckets * self.per_bucket + meter_id // self.buckets // self.width


def _starts(file: Path) -> tuple[int, int]:
    """First and last block start of a file."""
    ends = pl.scan_parquet(file).select(pl.col("start_s").min().alias("first"), pl.col("start_s").max().alias("last"))
    first, last = ends.collect().row(0)
    return (first, last) if first is not None else (0, 0)


def land(file: Path, source: str, chunks: Chunks, report: Backfilled, now: datetime) -> Landed | None:
    """Check a file's rows and put them on disk with a receipt; None for a file that was taken to its end before."""
    with file.open("rb") as opened:
        key = hashlib.file_digest(opened, "sha256").hexdigest()
    report.files += 1
    with database() as session:
        earlier = session.exec(select(ReadBatch).where(ReadBatch.source == source, ReadBatch.batch_key == key)).first()
    if earlier is not None and earlier.folded_at is not None:
        report.known += 1
        return None
    rows, rejected = _placed(pl.read_parquet(file), registry(), now)
    for code, count in rejected.items():
        report.rejected[code] = report.rejected.get(code, 0) + count
    report.reads += len(rows) + sum(rejected.values())
    report.accepted += len(rows)
    if rows.is_empty():
        return None
    chunk = chunks.of(rows["meter_id"].to_numpy())
    # sorting small whole numbers is a radix sort, and stable: each block's reads stay in the order they came
    order = np.argsort(chunk.astype(np.uint16 if chunks.count < 65_536 else np.int64), kind="stable")
    path = f"backfill/{key}-{chunks.count}.parquet"
    groups = _write(rows[order], chunk[order], chunks, settings().landing / path)
    batch = _receipt(rows, rejected, source, key, path, now)
    _widen(report, batch)
    if earlier is None:
        with database() as session:
            session.add(batch)
    return Landed((earlier or batch).id or 0, settings().landing / path, groups)


def _receipt(
    rows: pl.DataFrame, rejected: dict[str, int], source: str, key: str, path: str, now: datetime
) -> ReadBatch:
    ends = rows.select(pl.col("start_s") + 60 * pl.col("minutes").cast(pl.Int64)).to_series()
    return ReadBatch(
        source=source,
        batch_key=key,
        content_hash=key,
        received_at=now,
        path=path,
        rows=len(rows) + sum(rejected.values()),
        accepted=len(rows),
        rejected=sum(rejected.values()),
        duplicates=0,
        total_wh=int(rows["wh"].cast(pl.Int64).sum()),
        first_start_s=rows["start_s"].min(),  # type: ignore[arg-type]
        last_end_s=ends.max(),  # type: ignore[arg-type]
        answer={"codes": rejected},
    )


def _widen(report: Backfilled, batch: ReadBatch) -> None:
    """Let the report's days cover a batch's."""
    first, last = (
        date(1970, 1, 1) + timedelta(days=(at + IST_OFFSET_S) // DAY_S)
        for at in (batch.first_start_s or 0, (batch.last_end_s or 1) - 1)
    )
    report.first = min(report.first or first, first)
    report.last = max(report.last or last, last)


def _placed(rows: pl.DataFrame, held: Registry, now: datetime) -> tuple[pl.DataFrame, dict[str, int]]:
    """The good rows in the shape of `reads.SCHEMA`, and how many failed, by code."""
    runs = rows["serial"].rle().struct.unnest()
    place = np.repeat(held.locate(runs["value"]), runs["len"].to_numpy())
    minutes = held.minutes[place] if len(held.minutes) else np.zeros(len(place), np.int16)
    given = {name: pl.col(name) for name in SCHEMA.names() if name in rows.columns}
    usual = pl.Series("usual", minutes)
    shaped = rows.select(
        pl.Series("meter_id", held.meter_id[place] if len(held.meter_id) else place),
        *(
            given.get(name, pl.lit(None)).cast(kind, strict=False).alias(name)
            for name, kind in SCHEMA.items()
            if name not in ("meter_id", "minutes")
        ),
        pl.coalesce(given.get("minutes", pl.lit(None, pl.Int16)).cast(pl.Int16), usual).alias("minutes"),
        pl.Series("place", place),
    )
    future = int((now + timedelta(minutes=5)).timestamp())
    checks = {
        "reads.unknown_meter": pl.col("place") < 0,
        "reads.missing_field": pl.col("wh").is_null() | pl.col("start_s").is_null(),
        "reads.negative": pl.min_horizontal("wh", "export_wh") < 0,
        "reads.row_in_future": pl.col("start_s") + pl.col("minutes").cast(pl.Int64) * 60 > future,
    }
    verdict = pl.coalesce(
        *(pl.when(fails).then(pl.lit(code)) for code, fails in checks.items()), pl.lit(None, pl.String)
    )
    judged = shaped.with_columns(verdict.alias("verdict"))
    failed = judged.filter(pl.col("verdict").is_not_null())
    good = judged.filter(pl.col("verdict").is_null()) if len(failed) else judged
    return good.select(SCHEMA.names()), dict(failed["verdict"].value_counts().iter_rows())


def _write(rows: pl.DataFrame, chunk: NDArray[np.int64], chunks: Chunks, path: Path) -> NDArray[np.int64]:
    """Write rows arranged by chunk, a row group each, and return the group of every chunk."""
    groups = np.full(chunks.count, -1, np.int64)
    present, begins = np.unique(chunk, return_index=True)
    groups[present] = np.arange(len(present))
    table = rows.to_arrow()
    with durable(path) as file, pq.ParquetWriter(file, table.schema, compression="zstd", compression_level=1) as writer:
        for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
            writer.write_table(table.slice(begin, end - begin), row_group_size=end - begin)
    return groups


def read(landed: Sequence[Landed], chunk: int, first_s: int, end_s: int) -> pl.DataFrame:
    """A chunk's reads within [first_s, end_s), in the order of the files."""
    frames = [SCHEMA.to_frame()]
    for one in landed:
        if one.groups[chunk] >= 0:
            with pq.ParquetFile(one.path) as file:
                frames.append(pl.DataFrame(pl.from_arrow(file.read_row_group(int(one.groups[chunk])))))
    reads = pl.concat(frames)
    return reads.filter(pl.col("start_s").is_between(first_s, end_s, closed="left"))


def later(landed: Landed, end_s: int) -> pl.DataFrame:
    """A file's reads from `end_s` on, in their order."""
    return pl.scan_parquet(landed.path).filter(pl.col("start_s") >= end_s).collect()
