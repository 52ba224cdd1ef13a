"""People, and the connections they look after."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy
from sqlalchemy import case, func, literal, type_coerce
from sqlmodel import Session, col, select

from upay.accounts.masks import masked_name
from upay.accounts.models import AccountLink, Person
from upay.accounts.permissions import Right
from upay.accounts.rights import ALL_RIGHTS, GRANTED, NO_RIGHTS, Basis, RightsText, is_pay_only
from upay.errors import Problem
from upay.network import meters_standing_at
from upay.network.models import Connection
from upay.work import bump
from upay.work.models import Counter

_VERSION = "links"


@dataclass(frozen=True)
class LinkedConnection:
    """A connection as its person's pages list it. nickname: "" when the person gave none.

    rights: what the person may do with it; to be asked before anything of it is shown or changed.
    consumer_name: masked while the link is pay-only.
    meter_ids: the meters whose readings are news of it: those that stand there, or the last that stood there.
    """

    id: int
    number: str
    nickname: str
    consumer_name: str
    relation: str
    rights: frozenset[Right]
    has_solar: bool
    meter_ids: tuple[int, ...]


_IS_OWN = col(Person.mobile) == col(Connection.mobile)
_GRANTED = col(AccountLink.basis).in_(GRANTED) & (col(AccountLink.under) == func.coalesce(Connection.mobile, ""))

# The law of links (`rights.rights_of`), asked of the register at every event: a right ends the moment the registered
# number or the owner's word changes, whoever changed it. Built once.
_LINKED = (
    sqlalchemy.select(
        col(AccountLink.person_id),
        col(AccountLink.connection_id),
        col(Connection.number),
        col(AccountLink.nickname),
        col(Connection.consumer_name),
        case((_IS_OWN, "owner"), else_=col(AccountLink.relation)),
        type_coerce(
            case((_IS_OWN, literal(ALL_RIGHTS, RightsText)), (_GRANTED, col(AccountLink.rights)), else_=""), RightsText
        ),
        col(Connection.has_solar),
    )
    .join(Connection, col(Connection.id) == AccountLink.connection_id)
    .join(Person, col(Person.id) == AccountLink.person_id)
    .where(
        col(AccountLink.person_id).in_(sqlalchemy.bindparam("people", expanding=True)),
        col(AccountLink.ended_at).is_(None),
    )
    .order_by(col(AccountLink.position), col(AccountLink.id))
)


def person_with(session: Session, mobile: str, language: str, now: datetime) -> Person:
    """The person known by a mobile number (E.164), who is made known when new.

    Connections that the utility has registered under this number are the person's own from then on.
    """
    person = session.exec(select(Person).where(Person.mobile == mobile)).first()
    if person is None:
        person = Person(mobile=mobile, language=language, created_at=now)
        session.add(person)
        session.flush()
    assert person.id is not None
    registered = select(Connection.id).where(Connection.mobile == mobile, col(Connection.ended_on).is_(None))
    for connection_id in session.exec(registered.order_by(col(Connection.id))).all():
        assert connection_id is not None
        link(session, person.id, connection_id, now, basis=Basis.REGISTERED)
    return person


def link(
    session: Session,
    person_id: int,
    connection_id: int,
    now: datetime,
    relation: str = "owner",
    rights: Collection[Right] = NO_RIGHTS,
    basis: Basis = Basis.OFFICE,
) -> AccountLink:
    """Let a person look after a connection by the register's or the utility's word. One that stands is left as it is.

    An owner holds all rights. The word of the connection's owner goes through `upay.consent`.
    """
    standing = session.exec(
        select(AccountLink).where(AccountLink.person_id == person_id, AccountLink.connection_id == connection_id)
    ).first()
    if standing is not None:
        return standing
    positions = select(AccountLink.position).where(AccountLink.person_id == person_id)
    last = session.exec(positions.order_by(col(AccountLink.position).desc()).limit(1)).first()
    connection = session.get_one(Connection, connection_id)
    made = AccountLink(
        person_id=person_id,
        connection_id=connection_id,
        relation=relation,
        rights=ALL_RIGHTS if relation == "owner" else frozenset(rights),
        under=connection.mobile or "",
        basis=basis,
        position=0 if last is None else last + 1,
        created_at=now,
    )
    session.add(made)
    session.flush()
    return made


def connections_of(session: Session, person_id: int) -> list[LinkedConnection]:
    """The connections a person looks after, in the person's own order."""
    return connections_of_each(session, [person_id])[person_id]


def connections_of_each(session: Session, person_ids: Collection[int]) -> dict[int, list[LinkedConnection]]:
    """The connections of several people at once, by person; nobody is left out."""
    links: Sequence[Any] = session.connection().execute(_LINKED, {"people": list(person_ids)}).all()
    meters = meters_standing_at(session, {link.connection_id for link in links})
    found: dict[int, list[LinkedConnection]] = {person_id: [] for person_id in person_ids}
    for person_id, connection_id, number, nickname, name, relation, rights, has_solar in links:
        standing = meters.get(connection_id, ())
        name = masked_name(name) if is_pay_only(rights) else name
        found[person_id].append(
            LinkedConnection(connection_id, number, nickname, name, relation, rights, has_solar, standing)
        )
    return found


def links_changed(session: Session) -> None:
    """Say that somebody may see more or less than before: open pages look again at once, in whatever process."""
    bump(session, _VERSION)


def links_version(session: Session) -> int:
    """A number that rises whenever links change."""
    return session.exec(select(Counter.value).where(Counter.name == _VERSION)).first() or 0


def allowed(own: Collection[LinkedConnection], number: str, right: Right) -> LinkedConnection:
    """The one of a person's connections with a number, for what `right` names.

    Raises Problem 404 accounts.not_yours, alike for unknown numbers, other people's, and a right that was not given.
    """
    for connection in own:
        if connection.number == number and right in connection.rights:
            return connection
    raise Problem("accounts.not_yours", {"number": number}, 404)


def connection_numbered(session: Session, number: str) -> Connection:
    """The connection with a number. Raises Problem 404 accounts.unknown_connection."""
    found = session.exec(select(Connection).where(Connection.number == number)).first()
    if found is None:
        raise Problem("accounts.unknown_connection", {"number": number}, 404)
    return found
