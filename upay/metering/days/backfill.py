"""Backfill: months of history at once, from Parquet files straight into the lake.

Each file becomes a landing file with a receipt, as everything that is ever taken, its rows arranged by the chunk of
meters in which they will be closed; then chunk by chunk all days are closed together, with memory bounded by the chunk.
Days that are closed already are left to the ordinary way: their reads wait as open ones for the next fold.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from sqlmodel import func, select

from upay.bulk import bulk
from upay.clock import DAY_S, day_of, day_start_s
from upay.db import session as database
from upay.durable import durable
from upay.errors import Problem
from upay.metering.days import lakewriter, records
from upay.metering.days.close import reporting_ratio, rows_of
from upay.metering.days.installed import installed
from upay.metering.days.kernel import Facts, close_reads, meters_of
from upay.metering.days.lakewriter import Written
from upay.metering.days.outages import outages
from upay.metering.days.records import BucketClose
from upay.metering.days.tally import Tally
from upay.metering.models import DayClose, ReadBatch
from upay.metering.reads import SCHEMA
from upay.metering.vee import Thresholds
from upay.network.registry import Registry, registry
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
class _Landed:
    """A landing file and the row group of each chunk in it, -1 where it has none."""

    batch_id: int
    path: Path
    groups: NDArray[np.int64]


def backfill(folder: Path, source: str, now: datetime, on_part: Callable[[float], None] = lambda _: None) -> Backfilled:
    """Take all Parquet files of a folder, in the order of their names, and close the days they cover.

    Columns: serial and those of `reads.SCHEMA` but meter_id; only serial, start_s and wh are needed. The same file is
    taken once. Days of today and later are not closed. on_part: told the share done. Commits by itself.
    Raises Problem `reads.no_files`.
    """
    files = sorted(folder.rglob("*.parquet"))
    if not files:
        raise Problem("reads.no_files", {"folder": str(folder)})
    report = Backfilled()
    chunks = _Chunks.over(files)
    landed: list[_Landed] = []
    for number, file in enumerate(files):
        one = _land(file, source, chunks, report, now)
        landed.extend([one] if one is not None else [])
        on_part(0.4 * (number + 1) / len(files))
    if not landed or report.first is None or report.last is None:
        return report
    last = min(report.last, day_of(now) - timedelta(days=1))
    with lakewriter.turn():
        if last >= report.first and not _closed_before(report.first, last):
            _close(landed, chunks, report, last, now, lambda share: on_part(0.4 + 0.6 * share))
            report.closed = True
    return report


@dataclass(frozen=True)
class _Chunks:
    """How the meters are cut into chunks: by bucket, and within it `width` rows of the bucket's matrix at a time."""

    buckets: int
    width: int
    per_bucket: int

    @classmethod
    def over(cls, files: Sequence[Path]) -> "_Chunks":
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

    def of(self, meter_id: NDArray[np.int64]) -> NDArray[np.int64]:
        """The chunk of each meter."""
        return meter_id % self.buckets * self.per_bucket + meter_id // self.buckets // self.width


def _starts(file: Path) -> tuple[int, int]:
    """First and last block start of a file."""
    ends = pl.scan_parquet(file).select(pl.col("start_s").min().alias("first"), pl.col("start_s").max().alias("last"))
    first, last = ends.collect().row(0)
    return (first, last) if first is not None else (0, 0)


def _land(file: Path, source: str, chunks: _Chunks, report: Backfilled, now: datetime) -> _Landed | None:
    """Check a file's rows and put them on disk with a receipt; None for a file that a lake already holds."""
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
    first_s, last_s = int(rows["start_s"].min()), int(rows["start_s"].max())  # type: ignore[arg-type]
    days = [date(1970, 1, 1) + timedelta(days=(at + 19_800) // DAY_S) for at in (first_s, last_s)]
    report.first, report.last = min(report.first or days[0], days[0]), max(report.last or days[1], days[1])
    if earlier is not None and earlier.id is not None:
        return _Landed(earlier.id, settings().landing / path, groups)
    batch = ReadBatch(
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
        first_start_s=first_s,
        last_end_s=last_s + 60 * int(rows["minutes"].max()),  # type: ignore[arg-type]
        answer={"codes": rejected},
    )
    with database() as session:
        session.add(batch)
    return _Landed(batch.id or 0, settings().landing / path, groups)


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


def _write(rows: pl.DataFrame, chunk: NDArray[np.int64], chunks: _Chunks, path: Path) -> NDArray[np.int64]:
    """Write rows arranged by chunk, a row group each, and return the group of every chunk."""
    groups = np.full(chunks.count, -1, np.int64)
    present, begins = np.unique(chunk, return_index=True)
    groups[present] = np.arange(len(present))
    table = rows.to_arrow()
    with durable(path) as file, pq.ParquetWriter(file, table.schema, compression="zstd", compression_level=1) as writer:
        for begin, end in zip(begins, [*begins[1:], len(rows)], strict=True):
            writer.write_table(table.slice(begin, end - begin), row_group_size=end - begin)
    return groups


def _closed_before(first: date, last: date) -> bool:
    with database() as session:
        found = select(func.count()).select_from(DayClose).where(DayClose.day >= first, DayClose.day <= last)
        return session.exec(found).one() > 0


def _close(
    landed: list[_Landed],
    chunks: _Chunks,
    report: Backfilled,
    last: date,
    now: datetime,
    on_part: Callable[[float], None],
) -> None:
    """Close all days chunk by chunk; then one lake commit, and one transaction for all the database is to know."""
    first = report.first or last
    first_s, end_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    rule = Thresholds.on(last)
    among, dark = installed().during(first_s, end_s), outages(first_s, end_s, rule.outage_lookback_days)
    done: list[BucketClose] = []
    settings().var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings().var) as spill:
        for bucket in range(chunks.buckets):
            of_bucket = among.of_bucket(bucket)
            tallies: list[Tally] = []
            files: list[Written] = []
            held: list[pl.DataFrame] = []
            for number in range(chunks.per_bucket):
                chunk = bucket * chunks.per_bucket + number
                on_part(chunk / (chunks.count + chunks.per_bucket))
                reads = _read(landed, chunk, first_s, end_s)
                lowest = number * chunks.width * chunks.buckets
                mine = of_bucket.of_meters(lowest, lowest + chunks.width * chunks.buckets - 1)
                meters = meters_of(reads, mine)
                if not len(meters):
                    continue
                midnight = pl.DataFrame(schema={"meter_id": pl.Int64, "after": pl.Int64})
                outcome = close_reads(reads, meters, first, last, Facts(mine, dark.of(meters), rule, midnight))
                tallies.append(Tally.of(outcome, reads, first, (last - first).days + 1))
                table, rolled = rows_of(outcome, 1)
                rolled.write_ipc(Path(spill) / f"{chunk:08d}.arrow")
                files.extend(_by_month(table, bucket, now))
                aside = records.quarantined(outcome.lost, reads, now)
                held.extend([] if aside is None else [aside])
            if tallies:
                tally = Tally.total(tallies)
                done.append(BucketClose(bucket, 1, files, None, pl.concat(held) if held else None, [], tally))
        version = lakewriter.commit([file for one in done for file in one.files], [], f"backfill {first} {last}", now)
        shared = records.shared_connections(among)
        together = records.rolled_up_from_lake(first, last, shared, among, dark) if len(shared) else None
        _tell(landed, done, sorted(Path(spill).glob("*.arrow")), together, first, last, version, now)
    totals = pl.concat([one.tally.frame for one in done])
    for name in ("duplicates", "conflicts", "estimated"):
        setattr(report, name, int(totals[name].sum()))


def _tell(
    landed: list[_Landed],
    done: list[BucketClose],
    spilled: list[Path],
    together: pl.DataFrame | None,
    first: date,
    last: date,
    version: int,
    now: datetime,
) -> None:
    with bulk() as db:
        ids = ",".join(str(one.batch_id) for one in landed)
        # received_at stands beside it as an instant that the database itself wrote
        folded = db.execute(
            f"UPDATE readbatch SET folded_at = received_at WHERE folded_at IS NULL AND id IN ({ids})"  # noqa: S608
        )
        if folded not in (-1, len(landed)):
            raise Problem("reads.folded_meanwhile", {}, 409)
        records.write_closings(db, done, version, now)
        placed: list[pl.DataFrame] = []
        for path in spilled:
            rolled = pl.read_ipc(path)
            records.write_connection_days(db, rolled, together if path == spilled[-1] else None, first, last, [])
            own = rolled.filter(pl.col("connection_id").is_null())
            placed.append(pl.concat([own, rolled.unique(["dtr_id", "day"])]).unique(["meter_id", "day"]))
        if placed:
            rows = pl.concat(placed, how="vertical_relaxed")
            records.write_dtr_days(db, rows, first, last, reporting_ratio(last))
        lakewriter.confirm(db, version)


def _read(landed: Sequence[_Landed], chunk: int, first_s: int, end_s: int) -> pl.DataFrame:
    """A chunk's reads within [first_s, end_s), in the order of the files."""
    frames = [SCHEMA.to_frame()]
    for one in landed:
        if one.groups[chunk] >= 0:
            with pq.ParquetFile(one.path) as file:
                frames.append(pl.DataFrame(pl.from_arrow(file.read_row_group(int(one.groups[chunk])))))
    reads = pl.concat(frames)
    return reads.filter(pl.col("start_s").is_between(first_s, end_s, closed="left"))


def _by_month(table: pa.Table, bucket: int, now: datetime) -> Iterator[Written]:
    """Write a chunk's rows, a file for each month."""
    months = pl.Series("day", pl.from_arrow(table["day"])).dt.month_start()
    for month in months.unique().sort():
        yield lakewriter.write(table.filter((months == month).to_arrow()), lakewriter.month_of(month), bucket, now)
