"""Writing the lake: Parquet files of ours, one Delta commit for all of them, undone if the database never heard of it.

The database has the last word: the counter `lake` names the last table version whose roll-ups it holds. Commits beyond
it are a crash's leftovers; the next writer restores the table to that version and does the work again.
"""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
import fcntl
import json
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties
from deltalake.transaction import AddAction, RemoveAction

from upay.bulk import Bulk, bulk
from upay.durable import durable
from upay.metering.days.lake import PARTITIONS, SCHEMA, LakeFile, table
from upay.metering.days.rows import LAKE
from upay.settings import settings

# Small enough that one meter's month is one short read, large enough that footers stay light.
ROWS_PER_GROUP = 2048
# A list column's page: some 170 rows of half-hours. `pages` unpacks the one that holds a meter's days.
_PAGE_BYTES = 32 << 10
# Byte streams of noisy integers compress best apart: 4.9 bytes a read with four quantities, against 6.0 otherwise.
_SPLIT = tuple(f"{name}.list.element" for name in ("wh", "export_wh", "vah", "dv", "ca", "raw_wh", "quality", "rule"))
_ENDS = (
    pl.col("meter_id").min().alias("first_meter"),
    pl.col("meter_id").max().alias("last_meter"),
    pl.col("day").min().alias("first_day"),
    pl.col("day").max().alias("last_day"),
)
_DICTIONARY = ("minutes", "phase", "version", "rules", "day", "flags")


@dataclass(frozen=True)
class Written:
    """A data file on disk that no commit names yet."""

    path: str
    size: int
    stats: str
    month: str
    bucket: int
    at: datetime


@contextmanager
def opened(path: Path) -> Generator[pq.ParquetWriter]:
    """A writer of lake rows; the file is durable when the block ends."""
    with (
        durable(path) as file,
        pq.ParquetWriter(
            file,
            LAKE,
            compression="zstd",
            compression_level=1,
            use_dictionary=list(_DICTIONARY),  # pyright: ignore[reportArgumentType]
            column_encoding=dict.fromkeys(_SPLIT, "BYTE_STREAM_SPLIT"),
            data_page_version="2.0",  # whose headers say how many rows a page holds
            data_page_size=_PAGE_BYTES,
            write_statistics=["meter_id", "day"],  # pyright: ignore[reportArgumentType]
        ) as writer,
    ):
        yield writer


def write(rows: pa.Table, month: str, bucket: int, now: datetime) -> Written:
    """Write rows of one month and bucket, sorted by meter and day, as one file."""
    name = f"month={month}/bucket={bucket}/{uuid4().hex}.parquet"
    with opened(settings().lake / name) as writer:
        writer.write_table(rows, row_group_size=ROWS_PER_GROUP)
    return described(name, [rows.select(["meter_id", "day"])], month, bucket, now)


def described(name: str, keys: Sequence[pa.Table], month: str, bucket: int, now: datetime) -> Written:
    """A finished file with its statistics, from the meter_id and day columns of what was written to it."""
    ends = pl.concat([pl.DataFrame(pl.from_arrow(part)).select(_ENDS) for part in keys])
    low, high = ends["first_meter"].min(), ends["last_meter"].max()
    first, last = ends["first_day"].min(), ends["last_day"].max()
    stats = {
        "numRecords": sum(part.num_rows for part in keys),
        "minValues": {"meter_id": low, "day": str(first)},
        "maxValues": {"meter_id": high, "day": str(last)},
        "nullCount": {"meter_id": 0, "day": 0},
    }
    path = settings().lake / name
    return Written(name, path.stat().st_size, json.dumps(stats), month, bucket, now)


@contextmanager
def turn() -> Generator[None]:
    """Be the lake's only writer. First undo what a crash left in the lake without telling the database."""
    root = settings().lake
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _recover()
        yield


def commit(added: Sequence[Written], removed: Sequence[LakeFile], what: str, now: datetime) -> int:
    """Add and remove files in one commit and return the table's version. Call it within `turn`; then `confirm`.

    what: said in the table's history.
    """
    known = table()
    if not added and not removed:
        return known.version()
    at = int(now.timestamp() * 1000)
    actions: list[AddAction | RemoveAction] = [
        AddAction(
            path=file.path,
            size=file.size,
            partition_values={"month": file.month, "bucket": str(file.bucket)},
            modification_time=int(file.at.timestamp() * 1000),
            data_change=not removed,
            stats=file.stats,
        )
        for file in added
    ]
    actions += [
        RemoveAction(file.path, False, at, file.size, {"month": file.month, "bucket": str(file.bucket)})
        for file in removed
    ]
    known.create_write_transaction(
        actions,
        mode="append",
        schema=SCHEMA,
        partition_by=list(PARTITIONS),
        commit_properties=CommitProperties(custom_metadata={"upay": what}),
    )
    return table().version()


def confirm(db: Bulk, version: int) -> None:
    """Say in the database's own transaction that it knows the lake up to this version."""
    db.execute(
        "INSERT INTO counter (name, value) VALUES ('lake', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (version,),
    )


def month_of(day: date) -> str:
    """The partition of a day."""
    return f"{day:%Y-%m}"


def _recover() -> None:
    known = table()
    with bulk() as db:
        counted = db.read("SELECT value FROM counter WHERE name = 'lake'")
    confirmed = int(counted["value"][0]) if len(counted) else 0
    if known.version() <= confirmed:
        return
    known.restore(confirmed)
    with bulk() as db:
        confirm(db, known.version())
