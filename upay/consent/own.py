"""What a person does with their own list: add a number, name it, order it, let go of it and take that back.

Every function takes the person from the guard and finds the link by person and number: nobody reaches another's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, select

from upay.accounts import ALL_RIGHTS, NO_RIGHTS, Basis, consumer_number_of, links_changed, masked_mobile, masked_name
from upay.accounts.models import AccountLink, Person
from upay.clock import day_of
from upay.consent.limits import count_try
from upay.consent.models import LinkAsk
from upay.consent.records import withdraw_link
from upay.errors import Problem
from upay.network.models import Connection
from upay.packs import pack


class Relation(StrEnum):
    """What a person is to the owner of a connection. The owner's own word is not among them: the register knows it."""

    FAMILY = "family"
    FRIEND = "friend"
    TENANT = "tenant"
    OTHER = "other"


@dataclass(frozen=True)
class Found:
    """What anybody may know of a number they typed. mobile: masked, "" when none is registered, so nobody can be asked.

    is_own: its registered number is the person's.  is_linked: it stands on the person's list already.
    """

    number: str
    name: str
    mobile: str
    is_own: bool
    is_linked: bool


def find(session: Session, person_id: int, text: str, now: datetime) -> Found | Problem:
    """Look for the number that a person typed; every try counts, right or wrong.

    That there is none (links.unknown {number}) is returned, not raised: the try it took must be committed.
    Raises Problem: those of `consumer_number_of`, links.too_many_numbers {minutes} 429.
    """
    number = consumer_number_of(text)
    count_try(session, person_id, now)
    try:
        connection = _standing(session, number)
    except Problem as unknown:
        return unknown
    person = session.get_one(Person, person_id)
    link = _link(session, person_id, connection)
    return Found(
        number=number,
        name=masked_name(connection.consumer_name),
        mobile=masked_mobile(connection.mobile) if connection.mobile else "",
        is_own=connection.mobile == person.mobile,
        is_linked=link is not None and link.ended_at is None,
    )


def add(session: Session, person_id: int, number: str, relation: str, nickname: str, now: datetime) -> AccountLink:
    """Put a connection on a person's list: with all rights when its registered number is the person's, else pay-only.

    The number must have been found before (`find` counts). One that stands on the list keeps its rights.
    """
    connection = _standing(session, number)
    person = session.get_one(Person, person_id)
    assert connection.id is not None
    link = _link(session, person_id, connection)
    if link is not None and link.ended_at is None:
        return link
    if link is None:
        link = AccountLink(person_id=person_id, connection_id=connection.id, created_at=now)
    is_own = connection.mobile == person.mobile
    if not is_own:
        # Coming back is no way around the owner: what had been agreed ended when the person left.
        withdraw_link(session, connection.id, person_id, now)
    link.relation = "owner" if is_own else Relation(relation)
    link.basis = Basis.REGISTERED if is_own else Basis.NONE
    link.rights, link.under = (ALL_RIGHTS, person.mobile) if is_own else (NO_RIGHTS, "")
    link.nickname, link.created_at, link.ended_at = cleaned(nickname), now, None
    link.position = _last_position(session, person_id) + 1
    session.add(link)
    session.flush()
    links_changed(session)
    return link


def rename(session: Session, person_id: int, number: str, nickname: str) -> None:
    """Call a connection by another name; "" for none."""
    link = _own(session, person_id, number)
    link.nickname = cleaned(nickname)
    session.add(link)


def move(session: Session, person_id: int, number: str, places: int) -> None:
    """Move a connection up (negative) or down the list; as far as it goes."""
    links = _all(session, person_id)
    link = _own(session, person_id, number)
    here = links.index(link)
    links.insert(max(0, min(len(links) - 1, here + places)), links.pop(here))
    for position, each in enumerate(links):
        each.position = position
        session.add(each)


def make_default(session: Session, person_id: int, number: str) -> None:
    """Show a connection first, on every page."""
    move(session, person_id, number, -len(_all(session, person_id)))


def unlink(session: Session, person_id: int, number: str, now: datetime) -> None:
    """Take a connection off the list. It opens nothing from now on; for a while that may be taken back."""
    link = _own(session, person_id, number)
    link.ended_at = now
    session.add(link)
    links_changed(session)
    _forget_asks(session, link, now)


def undo_unlink(session: Session, person_id: int, number: str, now: datetime) -> None:
    """Put it back as it was, as far as its owner has not said otherwise since.

    Raises Problem: links.too_late once the time for it is over, links.not_yours 404.
    """
    link = _link(session, person_id, _standing(session, number))
    if link is None:
        raise Problem("links.too_late")
    if link.ended_at is not None:
        if link.basis == Basis.REVOKED or link.ended_at <= now - undo_time(now):
            raise Problem("links.too_late")
        link.ended_at = None
        session.add(link)
        links_changed(session)


def undo_time(now: datetime) -> timedelta:
    """How long leaving a connection can be taken back."""
    return timedelta(minutes=pack().row("links", day_of(now))["undo_minutes"])


def cleaned(nickname: str) -> str:
    """A nickname as it is kept: one line, at most 40 signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in nickname).split())[:40].strip()


def _standing(session: Session, number: str) -> Connection:
    asked = select(Connection).where(Connection.number == number, col(Connection.ended_on).is_(None))
    found = session.exec(asked).first()
    if found is None:
        raise Problem("links.unknown", {"number": number}, 404)
    return found


def _link(session: Session, person_id: int, connection: Connection) -> AccountLink | None:
    asked = select(AccountLink).where(AccountLink.person_id == person_id, AccountLink.connection_id == connection.id)
    return session.exec(asked.with_for_update()).first()


def _own(session: Session, person_id: int, number: str) -> AccountLink:
    asked = (
        select(AccountLink)
        .join(Connection, col(Connection.id) == AccountLink.connection_id)
        .where(AccountLink.person_id == person_id, Connection.number == number, col(AccountLink.ended_at).is_(None))
    )
    found = session.exec(asked).first()
    if found is None:
        raise Problem("accounts.not_yours", {"number": number}, 404)
    return found


def _all(session: Session, person_id: int) -> list[AccountLink]:
    asked = select(AccountLink).where(AccountLink.person_id == person_id, col(AccountLink.ended_at).is_(None))
    return list(session.exec(asked.order_by(col(AccountLink.position), col(AccountLink.id))))


def _last_position(session: Session, person_id: int) -> int:
    return max((link.position for link in _all(session, person_id)), default=-1)


def _forget_asks(session: Session, link: AccountLink, now: datetime) -> None:
    waiting = select(LinkAsk).where(
        LinkAsk.person_id == link.person_id,
        LinkAsk.connection_id == link.connection_id,
        col(LinkAsk.ended_at).is_(None),
    )
    for ask in session.exec(waiting):
        ask.ended_at = now
        session.add(ask)
