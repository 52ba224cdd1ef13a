"""The proof: what was acknowledged is in the lake, what is in the lake is what the roll-ups say.

Meters are looked at in chunks, so memory stays flat. The check against the acknowledged reads does not use the
closing's matrices: it sorts, and takes each block's first read.
"""
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from sqlmodel import Session, col, func, select

from upay.bulk import bulk
from upay.clock import day_start_s
from upay.metering.days import lake, records
from upay.metering.days.acknowledged import arrange, first_reads
from upay.metering.days.installed import Installed, installed
from upay.metering.days.outages import Outages, outages
from upay.metering.days.rollup import connection_days
from upay.metering.days.rows import LAKE
from upay.metering.models import DayClose, OpenPart
from upay.metering.vee import Thresholds
from upay.settings import settings

_READS_AT_A_TIME = 3_000_000
_SHOWN = 100
_COMPARED = (
    "import_wh", "export_wh", "peak_w", "band0_wh", "band1_wh", "band2_wh", "min_dv", "max_dv",
    "blocks", "actual", "estimated", "estimated_wh", "quality", "version",
)  # fmt: skip
_Key = tuple[date, int]


@dataclass(frozen=True)
class Difference:
    """Two records of one thing that disagree. what: `rollup`, `acknowledged` or `closing`."""

    what: str
    day: date
    key: str
    expected: str
    found: str


@dataclass
class Verified:
    """What was checked, and the differences (the first of them in full).

    skipped_days: closed days whose acknowledged files are no longer kept.  waiting: days with reads not closed yet.
    """

    meter_days: int = 0
    connection_days: int = 0
    acknowledged: int = 0
    skipped_days: int = 0
    waiting: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)

    def note(self, difference: Difference) -> None:
        """Count a difference, and keep it if it is among the first."""
        self.found += 1
        if len(self.differences) < _SHOWN:
            self.differences.append(difference)


def verify(session: Session, on_part: Callable[[float], None] = lambda _: None) -> Verified:
    """Check all closed days. It only reads; run it while nothing is being closed."""
    report = Verified()
    first = session.scalar(select(func.min(DayClose.day)))
    last = session.scalar(select(func.max(DayClose.day)))
    if first is None or last is None:
        return report
    among = installed()
    dark = outages(day_start_s(first), day_start_s(last + timedelta(days=1)), Thresholds.on(last).outage_lookback_days)
    waiting = set(
        session.exec(select(col(OpenPart.day), OpenPart.bucket).where(col(OpenPart.closed_version).is_(None))).all()
    )
    report.waiting = len(waiting)
    width = max(1, _READS_AT_A_TIME // (((last - first).days + 1) * 48))
    closings: dict[_Key, list[int]] = {}
    settings().var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings().var) as spill:
        kept = arrange(session, Path(spill), width, first, last)
        report.skipped_days = (last - first).days + 1 - len(kept)
        chunks = list(_chunks(among, width))
        for number, (bucket, row, meters) in enumerate(chunks):
            rows = lake.meter_days(meters, first, last, LAKE.names)
            report.meter_days += len(rows)
            _check_rollups(rows, among, dark, bucket, report)
            raw = _raw(rows)
            _add_up(raw, bucket, closings)
            told = first_reads(Path(spill) / f"{bucket}-{row}")
            _check_acknowledged(raw, told, kept, {day for day, where in waiting if where == bucket}, report)
            on_part((number + 1) / len(chunks))
    _check_closings(session, closings, report)
    return report


def _chunks(among: Installed, width: int) -> Iterator[tuple[int, int, list[int]]]:
    """Bucket, chunk and meters, as many as fit in memory with all their days; also meters that were never installed."""
    buckets = settings().buckets
    ends = [file.meters[1] for file in lake.snapshot().files]
    highest = max([*ends, int(among.meter_id.max(initial=0))])
    for bucket in range(buckets):
        for row in range(highest // buckets // width + 1):
            begin = row * width * buckets + bucket
            yield bucket, row, list(range(begin, min(begin + width * buckets, highest + 1), buckets))


def _check_rollups(rows: pl.DataFrame, among: Installed, dark: Outages, bucket: int, report: Verified) -> None:
    """The lake's days, summed once more, against `connectionday`."""
    if rows.is_empty():
        return
    shared = records.shared_connections(among)
    own = records.rolled_up(rows.drop_nulls("connection_id"), among, dark)
    alone = connection_days(own.filter(~pl.col("connection_id").is_in(shared.tolist())))
    ids = np.intersect1d(shared, own["connection_id"].drop_nulls().unique().to_numpy())
    first, last = rows["day"].min(), rows["day"].max()
    assert isinstance(first, date) and isinstance(last, date)
    whole = records.rolled_up_from_lake(first, last, ids, among, dark) if len(ids) else None
    again = alone if whole is None else pl.concat([alone, whole.select(alone.columns)], how="vertical_relaxed")
    if again.is_empty():
        return
    names = ", ".join(("connection_id", "day", *_COMPARED))
    low, high = int(again["connection_id"].min()), int(again["connection_id"].max())  # type: ignore[arg-type]
    with bulk() as db:
        statement = f"SELECT {names} FROM connectionday WHERE connection_id BETWEEN ? AND ? AND day BETWEEN ? AND ?"  # noqa: S608
        kept = records.dated(db.read(statement, (low, high, first, last)))
    report.connection_days += len(again)
    both = again.select("connection_id", "day", *(pl.col(name).cast(pl.Int64) for name in _COMPARED)).join(
        kept, ["connection_id", "day"], "left", suffix="_kept"
    )
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_kept")) for name in _COMPARED)
    for row in both.filter(differs).iter_rows(named=True):
        wrong = [name for name in _COMPARED if row[name] != row[f"{name}_kept"]]
        report.note(
            Difference(
                "rollup",
                row["day"],
                str(row["connection_id"]),
                " ".join(f"{name}={row[name]}" for name in wrong),
                " ".join(f"{name}={row[f'{name}_kept']}" for name in wrong),
            )
        )


def _raw(rows: pl.DataFrame) -> pl.DataFrame:
    """What the lake says was read: meter_id, day, count, wh."""
    read = pl.coalesce("raw_wh", "wh")
    return rows.select(
        "meter_id",
        "day",
        (read.list.len() - read.list.eval(pl.element().is_null()).list.sum()).cast(pl.Int64).alias("count"),
        read.list.eval(pl.element().cast(pl.Int64)).list.sum().fill_null(0).alias("wh"),
    )


def _add_up(raw: pl.DataFrame, bucket: int, closings: dict[_Key, list[int]]) -> None:
    for day, count, wh in raw.group_by("day").agg(pl.col("count").sum(), pl.col("wh").sum()).iter_rows():
        known = closings.setdefault((day, bucket), [0, 0])
        known[0] += count
        known[1] += wh


def _check_acknowledged(
    raw: pl.DataFrame, told: pl.DataFrame, kept: set[date], waiting: set[date], report: Verified
) -> None:
    days = sorted(kept - waiting)
    both = (
        raw.filter(pl.col("day").is_in(days))
        .join(told.filter(pl.col("day").is_in(days)), ["meter_id", "day"], "full", coalesce=True, suffix="_told")
        .fill_null(0)
    )
    report.acknowledged += int(both["count_told"].sum())
    differs = (pl.col("count") != pl.col("count_told")) | (pl.col("wh") != pl.col("wh_told"))
    for meter_id, day, count, wh, count_told, wh_told in both.filter(differs).iter_rows():
        report.note(
            Difference("acknowledged", day, str(meter_id), f"reads={count_told} wh={wh_told}", f"reads={count} wh={wh}")
        )


def _check_closings(session: Session, closings: dict[_Key, list[int]], report: Verified) -> None:
    """What the closings counted, all versions together, against what the lake holds."""
    sums = session.exec(
        select(col(DayClose.day), DayClose.bucket, func.sum(DayClose.reads), func.sum(DayClose.raw_wh)).group_by(
            col(DayClose.day), col(DayClose.bucket)
        )
    ).all()
    for day, bucket, count, wh in sums:
        found = closings.get((day, bucket), [0, 0])
        if found != [int(count), int(wh)]:
            report.note(
                Difference(
                    "closing", day, f"bucket {bucket}", f"reads={count} wh={wh}", f"reads={found[0]} wh={found[1]}"
                )
            )


