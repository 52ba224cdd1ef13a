"""The proof: what was acknowledged is in the lake, what is in the lake is what the roll-ups say.

Meters are looked at in chunks, so memory stays flat. The check against the acknowledged reads does not use the
closing's matrices: it sorts, and takes each block's first read.
"""
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from sqlmodel import Session, col, func, select

from upay.clock import day_start_s
from upay.metering.days import lake
from upay.metering.days.acknowledged import SUMMED, arrange, first_reads, summed
from upay.metering.days.installed import Installed, installed
from upay.metering.days.outages import outages
from upay.metering.days.rows import LAKE
from upay.metering.models import DayClose, OpenPart, ReadBatch, ReopenedDay
from upay.metering.vee import Thresholds
from upay.metering.verified import Difference, Verified
from upay.metering.verify_rollups import RollupProof
from upay.settings import settings

_READS_AT_A_TIME = 3_000_000
_Key = tuple[date, int]


def verify(session: Session, on_part: Callable[[float], None] = lambda _: None) -> Verified:
    """Check all closed days. It only reads; run it while nothing is being closed."""
    report = Verified()
    waiting = set(
        session.exec(select(col(OpenPart.day), OpenPart.bucket).where(col(OpenPart.closed_version).is_(None))).all()
    )
    told = session.exec(select(ReopenedDay)).all()
    report.waiting = len(waiting | {(one.day, one.bucket) for one in told})
    unfolded = col(ReadBatch.folded_at).is_(None) & col(ReadBatch.path).is_not(None)
    report.unfolded = session.exec(select(func.count()).select_from(ReadBatch).where(unfolded)).one()
    first = session.scalar(select(func.min(DayClose.day)))
    last = session.scalar(select(func.max(DayClose.day)))
    if first is None or last is None:
        return report
    among = installed()
    dark = outages(day_start_s(first), day_start_s(last + timedelta(days=1)), Thresholds.on(last).outage_lookback_days)
    rollups = RollupProof(first, last, among, dark, report, {(one.meter_id, one.day) for one in told})
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
            rollups.check(rows)
            raw = _raw(rows)
            _add_up(raw, bucket, closings)
            told = first_reads(Path(spill) / f"{bucket}-{row}")
            _check_acknowledged(raw, told, kept, {day for day, where in waiting if where == bucket}, report)
            on_part((number + 1) / len(chunks))
    rollups.finish()
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


def _raw(rows: pl.DataFrame) -> pl.DataFrame:
    """What the lake says was read, as `SUMMED`."""
    parts: list[pl.DataFrame] = []
    for (minutes,), part in rows.select(
        "meter_id", "day", "minutes", "phase", "export_wh", pl.coalesce("raw_wh", "wh").alias("wh")
    ).group_by("minutes"):
        slots = 1440 // int(minutes)  # type: ignore[call-overload]
        minute = pl.col("day").cast(pl.Int64) * 1440 - 330 + pl.col("phase") + pl.col("slot") * pl.col("minutes")
        nothing = pl.lit([None] * slots, part.schema["export_wh"])
        blocks = part.with_columns(
            pl.col("export_wh").fill_null(nothing), pl.lit(list(range(slots)), pl.List(pl.Int64)).alias("slot")
        ).explode("wh", "export_wh", "slot")
        parts.append(summed(blocks.drop_nulls("wh").with_columns((minute * 60).alias("start_s"))))
    return pl.concat([pl.DataFrame(schema=SUMMED), *parts])


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
    names = ("count", "wh", "export_wh", "mark")
    differs = pl.any_horizontal(pl.col(name) != pl.col(f"{name}_told") for name in names)
    for row in both.filter(differs).iter_rows(named=True):
        expected, found = (
            f"reads={row['count' + side]} wh={row['wh' + side]} export_wh={row['export_wh' + side]} "
            f"mark={row['mark' + side]:016x}"
            for side in ("_told", "")
        )
        report.note(Difference("acknowledged", row["day"], str(row["meter_id"]), expected, found))


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
