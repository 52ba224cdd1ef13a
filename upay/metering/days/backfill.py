"""Backfill: months of history at once, from Parquet files straight into the lake.

Each file becomes a landing file with a receipt, as everything that is ever taken, its rows arranged by the chunk of
meters in which they will be closed; then chunk by chunk all days are closed together, with memory bounded by the chunk.
Days that are closed already, or have reads already, are left to the ordinary way: their reads wait as open ones for the
next fold.
"""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pyarrow as pa
from sqlmodel import col, select

from upay.bulk import bulk
from upay.clock import day_of, day_start_s
from upay.db import session as database
from upay.errors import Problem
from upay.metering.days import lakewriter, records
from upay.metering.days.close import reporting_ratio, rows_of
from upay.metering.days.fold import folding, lay_open
from upay.metering.days.historyfiles import Backfilled, Chunks, Landed, land, later, read
from upay.metering.days.installed import Installed, installed
from upay.metering.days.kernel import Facts, close_reads, meters_of
from upay.metering.days.lakewriter import Written
from upay.metering.days.outages import Outages, outages
from upay.metering.days.records import BucketClose
from upay.metering.days.reopened import reopened
from upay.metering.days.tally import Tally
from upay.metering.models import DayClose, OpenPart, ReadBatch
from upay.metering.vee import Thresholds
from upay.settings import settings

Progress = Callable[[float], None]
_NO_REGISTERS = pl.DataFrame(schema={"meter_id": pl.Int64, "after": pl.Int64})


def backfill(folder: Path, source: str, now: datetime, on_part: Progress = lambda _: None) -> Backfilled:
    """Take all Parquet files of a folder, in the order of their names, and close the days they cover.

    Columns: serial and those of `reads.SCHEMA` but meter_id; only serial, start_s and wh are needed. The same file is
    taken once. Days of today and later are not closed. on_part: told the share done. Commits by itself.
    Raises Problem `reads.no_files`.
    """
    files = sorted(folder.rglob("*.parquet"))
    if not files:
        raise Problem("reads.no_files", {"folder": str(folder)})
    report = Backfilled()
    with folding():
        _take(files, source, report, now, on_part)
    return report


def _take(files: list[Path], source: str, report: Backfilled, now: datetime, on_part: Progress) -> None:
    """Land the files and close their days, while nobody folds: a fold would take the landed files for its own."""
    chunks = Chunks.over(files)
    landed: list[Landed] = []
    for number, file in enumerate(files):
        one = land(file, source, chunks, report, now)
        landed.extend([one] if one is not None else [])
        on_part(0.4 * (number + 1) / len(files))
    if not landed or report.first is None or report.last is None:
        return
    last = min(report.last, day_of(now) - timedelta(days=1))
    with lakewriter.turn():
        if last >= report.first and not _touched(report.first, last, landed):
            _close(landed, chunks, report, last, now, lambda share: on_part(0.4 + 0.6 * share))
            report.closed = True


def _touched(first: date, last: date, landed: list[Landed]) -> bool:
    """Whether one of the days was closed before, or has reads of other batches, which then came before ours."""
    others = select(ReadBatch.id).where(
        col(ReadBatch.folded_at).is_(None),
        col(ReadBatch.id).not_in([one.batch_id for one in landed]),
        col(ReadBatch.first_start_s) < day_start_s(last + timedelta(days=1)),
        col(ReadBatch.last_end_s) > day_start_s(first),
    )
    closed = select(DayClose.id).where(DayClose.day >= first, DayClose.day <= last)
    opened = select(OpenPart.id).where(OpenPart.day >= first, OpenPart.day <= last)
    with database() as session:
        return any(session.exec(asked.limit(1)).first() is not None for asked in (closed, opened, others))


def _close(
    landed: list[Landed], chunks: Chunks, report: Backfilled, last: date, now: datetime, on_part: Progress
) -> None:
    """Close all days chunk by chunk; then one lake commit, and one transaction for all the database is to know."""
    first = report.first or last
    first_s, end_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    rule = Thresholds.on(last)
    told = [reopened(first, last, bucket) for bucket in range(chunks.buckets)]
    among, dark = installed().during(first_s, end_s), outages(first_s, end_s, rule.outage_lookback_days)
    settings().var.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings().var) as spill:
        done: list[BucketClose] = []
        for bucket in range(chunks.buckets):
            of_bucket = among.of_bucket(bucket)
            parts: list[BucketClose] = []
            for chunk in range(bucket * chunks.per_bucket, (bucket + 1) * chunks.per_bucket):
                part = _close_chunk(landed, chunks, chunk, (first, last), of_bucket, dark, rule, Path(spill), now)
                parts.extend([] if part is None else [part])
                on_part(chunk / (chunks.count + chunks.per_bucket))
            done.extend([replace(_together(parts), reopened=told[bucket])] if parts else [])
        beyond = lay_open([later(one, end_s) for one in landed], [one.batch_id for one in landed])
        version = lakewriter.commit([file for one in done for file in one.files], [], f"backfill {first} {last}", now)
        shared = records.shared_connections(among)
        together = records.rolled_up_from_lake(first, last, shared, among, dark) if len(shared) else None
        _tell(landed, done, sorted(Path(spill).glob("*.arrow")), together, beyond, first, last, version, now)
    totals = pl.concat([one.tally.frame for one in done])
    for name in ("duplicates", "conflicts", "estimated"):
        setattr(report, name, int(totals[name].sum()))


def _close_chunk(
    landed: list[Landed],
    chunks: Chunks,
    chunk: int,
    period: tuple[date, date],
    of_bucket: Installed,
    dark: Outages,
    rule: Thresholds,
    spill: Path,
    now: datetime,
) -> BucketClose | None:
    """Settle a chunk's meters on all days, write their files, and leave their roll-ups in the folder `spill`."""
    first, last = period
    reads = read(landed, chunk, day_start_s(first), day_start_s(last + timedelta(days=1)))
    mine = of_bucket.of_meters(*chunks.meters(chunk))
    meters = meters_of(reads, mine)
    if not len(meters):
        return None
    outcome = close_reads(reads, meters, first, last, Facts(mine, dark.of(meters), rule, _NO_REGISTERS))
    table, rolled = rows_of(outcome, 1)
    rolled.write_ipc(spill / f"{chunk:08d}.arrow")
    return BucketClose(
        bucket=chunks.bucket(chunk),
        version=1,
        files=list(_by_month(table, chunks.bucket(chunk), now)),
        rolled=None,
        held=records.quarantined(outcome.lost, reads, now),
        parts=[],
        reopened=pl.DataFrame(),
        tally=Tally.of(outcome, reads, first, (last - first).days + 1),
    )


def _together(parts: list[BucketClose]) -> BucketClose:
    """The chunks of a bucket as one closing."""
    held = [part.held for part in parts if part.held is not None]
    return replace(
        parts[0],
        files=[file for part in parts for file in part.files],
        held=pl.concat(held) if held else None,
        tally=Tally.total([part.tally for part in parts]),
    )


def _tell(
    landed: list[Landed],
    done: list[BucketClose],
    spilled: list[Path],
    together: pl.DataFrame | None,
    beyond: list[OpenPart],
    first: date,
    last: date,
    version: int,
    now: datetime,
) -> None:
    """beyond: the manifest of what the files hold of days after `last`."""
    with bulk() as db:
        db.append(OpenPart, pl.DataFrame([part.model_dump(exclude={"id"}) for part in beyond]))
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


def _by_month(table: pa.Table, bucket: int, now: datetime) -> Iterator[Written]:
    """Write a chunk's rows, a file for each month."""
    months = pl.Series("day", pl.from_arrow(table["day"])).dt.month_start()
    for month in months.unique().sort():
        yield lakewriter.write(table.filter((months == month).to_arrow()), lakewriter.month_of(month), bucket, now)
