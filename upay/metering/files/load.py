"""Import: a file's readings through the same door as any others, then folded and closed, with a report of every row.

An import is an edge of its own: its steps commit one by one, so that a large file is not one large transaction and an
import that was cut short is completed by running it again. Nothing is taken twice: each part of the file is a batch
under the file's own hash.
"""
import hashlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
from sqlmodel import Session, select

from upay.clock import DAY_S, IST_OFFSET_S
from upay.db import session
from upay.metering.files.content import Content
from upay.metering.files.detect import TIMEZONE, read_file
from upay.metering.files.headings import MEASURES
from upay.metering.files.known import DUPLICATE, NEW, against_known
from upay.metering.files.placing import Placed, Wish, place
from upay.metering.files.report import Report
from upay.metering.intake import take_frame
from upay.metering.models import ReadBatch
from upay.metering.settle import close_fresh, fold_all
from upay.metering.tail import nudge

_CHUNK = 500_000
_LENGTHS = (15, 30, 60, 1440)
_BLOCK = ("serial", "start_s", "minutes")
_DOOR = ("serial", "start_s", "start", "wh", "export_wh", *MEASURES)
_EPOCH = date(1970, 1, 1)

# stage (read, take, close), done, of how many
Progress = Callable[[str, int, int], None]


def import_file(
    path: Path,
    wish: Wish,
    now: datetime,
    *,
    timezone: str = TIMEZONE,
    unit: str | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Report:
    """Import one file and report. Raises Problem for what is wrong with the file as a whole, or with the wish.

    Wall-clock times are of `timezone`; `unit` (wh, kwh) holds where the file names none.
    """
    progress("read", 0, 1)
    content, raw = read_file(path, timezone, unit)
    progress("read", 1, 1)
    with session() as opened:
        placed = place(opened, content, wish, path.stem, now)
    report = _begun(path, content, placed)
    key = hashlib.sha256(raw + f"{timezone} {unit} {sorted(report.meters)}".encode()).hexdigest()
    fold_all(now)
    reads = placed.reads.with_row_index("row", 1).sort("serial", "start_s", maintain_order=True)
    done = 0
    for number, chunk in enumerate(_chunks(reads)):
        with session() as opened:
            _take(opened, chunk, f"import:{path.name}"[:80], f"{key}-{number}", now, report)
        nudge()
        done += len(chunk)
        progress("take", done, len(reads))
    fold_all(now)
    close_fresh(now, _days(reads), lambda done, total: progress("close", done, total))
    return report.ended()


def _begun(path: Path, content: Content, placed: Placed) -> Report:
    return Report(
        file=path.name,
        form=content.form,
        reads=len(placed.reads),
        connections=placed.connections,
        meters=placed.reads["serial"].drop_nulls().unique(maintain_order=True).to_list(),
        remarks=[*content.remarks, *placed.remarks],
    )


def _chunks(reads: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Parts of the sorted rows, cut only between blocks, so that repetitions meet in one batch."""
    changes = reads.select(
        (pl.struct("serial", "start_s") != pl.struct("serial", "start_s").shift()).fill_null(True)
    ).to_series()
    begins = changes.arg_true()
    begin = 0
    while begin < len(reads):
        later = begins.filter(begins >= begin + _CHUNK)
        end = int(later[0]) if len(later) else len(reads)
        yield reads[begin:end]
        begin = end


def _take(opened: Session, chunk: pl.DataFrame, source: str, key: str, now: datetime, report: Report) -> None:
    """Hand one part to intake, unless it was handed over before, and add what became of it to the report."""
    sound = chunk.select(_sound(now)).to_series()
    verdict = against_known(opened, chunk)
    verdict = verdict.zip_with(sound, pl.repeat(NEW, len(chunk), eager=True))
    known = chunk.filter(verdict == DUPLICATE)
    # Rows that differ from what was there first go in too, so that the closing keeps them in quarantine.
    fresh = chunk.filter(verdict != DUPLICATE)
    differing = fresh.with_columns(code=verdict.filter(verdict != DUPLICATE)).filter(pl.col("code") != NEW)
    differing = differing.unique(_BLOCK, keep="first", maintain_order=True)
    batch = opened.exec(select(ReadBatch).where(ReadBatch.source == source, ReadBatch.batch_key == key)).first()
    if batch is not None:
        report.reject_all(batch.answer, None)
        # A block that the file itself gives twice, differently, is among those that intake rejected then.
        differing = differing.join(known, on=_BLOCK, how="anti")
    elif len(fresh):
        door = fresh.select(name for name in _DOOR if name in fresh.columns)
        batch = take_frame(opened, door, source, key, now, allow_phase=True)
        report.reject_all(batch.answer, fresh["row"])
        report.accepted += batch.accepted - len(differing)
        report.total_wh += batch.total_wh - _energy(differing)
    report.total_wh += _energy(known.unique(_BLOCK))
    for row, serial, start_s, code in differing.select("row", "serial", "start_s", "code").iter_rows():
        report.reject(row, serial, start_s, code)
    begins = chunk.filter(sound)["start_s"]
    report.cover(begins.min(), begins.max())  # type: ignore[arg-type]


def _sound(now: datetime) -> pl.Expr:
    """Whether a row looks like a reading by itself: what is not, intake rejects, whatever was known before."""
    wh, minutes = (pl.col(name).cast(pl.Int64, strict=False) for name in ("wh", "minutes"))
    past = pl.col("start_s").is_not_null() & (pl.col("start_s") < int(now.timestamp()))
    return (past & minutes.is_in(_LENGTHS) & (wh >= 0)).fill_null(False)


def _energy(rows: pl.DataFrame) -> int:
    return int(rows["wh"].cast(pl.Int64, strict=False).sum())


def _days(reads: pl.DataFrame) -> set[date]:
    numbers = reads.select((pl.col("start_s") + IST_OFFSET_S) // DAY_S).to_series().drop_nulls().unique()
    return {_EPOCH + timedelta(days=number) for number in numbers if abs(number) < 10**6}
