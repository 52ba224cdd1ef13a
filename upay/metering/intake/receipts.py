"""Receipts: what was answered to a batch, kept so that the same batch gets the same answer."""
from collections import Counter
from datetime import datetime
from typing import Any

import polars as pl
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from upay.clock import IST
from upay.errors import Problem
from upay.metering.intake.checks import Check
from upay.metering.intake.examine import Judged, rejected, unreadable
from upay.metering.intake.formats import Wire
from upay.metering.models import ReadBatch
from upay.work.upsert import insert_into

VERDICTS_SHOWN = 100
_SAME = select(ReadBatch).where(
    col(ReadBatch.source) == bindparam("source"), col(ReadBatch.batch_key) == bindparam("batch_key")
)
Answer = dict[str, Any]


def summary(wire: Wire, failed: pl.DataFrame, table: list[Check]) -> Answer:
    """What became of the rows not taken: how many per code, and the first of them in full. failed: `row`, `verdict`."""
    codes = Counter({"reads.unreadable_line": len(wire.broken)}) if wire.broken else Counter[str]()
    for verdict, count in failed["verdict"].value_counts().iter_rows():
        codes[table[verdict].code] += count
    found = [*unreadable(wire, VERDICTS_SHOWN), *rejected(wire, failed.head(VERDICTS_SHOWN), table)]
    first = sorted(found, key=lambda row: row.row)[:VERDICTS_SHOWN]
    return {
        "codes": dict(codes),
        "verdicts": [{"row": row.row, "code": row.code, "params": row.params, "meter": row.serial} for row in first],
        "ignored_columns": wire.ignored,
    }


def earlier(session: Session, source: str, batch_key: str, content_hash: str) -> ReadBatch | None:
    """The receipt of the same batch, if it was taken before. Raises Problem `reads.key_reused` (409)."""
    found = session.exec(_SAME, params={"source": source, "batch_key": batch_key}).one_or_none()
    if found is not None and found.content_hash != content_hash:
        raise Problem("reads.key_reused", {"key": batch_key}, 409)
    return found


def record(
    session: Session, source: str, batch_key: str, content_hash: str, now: datetime, path: str | None, judged: Judged
) -> ReadBatch | None:
    """Write the receipt and return it, or None when another process has just taken the same batch."""
    good = judged.good
    ends = good["start_s"] + good["minutes"].cast(pl.Int64) * 60
    receipt: dict[str, Any] = {
        "source": source,
        "batch_key": batch_key,
        "content_hash": content_hash,
        "received_at": now,
        "path": path,
        "rows": judged.wire.rows,
        "accepted": len(good),
        "rejected": judged.rejected,
        "duplicates": judged.duplicates,
        "total_wh": int(good["wh"].cast(pl.Int64).sum()),
        "first_start_s": good["start_s"].min(),
        "last_end_s": ends.max(),
        "answer": summary(judged.wire, judged.failed, judged.checks),
    }
    added = insert_into(session, ReadBatch).on_conflict_do_nothing().returning(col(ReadBatch.id))
    number = session.connection().execute(added, receipt).scalar_one_or_none()
    return None if number is None else ReadBatch(id=number, **receipt)


def answer(batch: ReadBatch, repeated: bool = False) -> Answer:
    """What the sender is told. Instants in IST; `verdicts` are the first rejected rows, `codes` counts them all."""
    return {
        "batch": batch.id,
        "repeated": repeated,
        "rows": batch.rows,
        "accepted": batch.accepted,
        "rejected": batch.rejected,
        "duplicates": batch.duplicates,
        "total_wh": batch.total_wh,
        "first_start": _shown(batch.first_start_s),
        "last_end": _shown(batch.last_end_s),
        **batch.answer,
    }


def receipt(session: Session, batch_id: int, source: str) -> ReadBatch:
    """A sender's own receipt. Raises Problem `reads.no_such_batch` (404), also for another sender's."""
    own = select(ReadBatch).where(ReadBatch.id == batch_id, ReadBatch.source == source)
    found = session.exec(own).one_or_none()
    if found is None:
        raise Problem("reads.no_such_batch", {"batch": batch_id}, 404)
    return found


def _shown(at_s: int | None) -> str | None:
    return None if at_s is None else datetime.fromtimestamp(at_s, IST).isoformat()
