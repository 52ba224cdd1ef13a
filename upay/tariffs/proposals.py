"""Changing a rate: one person proposes a new dated row, another decides on it, and nothing is edited in place."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from upay.accounts import record
from upay.errors import Problem
from upay.tariffs.book import Book
from upay.tariffs.models import TariffDecision, TariffProposal
from upay.tariffs.schedule import Schedule
from upay.tariffs.standing import approved_rows, book, row_of, with_rows

_MOST_TEXT = 20_000


@dataclass(frozen=True)
class Considered:
    """A proposal and what was decided; decision is None while it waits."""

    proposal: TariffProposal
    decision: TariffDecision | None


def propose(
    db: Session, tariff_id: str, topic: str, row: str, reason: str, person_id: int, where: str, now: datetime
) -> TariffProposal:
    """Propose a row (its table as JSON, in the words of the packs). Nothing changes until somebody else approves.

    Raises Problem: with the schema's own codes where the row cannot stand, tariff.no_reason, tariff.as_it_is.
    """
    if not reason.strip():
        raise Problem("tariff.no_reason")
    since = _checked(db, tariff_id, topic, row)
    proposal = TariffProposal(
        tariff_id=tariff_id,
        topic=topic,
        since=since,
        row=row,
        reason=reason.strip(),
        proposed_by=person_id,
        proposed_at=now,
    )
    db.add(proposal)
    db.flush()
    record(
        db, actor=person_id, what="tariff.proposed", about=_named(proposal), why=proposal.reason, where=where, now=now
    )
    return proposal


def decide(
    db: Session, proposal_id: int, approved: bool, reason: str, person_id: int, where: str, now: datetime
) -> TariffDecision:
    """Approve or reject a proposal. An approved row holds from its day on; bills made before keep their version.

    Raises Problem: tariff.no_proposal (404), tariff.own_proposal (403), tariff.decided (409), tariff.no_reason where a
    rejection gives none, and the schema's codes where the row can no longer stand.
    """
    proposal = db.get(TariffProposal, proposal_id)
    if proposal is None:
        raise Problem("tariff.no_proposal", {"number": proposal_id}, 404)
    if proposal.proposed_by == person_id:
        raise Problem("tariff.own_proposal", {}, 403)
    if db.get(TariffDecision, proposal_id) is not None:
        raise Problem("tariff.decided", {"number": proposal_id}, 409)
    if not approved and not reason.strip():
        raise Problem("tariff.no_reason")
    if approved:
        _checked(db, proposal.tariff_id, proposal.topic, proposal.row)
    decision = TariffDecision(
        proposal_id=proposal_id,
        proposed_by=proposal.proposed_by,
        decided_by=person_id,
        approved=approved,
        reason=reason.strip(),
        decided_at=now,
    )
    db.add(decision)
    db.flush()
    what = "tariff.approved" if approved else "tariff.rejected"
    record(db, actor=person_id, what=what, about=_named(proposal), why=decision.reason, where=where, now=now)
    return decision


def considered(db: Session, most: int = 100) -> Sequence[Considered]:
    """Proposals, newest first, those that wait before all others."""
    query = (
        select(TariffProposal, TariffDecision)
        .join(TariffDecision, col(TariffDecision.proposal_id) == col(TariffProposal.id), isouter=True)
        .order_by(col(TariffDecision.proposal_id).is_not(None), col(TariffProposal.id).desc())
        .limit(most)
    )
    return [Considered(proposal, decision) for proposal, decision in db.exec(query)]


def proposed_book(db: Session, tariff_id: str, topic: str, row: str) -> Book:
    """The book as it would stand with this row. Raises Problem where the row cannot stand."""
    if len(row) > _MOST_TEXT:
        raise Problem("tariff.bad_row", {"reason": f"> {_MOST_TEXT}"})
    book(db).tariff(tariff_id)
    return with_rows((*approved_rows(db), (tariff_id, topic, row)))


def proposed_schedules(db: Session, tariff_id: str, topic: str, row: str) -> dict[str, Schedule]:
    """By tariff, the schedules that a row makes on its first day: its own, and of those that lean on this tariff."""
    found, since = proposed_book(db, tariff_id, topic, row), row_of(topic, row).source.since
    leaning = {
        tariff.id
        for tariff in found.tariffs.values()
        if any(each.part.tariff == tariff_id for each in tariff.rows.get("otherwise", ()))
    }
    return {each: found.schedule(each, since) for each in sorted({tariff_id, *leaning})}


def _checked(db: Session, tariff_id: str, topic: str, row: str) -> date:
    """The day from which the row holds, once it is sure that it can stand and changes something."""
    found = proposed_book(db, tariff_id, topic, row)
    since = row_of(topic, row).source.since
    if found.tariff(tariff_id).rows == book(db).tariff(tariff_id).rows:
        raise Problem("tariff.as_it_is")
    return since


def _named(proposal: TariffProposal) -> str:
    return f"{proposal.tariff_id} {proposal.topic} {proposal.since.isoformat()} #{proposal.id}"
