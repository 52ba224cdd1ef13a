"""What a person decides: exceptions approved, corrected or held; bills reversed, and made anew. All of it audited.

A decision is one transaction, the bill that follows from it another, made by the code that bills a million. An
exception that was decided and not billed yet (the process died between the two) is billed by its cycle's next run.
"""
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from upay.accounts import record
from upay.billing.checks import HARD
from upay.billing.cycle import Asked, bill_some
from upay.billing.models import Bill, BillException, BillReversal, ExceptionState
from upay.billing.numbers import bill_id, number_of
from upay.billing.records import previous_bill
from upay.db import session
from upay.errors import Problem
from upay.ledger import LedgerEntry, reverse
from upay.network.models import Connection, Dtr, Feeder, Substation

_LONGEST_REASON = 400
_MOST_UNITS_WH = 10**9


@dataclass(frozen=True)
class By:
    """Who decides: the person (None: a command on the machine itself), from where, and in which zones (None: all)."""

    person_id: int | None
    where: str = ""
    zone_ids: Collection[int] | None = None


def seen(db: Session, exception_id: int, by: By, now: datetime) -> BillException:
    """One exception, looked at by a person: of a zone that is theirs to see, and audited.

    Raises Problem 404 billing.no_such_exception, the same for another zone's and for none.
    """
    found = db.get(BillException, exception_id)
    if found is None or (by.zone_ids is not None and found.zone_id not in by.zone_ids):
        raise Problem("billing.no_such_exception", {}, 404)
    record(
        db, actor=by.person_id, what="billing.audit_seen", about=number_of(found.id),
        connection_id=found.connection_id, where=by.where, now=now,
    )  # fmt: skip
    return found


def approve(db: Session, ids: Sequence[int], reason: str, by: By, now: datetime) -> list[int]:
    """Let bills be made as they are. Returns the ids of the exceptions decided; what is decided already is left out.

    Raises Problem billing.cannot_approve where there is nothing that could be billed, and those of `_open`.
    """
    decided: list[int] = []
    for each in _open(db, ids, by):
        if each.code in HARD:
            raise Problem("billing.cannot_approve", {"number": number_of(each.id)}, 409)
        _decide(db, each, ExceptionState.APPROVED, reason, by, now)
        decided.append(each.id)
    return decided


def correct(db: Session, exception_id: int, units_wh: int, reason: str, by: By, now: datetime) -> list[int]:
    """Bill these units instead. Raises Problem billing.reason_needed, billing.bad_units, and those of `_open`."""
    if not reason.strip():
        raise Problem("billing.reason_needed")
    if not 0 <= units_wh <= _MOST_UNITS_WH:
        raise Problem("billing.bad_units")
    for each in (found := _open(db, [exception_id], by)):
        each.corrected_wh = units_wh
        _decide(db, each, ExceptionState.CORRECTED, reason, by, now)
    return [each.id for each in found]


def hold(db: Session, ids: Sequence[int], reason: str, by: By, now: datetime) -> None:
    """Set exceptions aside, with the reason that stands beside them. Raises Problem billing.reason_needed."""
    if not reason.strip():
        raise Problem("billing.reason_needed")
    for each in _open(db, ids, by):
        _decide(db, each, ExceptionState.HELD, reason, by, now)


def bill_decided(ids: Sequence[int], now: datetime, as_scheduled: bool = False, person_id: int | None = None) -> int:
    """Make the bills of exceptions that were approved or corrected. Returns how many connections were dealt with."""
    with session() as db:
        found = db.exec(select(BillException).where(col(BillException.id).in_(ids))).all()
        wanted: dict[tuple[date, int], list[int]] = {}
        for each in found:
            wanted.setdefault((each.cycle, each.zone_id), []).append(each.connection_id)
    for (cycle, zone_id), connections in sorted(wanted.items()):
        bill_some(cycle, zone_id, sorted(connections), now, Asked(False, as_scheduled, person_id))
    return sum(len(each) for each in wanted.values())


def reverse_bill(
    db: Session, bill: Bill, reason: str, by: By, now: datetime, corrected_wh: int | None = None
) -> None:
    """Let a bill count no more: the ledger's entry is taken back. `make_anew` makes the one in its place.

    corrected_wh: what the new one is to bill; None: what the readings say today. Raises Problem billing.reason_needed,
    billing.reversed_already, billing.later_bill when a bill that builds on it stands.
    """
    if not reason.strip():
        raise Problem("billing.reason_needed")
    if db.get(BillReversal, bill.id) is not None:
        raise Problem("billing.reversed_already", {"number": bill.number}, 409)
    later = db.exec(
        select(Bill)
        .where(Bill.connection_id == bill.connection_id, col(Bill.cycle) > bill.cycle)
        .where(col(Bill.id).not_in(select(BillReversal.bill_id)))
    ).first()
    if later is not None:
        raise Problem("billing.later_bill", {"number": later.number}, 409)
    db.add(BillReversal(bill_id=bill.id, at=now, person_id=by.person_id, reason=reason[:_LONGEST_REASON]))
    entry = db.exec(select(LedgerEntry).where(LedgerEntry.key == f"bill:{bill.number}")).first()
    if entry is not None and entry.id is not None:  # a bill of nothing has no entry
        reverse(db, entry.id, f"bill:{bill.number}:reversal", now)
    _expect(db, bill, corrected_wh, reason, by, now)
    record(
        db, actor=by.person_id, what="billing.audit_reversed", about=bill.number, connection_id=bill.connection_id,
        why=reason[:_LONGEST_REASON], where=by.where, now=now,
    )  # fmt: skip


def make_anew(bill: Bill, now: datetime, person_id: int | None = None) -> None:
    """Make the bill that takes a reversed one's place; it names the old one."""
    with session() as db:
        zone_id = zone_of(db, bill.connection_id)
    bill_some(bill.cycle, zone_id, [bill.connection_id], now, Asked(person_id=person_id))


def zone_of(db: Session, connection_id: int) -> int:
    """The zone a connection belongs to."""
    return db.exec(
        select(Substation.zone_id)
        .join(Feeder, col(Feeder.substation_id) == col(Substation.id))
        .join(Dtr, col(Dtr.feeder_id) == col(Feeder.id))
        .join(Connection, col(Connection.dtr_id) == col(Dtr.id))
        .where(Connection.id == connection_id)
    ).one()


def _expect(db: Session, bill: Bill, corrected_wh: int | None, reason: str, by: By, now: datetime) -> None:
    """Say beforehand what the new bill shall be: a person asked for it, so no check holds it up."""
    identity = bill_id(bill.cycle, bill.connection_id)
    state = ExceptionState.APPROVED if corrected_wh is None else ExceptionState.CORRECTED
    standing = db.get(BillException, identity)
    made = standing or BillException(
        id=identity, connection_id=bill.connection_id, zone_id=zone_of(db, bill.connection_id), run_id=bill.run_id,
        cycle=bill.cycle, code="reversed", units_wh=bill.units_wh, found_at=now,
    )  # fmt: skip
    before = previous_bill(db, bill)
    made.reference_wh = None if before is None else before.units_wh
    made.corrected_wh = corrected_wh
    _settle(made, state, reason, by, now)
    db.add(made)


def _open(db: Session, ids: Sequence[int], by: By) -> list[BillException]:
    """The exceptions that wait, of zones that are theirs to decide. Raises Problem 404 billing.no_such_exception."""
    found = db.exec(select(BillException).where(col(BillException.id).in_(ids))).all()
    mine = [each for each in found if by.zone_ids is None or each.zone_id in by.zone_ids]
    if len(mine) < len(set(ids)):
        raise Problem("billing.no_such_exception", {}, 404)
    return [each for each in mine if each.state in (ExceptionState.OPEN, ExceptionState.HELD)]


def _decide(db: Session, each: BillException, state: ExceptionState, reason: str, by: By, now: datetime) -> None:
    _settle(each, state, reason, by, now)
    db.add(each)
    record(
        db, actor=by.person_id, what=f"billing.audit_{state}", about=number_of(each.id),
        connection_id=each.connection_id, why=reason[:_LONGEST_REASON], where=by.where, now=now,
    )  # fmt: skip


def _settle(each: BillException, state: ExceptionState, reason: str, by: By, now: datetime) -> None:
    each.state, each.reason = state, reason.strip()[:_LONGEST_REASON]
    each.person_id, each.settled_at = by.person_id, now
