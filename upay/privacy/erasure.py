"""Erasing an account: asked for with a fresh code, undone for a week, then done once by a job, all or nothing.

What goes and what stays is `holdings.HOLDINGS`. The person's row stays, without name, number or address, so that what a
law makes the utility keep still hangs together; the mobile number is free, and who signs in with it is somebody new.
The utility's register of consumers (name and number on a connection, bills, ledger) is not the account, and stays.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, update
from sqlmodel import Session, col, select

from upay.accounts import record
from upay.accounts.models import OneTimeCode, Person, SignInSession, StaffRole
from upay.clock import day_of
from upay.consent import addressee_of, change_rights, linked_to
from upay.consent.models import Consent
from upay.errors import Problem
from upay.notices import tell
from upay.notices.models import Message
from upay.packs import pack
from upay.privacy.holdings import HOLDINGS, Fate, Holding
from upay.privacy.models import DataExport, Erasure
from upay.settings import settings


@dataclass(frozen=True)
class Terms:
    """What the page says before anybody asks. days: until it is done; security_days, books_years: what stays longer."""

    cooling_days: int
    security_days: int
    books_years: int


def terms(now: datetime) -> Terms:
    """The pack's terms in force."""
    row = pack().row("privacy", day_of(now))
    return Terms(row["cooling_days"], row["security_days"], row["books_years"])


def ask_erasure(session: Session, person_id: int, now: datetime) -> Erasure:
    """Begin the week after which a person is erased; one that runs already is meant. The code has been checked before.

    Raises Problem privacy.is_staff: who works here is first let go by an administrator.
    """
    if (running := pending_erasure(session, person_id)) is not None:
        return running
    employed = select(StaffRole.id).where(
        StaffRole.person_id == person_id, or_(col(StaffRole.until).is_(None), col(StaffRole.until) > now)
    )
    if session.exec(employed).first() is not None:
        raise Problem("privacy.is_staff")
    made = Erasure(person_id=person_id, asked_at=now, due_at=now + timedelta(days=terms(now).cooling_days))
    session.add(made)
    session.flush()
    person = session.get_one(Person, person_id)
    tell(
        session,
        to=addressee_of(person),
        kind="security",
        key=f"erasure:{made.id}",
        template="privacy.erasure_message",
        params={"day": day_of(made.due_at).isoformat()},
        now=now,
    )
    record(session, actor=person_id, what="privacy.erasure_asked", about=str(made.id), now=now)
    return made


def pending_erasure(session: Session, person_id: int) -> Erasure | None:
    """The erasure that a person has asked for and that can still be undone."""
    open_ones = select(Erasure).where(
        Erasure.person_id == person_id, col(Erasure.undone_at).is_(None), col(Erasure.done_at).is_(None)
    )
    return session.exec(open_ones).first()


def undo_erasure(session: Session, person_id: int, now: datetime) -> None:
    """Keep the account. Twice, or when none is asked for, changes nothing."""
    mine = update(Erasure).where(
        col(Erasure.person_id) == person_id, col(Erasure.undone_at).is_(None), col(Erasure.done_at).is_(None)
    )
    if session.exec(mine.values(undone_at=now)).rowcount:
        record(session, actor=person_id, what="privacy.erasure_undone", now=now)


def due_erasures(session: Session, now: datetime) -> Sequence[int]:
    """The erasures whose week is over."""
    due = select(Erasure.id).where(
        Erasure.due_at <= now, col(Erasure.undone_at).is_(None), col(Erasure.done_at).is_(None)
    )
    return [number for number in session.exec(due.order_by(col(Erasure.id))) if number is not None]


def erase(session: Session, erasure_id: int, now: datetime) -> bool:
    """Erase, in one transaction: killed, nothing has happened; again, nothing happens. False: there is none to do."""
    due = update(Erasure).where(
        col(Erasure.id) == erasure_id,
        col(Erasure.due_at) <= now,
        col(Erasure.undone_at).is_(None),
        col(Erasure.done_at).is_(None),
    )
    if session.exec(due.values(done_at=now)).rowcount != 1:
        return False
    erasure = session.get_one(Erasure, erasure_id, populate_existing=True)
    person = session.get_one(Person, erasure.person_id)
    assert person.id is not None
    for linked in linked_to(session, person.id):
        # What others were allowed was allowed by who is gone.
        if linked.rights:
            change_rights(session, person.id, linked.link_id, (), now)
    for export in session.exec(select(DataExport).where(DataExport.person_id == person.id)):
        if export.file:
            (settings().exports / export.file).unlink(missing_ok=True)
    _forget_messages(session, [each for each in (person.mobile, person.email) if each])
    session.exec(delete(OneTimeCode).where(col(OneTimeCode.mobile) == person.mobile))
    sessions = update(SignInSession).where(col(SignInSession.person_id) == person.id)
    session.exec(sessions.where(col(SignInSession.ended_at).is_(None)).values(ended_at=now))
    mine = or_(col(Consent.giver_id) == person.id, col(Consent.receiver_id) == person.id)
    session.exec(update(Consent).where(mine, col(Consent.withdrawn_at).is_(None)).values(withdrawn_at=now))
    for holding in HOLDINGS:
        _end(session, holding, person.id)
    person.mobile, person.name, person.email, person.email_verified_at = f"x{person.id}", "", "", None
    session.add(person)
    record(session, actor=None, what="privacy.erasure_done", about=str(erasure_id), now=now)
    return True


def forget_aged(session: Session, now: datetime) -> int:
    """Remove what of erased people was kept for a while and is due: the records of their sign-ins."""
    over = select(Erasure.person_id).where(
        col(Erasure.done_at) <= now - timedelta(days=terms(now).security_days)
    )
    gone = 0
    for holding in HOLDINGS:
        if holding.fate is Fate.AGED:
            rows = holding.rows
            gone += session.connection().execute(rows.delete().where(rows.c[holding.column].in_(over))).rowcount
    return gone


def _end(session: Session, holding: Holding, person_id: int) -> None:
    rows = holding.rows
    mine = rows.c[holding.column] == person_id
    if holding.fate is Fate.REMOVED:
        session.connection().execute(rows.delete().where(mine))
    elif holding.blanked:
        session.connection().execute(rows.update().where(mine).values(dict.fromkeys(holding.blanked, "")))


def _forget_messages(session: Session, addresses: Collection[str]) -> None:
    """That a message went out stays, to whom and what it said goes."""
    theirs = update(Message).where(col(Message.to).in_(addresses))
    session.exec(theirs.values(to="", text="", subject="", params={}))
