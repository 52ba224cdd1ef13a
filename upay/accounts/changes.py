"""Another mobile number for the same person, and the way back in for who has lost a second factor."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from upay.accounts.audit import record
from upay.accounts.credentials.authenticator import remove_authenticator
from upay.accounts.credentials.passkeys import remove_passkeys
from upay.accounts.models import AccountLink, Person
from upay.accounts.sessions import end_sessions
from upay.errors import Problem
from upay.network.models import Connection


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


def forget_second_factor(session: Session, mobile: str, why: str, now: datetime) -> Person:
    """Take a person's authenticator app, recovery codes and passkeys away and sign them out everywhere.

    For the command line: whoever asks must have shown in person who they are; `why` says how. Raises Problem 404
    security.nobody {mobile}.
    """
    person = session.exec(select(Person).where(Person.mobile == mobile)).first()
    if person is None or person.id is None:
        raise Problem("security.nobody", {"mobile": mobile}, 404)
    remove_authenticator(session, person.id)
    remove_passkeys(session, person.id)
    end_sessions(session, person.id, now)
    record(session, actor=None, what="security.second_factor_reset", about=str(person.id), why=why, now=now)
    return person
