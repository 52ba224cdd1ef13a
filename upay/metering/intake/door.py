"""The door for readings: one batch in, one answer out; what the answer counts as accepted is on disk.

The order is what makes it safe: first the landing file is durable, then receipt and rejected rows commit together. A
crash before the commit leaves at most a file that nothing names.
"""
import hashlib
from datetime import datetime

import polars as pl
from sqlmodel import Session

from upay.errors import Problem
from upay.metering.intake import checks, landing, quarantine, receipts
from upay.metering.intake.examine import judge
from upay.metering.intake.formats import Columns, Wire, decode
from upay.metering.intake.receipts import Answer
from upay.metering.intake.unpack import unpack
from upay.metering.models import ReadBatch
from upay.network import registry
from upay.settings import settings

KEY_LENGTH = 100


def take_reads(
    session: Session,
    body: bytes,
    content_type: str | None,
    encoding: str | None,
    source: str,
    key: str | None,
    now: datetime,
    zone_ids: list[int] | None = None,
) -> Answer:
    """Take a batch as it came over the wire, and say what became of every row.

    key: the sender's Idempotency-Key; without one the content's hash stands for the batch. The same batch again gets
    the first answer, marked `repeated`. zone_ids: the zones the sender may report, None for all.
    Raises Problem for what is wrong with the batch as a whole (codes: `unpack`, `decode`, `receipts.earlier`).
    """
    limits = settings()
    content = unpack(body, encoding, limits.max_batch_bytes)
    content_hash = hashlib.sha256(content).hexdigest()
    batch_key = _checked(key) or content_hash
    before = receipts.earlier(session, source, batch_key, content_hash)
    if before is not None:
        return receipts.answer(before, repeated=True)
    wire = decode(content, content_type, checks.COLUMNS, limits.max_batch_bytes, limits.max_batch_rows)
    batch, repeated = _take(session, wire, source, batch_key, content_hash, now, zone_ids, allow_phase=False)
    return receipts.answer(batch, repeated)


def open_batch(body: bytes, content_type: str | None, encoding: str | None, columns: Columns) -> Wire:
    """The rows of a body as it came over the wire. Raises Problem as `unpack` and `decode` do."""
    limits = settings()
    content = unpack(body, encoding, limits.max_batch_bytes)
    return decode(content, content_type, columns, limits.max_batch_bytes, limits.max_batch_rows)


def take_frame(
    session: Session,
    frame: pl.DataFrame,
    source: str,
    batch_key: str,
    now: datetime,
    allow_phase: bool = False,
    zone_ids: list[int] | None = None,
) -> ReadBatch:
    """Take reads that are in columns already: those of `SCHEMA`, with `serial` (String) in place of `meter_id`.

    Columns may be left out but for serial, start_s and wh. Rows are checked like any others and the rejected ones kept
    in quarantine. batch_key: names the batch within its source; a second time it changes nothing and returns the first
    receipt. allow_phase: blocks need not begin on the IST grid, only on whole minutes.
    The caller commits, then calls `tail.nudge`.
    """
    before = receipts.earlier(session, source, batch_key, batch_key[:64])
    if before is not None:
        return before
    wire = Wire(frame.rename({"serial": "meter"}).with_row_index("row", 1))
    return _take(session, wire, source, batch_key, batch_key[:64], now, zone_ids, allow_phase)[0]


def _take(
    session: Session,
    wire: Wire,
    source: str,
    batch_key: str,
    content_hash: str,
    now: datetime,
    zone_ids: list[int] | None,
    allow_phase: bool,
) -> tuple[ReadBatch, bool]:
    judged = judge(wire, registry(), now, zone_ids, allow_phase)
    path = landing.put(judged.good, now) if len(judged.good) else None
    batch = receipts.record(session, source, batch_key, content_hash, now, path, judged)
    if batch is not None:
        quarantine.keep(session, "reads", source, now, judged.reasons(), batch.id)
        return batch, False
    if path:
        landing.discard(path)
    first = receipts.earlier(session, source, batch_key, content_hash)
    assert first is not None
    return first, True


def _checked(key: str | None) -> str | None:
    if key is not None and not (0 < len(key) <= KEY_LENGTH and key.isprintable()):
        raise Problem("reads.bad_idempotency_key", {"limit": KEY_LENGTH})
    return key
