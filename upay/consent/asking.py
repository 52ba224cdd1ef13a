"""Asking the owner of a connection for rights, and the answer: a code that the owner tells, or does not tell.

The message goes to the registered number, in its holder's language, and says who asks for what. The code is bound to
exactly that: another person, another connection or one right more, and it is wrong.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col, select

from upay.accounts import Basis, Purpose, Right, check_code, grouped, links_changed, masked_mobile, send_code
from upay.accounts.models import AccountLink, Person
from upay.consent import models
from upay.consent.limits import count_ask
from upay.consent.models import Consent, LinkAsk
from upay.consent.own import Relation, add, cleaned
from upay.consent.records import give, withdraw_link
from upay.consent.telling import called, holder_of, named_rights, tell_both
from upay.errors import Problem
from upay.network.models import Connection


@dataclass(frozen=True)
class Asked:
    """A question that waits for the owner's code. handle: what the asking browser holds.  mobile: masked."""

    ask_id: int
    handle: str
    mobile: str
    minutes: int


def ask(
    session: Session,
    person_id: int,
    number: str,
    rights: Collection[Right],
    relation: str,
    nickname: str,
    address: str,
    now: datetime,
) -> Asked:
    """Ask the holder of the registered number to let a person do what `rights` name.

    Raises Problem: links.unknown 404, links.no_rights (nothing ticked), links.nobody_to_ask (no registered number),
    links.own (one's own needs no asking), links.too_many_asks {minutes}, and what `send_code` raises.
    """
    connection = _connection(session, number)
    person = session.get_one(Person, person_id)
    if not rights:
        raise Problem("links.no_rights")
    if not connection.mobile:
        raise Problem("links.nobody_to_ask")
    if connection.mobile == person.mobile:
        raise Problem("links.own")
    assert connection.id is not None
    end_asks(session, person_id, connection.id, now)
    row = LinkAsk(
        person_id=person_id,
        connection_id=connection.id,
        mobile=connection.mobile,
        relation=Relation(relation),
        nickname=cleaned(nickname),
        rights=frozenset(rights),
        asked_at=now,
    )
    count_ask(session, row, now)
    holder = holder_of(session, connection)
    assert holder is not None
    challenge = send_code(
        session,
        connection.mobile,
        holder.language,
        address,
        now,
        Purpose.LINK,
        asked=number,
        about=_about(row),
        said={"name": called(person), "number": grouped(number), "rights": named_rights(rights, holder.language)},
    )
    return Asked(row.id or 0, challenge.handle, masked_mobile(connection.mobile), challenge.minutes)


def answer(
    session: Session, person_id: int, ask_id: int, handle: str, code: str, address: str, now: datetime
) -> AccountLink | Problem:
    """Take the code that the owner told: the rights asked for are given, those and no others.

    A problem is returned, not raised, for the try it took must be committed: what `check_code` gives, and
    links.owner_changed when the registered number is another one by now, links.ask_over when the owner has said
    something else meanwhile.
    """
    row = session.get(LinkAsk, ask_id)
    if row is None or row.person_id != person_id or row.ended_at is not None:
        return Problem("links.ask_over")
    connection = session.get_one(Connection, row.connection_id)
    if connection.mobile != row.mobile or connection.ended_on is not None:
        end_asks(session, person_id, row.connection_id, now)
        return Problem("links.owner_changed")
    proved = check_code(session, handle, code, now, Purpose.LINK, address, about=_about(row))
    if isinstance(proved, Problem):
        return proved
    # The owner's own word may come at the same time: of the two, the one that ends the question counts.
    if not end_asks(session, person_id, row.connection_id, now):
        return Problem("links.ask_over")
    return _grant(session, row, connection, now)


def end_asks(session: Session, person_id: int, connection_id: int, now: datetime) -> int:
    """End the questions of a person about a connection. Returns how many stood."""
    waiting = update(LinkAsk).where(
        col(LinkAsk.person_id) == person_id,
        col(LinkAsk.connection_id) == connection_id,
        col(LinkAsk.ended_at).is_(None),
    )
    return session.exec(waiting.values(ended_at=now)).rowcount


def _grant(session: Session, row: LinkAsk, connection: Connection, now: datetime) -> AccountLink:
    person = session.get_one(Person, row.person_id)
    link = add(session, row.person_id, connection.number, row.relation, row.nickname, now)
    withdraw_link(session, row.connection_id, row.person_id, now)
    link.rights, link.under, link.basis = row.rights, row.mobile, Basis.CODE
    link.relation, link.nickname = row.relation, row.nickname or link.nickname
    session.add(link)
    links_changed(session)
    holder = holder_of(session, connection)
    assert holder is not None
    word = give(
        session,
        models.Purpose.LINK,
        holder,
        "code",
        now,
        connection_id=row.connection_id,
        receiver_id=row.person_id,
        rights=row.rights,
    )
    tell_both(session, "granted", connection, person, row.rights, str(word.id), now)
    return link


def last_word(session: Session, person_id: int, connection_id: int) -> Consent | None:
    """What the owner last agreed to for a person and a connection; None when nothing is agreed."""
    standing = select(Consent).where(
        Consent.connection_id == connection_id,
        Consent.receiver_id == person_id,
        col(Consent.withdrawn_at).is_(None),
    )
    return session.exec(standing.order_by(col(Consent.id).desc())).first()


def _about(row: LinkAsk) -> str:
    """All that the owner is asked: what the code is bound to."""
    rights = " ".join(right for right in Right if right in row.rights)
    return f"link:{row.id}:{row.person_id}:{row.connection_id}:{row.mobile}:{rights}"


def _connection(session: Session, number: str) -> Connection:
    asked = select(Connection).where(Connection.number == number, col(Connection.ended_on).is_(None))
    found = session.exec(asked).first()
    if found is None:
        raise Problem("links.unknown", {"number": number}, 404)
    return found
