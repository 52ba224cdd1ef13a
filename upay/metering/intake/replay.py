"""Quarantined readings at the door again, once what was wrong has been mended."""
import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, select

from upay.metering.intake import checks, keys, landing, quarantine, receipts
from upay.metering.intake.events import replay_events
from upay.metering.intake.examine import Rejected, judge
from upay.metering.intake.sheet import as_wire
from upay.metering.models import Quarantine
from upay.network import registry

MOST = 50_000  # rows of one source that one replay takes


def replay(
    session: Session, now: datetime, ids: Iterable[int] | None = None, code: str | None = None
) -> dict[str, int]:
    """Try waiting rows again, chosen by id or by code, else all; up to `MOST` a source and door.

    The reads that pass become a batch `replay:SOURCE`; what passes is settled, the rest waits on under the reason it
    now fails for. A head-end's rows are held to the zones its keys have today. Returns how many were `tried` and how
    many `settled`.
    The caller commits, then calls `tail.nudge`.
    """
    chosen = sorted(set(ids)) if ids is not None else None
    tried = settled = 0
    kinds = select(Quarantine.source, Quarantine.door).where(col(Quarantine.settled_at).is_(None)).distinct()
    for source, door in sorted(session.exec(kinds).all()):
        waiting = quarantine.held(session, source=source, door=door, code=code, ids=chosen, limit=MOST)
        rows = [row for row in waiting if row.code != "reads.unreadable_line"]  # nothing to read was ever sent
        if not rows:
            continue
        zones = keys.zones_now(session, source)
        take = replay_events if door == "events" else _reads
        failing = take(session, rows, zones, now)
        numbers = [row.id or 0 for row in rows]
        passed = [number for place, number in enumerate(numbers, 1) if place not in failing]
        quarantine.settle(session, passed, now)
        quarantine.restate(session, ((numbers[place - 1], reason) for place, reason in failing.items()))
        tried += len(rows)
        settled += len(passed)
    return {"tried": tried, "settled": settled}


def _reads(
    session: Session, rows: list[Quarantine], zone_ids: list[int] | None, now: datetime
) -> dict[int, Rejected]:
    """Take quarantined reads as a batch. Returns the ones that still fail, by their place in `rows`, from 1."""
    source = rows[0].source
    wire = as_wire([row.raw for row in rows], checks.COLUMNS)
    from_head_end = source.startswith(keys.source_of(""))
    judged = judge(wire, registry(), now, zone_ids, allow_phase=not from_head_end)
    if len(judged.good):
        content = hashlib.sha256(repr([row.id for row in rows]).encode()).hexdigest()
        path = landing.put(judged.good, now)
        if receipts.record(session, f"replay:{source}", content, content, now, path, judged) is None:
            landing.discard(path)  # the very same rows have just been replayed elsewhere
    return {row.row: row for row in judged.reasons()}
