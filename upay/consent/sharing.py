"""The owner's side: who is linked to one's connections, and the owner's word on what each may do.

The owner of a connection is who holds its registered mobile number; where none is registered, whom the utility's office
has enrolled as owner. Nobody else's word counts, not even that of somebody with all rights.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from upay.accounts import NO_RIGHTS, Basis, Right, links_changed, masked_mobile, rights_of
from upay.accounts.models import AccountLink, Person
from upay.consent.asking import end_asks
from upay.consent.models import Consent, Purpose
from upay.consent.records import addressee_of, give, withdraw_link
from upay.consent.telling import tell_both
from upay.errors import Problem
from upay.network.models import Connection


@dataclass(frozen=True)
class Linked:
    """Somebody on whose list a connection of the owner's stands. mobile: masked.  basis: how it came about, a Basis."""

    link_id: int
    number: str
    name: str
    mobile: str
    relation: str
    basis: str
    rights: frozenset[Right]
    since: datetime


def linked_to(session: Session, owner_id: int) -> Sequence[Linked]:
    """Everybody else who is linked to the connections that a person owns, those who may only pay among them."""
    owner = session.get_one(Person, owner_id)
    asked = (
        select(AccountLink, Connection, Person)
        .join(Connection, col(Connection.id) == AccountLink.connection_id)
        .join(Person, col(Person.id) == AccountLink.person_id)
        .where(
            col(AccountLink.connection_id).in_(_owned(session, owner)),
            AccountLink.person_id != owner_id,
            col(AccountLink.ended_at).is_(None),
        )
        .order_by(Connection.number, col(AccountLink.created_at), col(AccountLink.id))
        .limit(100)
    )
    return [
        Linked(
            link_id=link.id or 0,
            number=connection.number,
            name=person.name,
            mobile=masked_mobile(person.mobile),
            relation=link.relation,
            basis=link.basis,
            rights=rights_of(link.rights, link.basis, link.under, person.mobile, connection.mobile),
            since=link.created_at,
        )
        for link, connection, person in session.exec(asked).all()
    ]


def change_rights(session: Session, owner_id: int, link_id: int, rights: Collection[Right], now: datetime) -> None:
    """The owner's new word on what somebody linked may do; no rights leave the pay-only view that anybody has.

    Raises Problem 404 links.not_yours, alike for unknown links and other people's.
    """
    owner, link, connection = _governed(session, owner_id, link_id, now)
    word = _say(session, owner, link, connection, frozenset(rights), now)
    person = session.get_one(Person, link.person_id)
    tell_both(session, "changed", connection, person, link.rights, word, now)


def revoke(session: Session, owner_id: int, link_id: int, now: datetime) -> None:
    """Take somebody off one's connection altogether. Raises as `change_rights`."""
    owner, link, connection = _governed(session, owner_id, link_id, now)
    word = _say(session, owner, link, connection, NO_RIGHTS, now)
    link.ended_at = now
    link.basis = Basis.REVOKED
    session.add(link)
    tell_both(session, "revoked", connection, session.get_one(Person, link.person_id), NO_RIGHTS, word, now)


def undo_revoke(session: Session, owner_id: int, link_id: int, rights: Collection[Right], now: datetime) -> None:
    """The owner thinks better of it: the link stands again with these rights. Raises as `change_rights`.

    Somebody who has left by their own will is not brought back by it.
    """
    _, link, _ = _governed(session, owner_id, link_id, now)
    if link.basis != Basis.REVOKED:
        raise Problem("links.not_yours", status=404)
    link.ended_at = None
    session.add(link)
    change_rights(session, owner_id, link_id, rights, now)


def withdraw_consent(session: Session, giver_id: int, consent_id: int, now: datetime) -> None:
    """Take back one's consent to a link, and with it what it allowed.

    Where somebody else owns the connection by now, it allowed nothing any more, and only the record is ended.
    Raises Problem 404 consent.not_yours.
    """
    agreed = session.get(Consent, consent_id)
    if agreed is None or agreed.giver_id != giver_id or agreed.receiver_id is None:
        raise Problem("consent.not_yours", status=404)
    agreed.withdrawn_at = agreed.withdrawn_at or now
    session.add(agreed)
    standing = select(AccountLink).where(
        AccountLink.person_id == agreed.receiver_id, AccountLink.connection_id == agreed.connection_id
    )
    link = session.exec(standing).first()
    if link is not None and link.connection_id in set(_owned(session, session.get_one(Person, giver_id))):
        change_rights(session, giver_id, link.id or 0, (), now)


def _say(
    session: Session,
    owner: Person,
    link: AccountLink,
    connection: Connection,
    rights: frozenset[Right],
    now: datetime,
) -> str:
    """Put the owner's word where it counts, and on record; returns what makes it one of a kind."""
    withdraw_link(session, link.connection_id, link.person_id, now)
    link.rights, link.under, link.basis = rights, connection.mobile or "", Basis.OWNER
    if link.relation == "owner":
        link.relation = "other"
    session.add(link)
    links_changed(session)
    if not rights:
        return f"{link.id}-{int(now.timestamp() * 1000)}"
    given = give(
        session,
        Purpose.LINK,
        addressee_of(owner),
        "signed_in",
        now,
        connection_id=link.connection_id,
        receiver_id=link.person_id,
        rights=rights,
    )
    return str(given.id)


def _governed(
    session: Session, owner_id: int, link_id: int, now: datetime
) -> tuple[Person, AccountLink, Connection]:
    """The owner, the link and its connection, if it is the owner's to decide on. Ends what is asked meanwhile."""
    owner = session.get_one(Person, owner_id)
    link = session.get(AccountLink, link_id)
    if link is None or link.person_id == owner_id or link.connection_id not in set(_owned(session, owner)):
        raise Problem("links.not_yours", status=404)
    end_asks(session, link.person_id, link.connection_id, now)
    session.refresh(link, with_for_update=True)
    return owner, link, session.get_one(Connection, link.connection_id)


def _owned(session: Session, owner: Person) -> Sequence[int]:
    """The connections on which a person's word counts."""
    registered = select(Connection.id).where(Connection.mobile == owner.mobile, col(Connection.ended_on).is_(None))
    enrolled = (
        select(Connection.id)
        .join(AccountLink, col(AccountLink.connection_id) == Connection.id)
        .where(
            AccountLink.person_id == owner.id,
            AccountLink.relation == "owner",
            AccountLink.basis == Basis.OFFICE,
            AccountLink.under == "",
            col(AccountLink.ended_at).is_(None),
            col(Connection.mobile).is_(None),
            col(Connection.ended_on).is_(None),
        )
    )
    return [number for asked in (registered, enrolled) for number in session.exec(asked) if number is not None]
