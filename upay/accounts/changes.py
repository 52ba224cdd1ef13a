"""Another mobile number for the same person, and the way back in for who has lost a second factor."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from upay.accounts.audit import record
from upay.accounts.credentials.authenticator import begin_authenticator, has_authenticator, remove_authenticator
from upay.accounts.credentials.passkeys import remove_passkeys
from upay.accounts.credentials.tables import Authenticator
from upay.accounts.models import AccountLink, Person
from upay.accounts.sessions import end_sessions
from upay.errors import Problem
from upay.network.models import Connection
from upay.settings import settings


def change_mobile(session: Session, person_id: int, mobile: str, where: str, now: datetime) -> str:
    """Know a person by another number from now on; both have been proved. Returns the number that was.

    Connections registered under the old number follow: whoever is given that number next must not find them.
    Raises Problem 409 security.mobile_taken when somebody else is known by the new one.
    """
    person = session.get_one(Person, person_id)
    before = person.mobile
    if session.exec(select(Person.id).where(Person.mobile == mobile, Person.id != person_id)).first() is not None:
        raise Problem("security.mobile_taken", status=409)
    try:
        with session.begin_nested():
            person.mobile = mobile
            session.add(person)
    except IntegrityError as taken:
        raise Problem("security.mobile_taken", status=409) from taken
    session.exec(update(Connection).where(col(Connection.mobile) == before).values(mobile=mobile))
    # What their owner allowed stands: it is the same owner.
    session.exec(update(AccountLink).where(col(AccountLink.under) == before).values(under=mobile))
    record(session, actor=person_id, what="security.mobile_changed", about=str(person_id), where=where, now=now)
    return before


def begin_demo_authenticator(session: Session, mobile: str, now: datetime) -> None:
    """Give a person an app in force whose code the demonstration's inbox shows; one that stands is left alone.

    Raises Problem security.demo_only where the demonstration is not on, 404 security.nobody {mobile}.
    """
    if not settings().demo:
        raise Problem("security.demo_only")
    person_id = _known(session, mobile).id
    assert person_id is not None
    if not has_authenticator(session, person_id):
        begin_authenticator(session, person_id, now, shown=True)
        session.flush()
        session.exec(update(Authenticator).where(col(Authenticator.person_id) == person_id).values(confirmed_at=now))


def forget_second_factor(session: Session, mobile: str, why: str, now: datetime) -> Person:
    """Take a person's authenticator app, recovery codes and passkeys away and sign them out everywhere.

    For the command line: whoever asks must have shown in person who they are; `why` says how. Raises Problem 404
    security.nobody {mobile}.
    """
    person = _known(session, mobile)
    assert person.id is not None
    remove_authenticator(session, person.id)
    remove_passkeys(session, person.id)
    end_sessions(session, person.id, now)
    record(session, actor=None, what="security.second_factor_reset", about=str(person.id), why=why, now=now)
    return person


def _known(session: Session, mobile: str) -> Person:
    person = session.exec(select(Person).where(Person.mobile == mobile)).first()
    if person is None:
        raise Problem("security.nobody", {"mobile": mobile}, 404)
    return person
