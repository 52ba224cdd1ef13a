"""The lake: a Delta table of closed days, read as the latest version of every meter and day.

We write the Parquet files ourselves, sorted by meter and day in small row groups, and add them to the Delta log in one
commit, so that any Delta reader sees whole closings. Our own reader keeps the list of files and their footers in
memory: files never change, and a look for the next log entry tells when the list has grown.
"""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from deltalake import DeltaTable
from numpy.typing import NDArray

from upay.metering.days.lakefile import footer
from upay.metering.days.rows import LAKE
from upay.settings import settings

PARTITIONS = ("month", "bucket")
SCHEMA = pa.schema([*LAKE, ("month", pa.string()), ("bucket", pa.int32())])


@dataclass(frozen=True)
class LakeFile:
    """One data file with the ranges it covers."""

    path: str
    size: int
    rows: int
    month: str
    bucket: int
    meters: tuple[int, int]
    days: tuple[date, date]

    def meets(self, first: date, last: date) -> bool:
        """Whether it may hold days of [first, last]."""
        return self.days[0] <= last and self.days[1] >= first

    def overlaps(self, other: "LakeFile") -> bool:
        """Whether both may hold the same meter and day."""
        return self.meets(*other.days) and self.meters[0] <= other.meters[1] and self.meters[1] >= other.meters[0]


@dataclass(frozen=True)
class Snapshot:
    """The files of one version of the table; version -1: there is none yet."""

    version: int
    files: tuple[LakeFile, ...]
    by_partition: dict[tuple[str, int], tuple[LakeFile, ...]]


_held: dict[Path, tuple[Snapshot, DeltaTable | None]] = {}
_lock = threading.Lock()


def snapshot() -> Snapshot:
    """The table as it stands now: a look for one file when nothing changed, a read of what is new when it did."""
    root = settings().lake.resolve()
    held = _held.get(root)
    if held is not None and held[1] is not None and not _entry(root, held[0].version + 1).exists():
        return held[0]
    with _lock:
        return _refresh(root)


@lru_cache(maxsize=16)
def _as_of(root: Path, version: int) -> Snapshot:
    return _listed(DeltaTable(str(root), version=version))


def snapshot_at(version: int) -> Snapshot:
    """The table as a version had it; -1: before there was one. Raises deltalake's error for what is kept no more."""
    if version < 0:
        return Snapshot(-1, (), {})
    current = snapshot()
    return current if current.version == version else _as_of(settings().lake.resolve(), version)


def table() -> DeltaTable:
    """The Delta table, brought into being when it is first needed."""
    root = settings().lake.resolve()
    if not DeltaTable.is_deltatable(str(root)):
        root.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(str(root), SCHEMA, mode="ignore", partition_by=list(PARTITIONS))
    return DeltaTable(str(root))


def scan(
    first: date, last: date, columns: Sequence[str], buckets: Sequence[int] | None = None, of: Snapshot | None = None
) -> pl.LazyFrame:
    """The latest rows of the days [first, last], for whole-fleet questions. columns, of: as in `meter_days`.

    Only files that may hold the same meter-day twice are de-duplicated; after compaction none does.
    """
    files = [
        file
        for file in (of or snapshot()).files
        if file.meets(first, last) and (buckets is None or file.bucket in buckets)
    ]
    tangled = _tangled(files)
    inside = pl.col("day").is_between(first, last)
    parts = []
    if clean := [file for file in files if file.path not in tangled]:
        parts.append(_lazy(clean).filter(inside).select(columns))
    if tangled:
        twice = _lazy([file for file in files if file.path in tangled]).filter(inside)
        latest = twice.sort("version").unique(["meter_id", "day"], keep="last", maintain_order=True)
        parts.append(latest.select(columns))
    if not parts:
        return pl.from_arrow(LAKE.empty_table()).lazy().select(columns)  # type: ignore[union-attr]
    return pl.concat(parts)


def meter_days(
    meter_ids: Sequence[int], first: date, last: date, columns: Sequence[str], of: Snapshot | None = None
) -> pl.DataFrame:
    """The latest rows of a few meters for the days [first, last], by meter and day.

    columns: of the lake. Returns them with meter_id and day in front.  of: the table as it was; None: as it is.
    """
    wanted = np.unique(np.asarray(meter_ids, np.int64))
    read = list(dict.fromkeys(["meter_id", "day", *columns, "version"]))
    pieces: list[pa.Table] = []
    for file, meters in files_of(wanted, first, last, of or snapshot()):
        whole = footer(f"{settings().lake}/{file.path}")
        if groups := whole.groups_with(meters, first, last):
            pieces.append(whole.read(groups, read))
    shown = [name for name in read if name != "version" or "version" in columns]
    if not pieces:
        return pl.from_arrow(LAKE.empty_table()).select(shown)  # type: ignore[union-attr,return-value]
    frame = pl.from_arrow(pa.concat_tables(pieces))
    assert isinstance(frame, pl.DataFrame)
    mine_only = pl.col("meter_id") == int(wanted[0]) if len(wanted) == 1 else pl.col("meter_id").is_in(wanted.tolist())
    frame = frame.filter(mine_only & pl.col("day").is_between(first, last)).sort("meter_id", "day", "version")
    return frame.unique(["meter_id", "day"], keep="last", maintain_order=True).select(shown)


def files_of(
    meter_ids: Sequence[int] | NDArray[np.int64], first: date, last: date, of: Snapshot
) -> Iterator[tuple[LakeFile, NDArray[np.int64]]]:
    """The files that may hold days [first, last] of some meters, each with the meters of its bucket, ascending."""
    wanted = np.unique(np.asarray(meter_ids, np.int64))
    months = _months(first, last)
    buckets = wanted % settings().buckets
    for bucket in np.unique(buckets).tolist():
        mine = wanted[buckets == bucket]
        for month in months:
            for file in of.by_partition.get((month, bucket), ()):
                if file.meets(first, last) and np.searchsorted(mine, file.meters[0]) < np.searchsorted(
                    mine, file.meters[1], side="right"
                ):
                    yield file, mine


def _refresh(root: Path) -> Snapshot:
    held = _held.get(root)
    known = held[1] if held is not None else None
    if known is None:
        if not DeltaTable.is_deltatable(str(root)):
            return Snapshot(-1, (), {})
        known = DeltaTable(str(root))
    elif _entry(root, known.version() + 1).exists():
        known.update_incremental()
    elif held is not None:
        return held[0]
    current = _listed(known)
    _held[root] = (current, known)
    return current


def _listed(known: DeltaTable) -> Snapshot:
    added = pl.from_arrow(pa.table(known.get_add_actions(flatten=True)))
    assert isinstance(added, pl.DataFrame)
    files = (
        tuple(
            LakeFile(
                path=row["path"],
                size=row["size_bytes"],
                rows=row["num_records"],
                month=row["partition.month"],
                bucket=row["partition.bucket"],
                meters=(row["min.meter_id"], row["max.meter_id"]),
                days=(row["min.day"], row["max.day"]),
            )
            for row in added.iter_rows(named=True)
        )
        if len(added)
        else ()
    )
    by_partition: dict[tuple[str, int], tuple[LakeFile, ...]] = {}
    for file in files:
        key = (file.month, file.bucket)
        by_partition[key] = (*by_partition.get(key, ()), file)
    return Snapshot(known.version(), files, by_partition)


def _tangled(files: Sequence[LakeFile]) -> set[str]:
    """Files that may hold a meter-day which another of them holds too."""
    found: set[str] = set()
    partitions: dict[tuple[str, int], list[LakeFile]] = {}
    for file in files:
        partitions.setdefault((file.month, file.bucket), []).append(file)
    for group in partitions.values():
        for place, file in enumerate(group):
            for other in group[:place]:
                if file.overlaps(other):
                    found |= {file.path, other.path}
    return found


def _lazy(files: Sequence[LakeFile]) -> pl.LazyFrame:
    root = settings().lake
    return pl.scan_parquet([root / file.path for file in files], hive_partitioning=False)


def _months(first: date, last: date) -> list[str]:
    spanned = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [f"{number // 12:04d}-{number % 12 + 1:02d}" for number in spanned]


def _entry(root: Path, version: int) -> Path:
    return root / "_delta_log" / f"{version:020d}.json"
