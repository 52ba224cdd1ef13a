"""The record of consents: who agreed to what, in which words, since when, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from upay.accounts import Right
from upay.accounts.models import Person
from upay.consent.models import Consent, Purpose
from upay.errors import Problem
from upay.network.models import Connection
from upay.notices import Addressee

VERSIONS = {Purpose.ACCOUNT: 1, Purpose.LINK: 1, Purpose.EMAIL: 1}
"""The version of each text that is in force. A changed text gets the next number; the old sentence stays."""


def addressee_of(person: Person) -> Addressee:
    """A person as the one who is told: an e-mail address that was never proven is no way to anybody."""
    return Addressee(person.id, person.mobile, person.email if person.email_verified_at else "", person.language)


@dataclass(frozen=True)
class Agreed:
    """A consent as its giver's page lists it. number, receiver, rights: of a link, "" and none otherwise."""

    id: int
    purpose: str
    version: int
    language: str
    how: str
    number: str
    receiver: str
    rights: frozenset[Right]
    given_at: datetime
    withdrawn_at: datetime | None


def give(
    session: Session,
    purpose: Purpose,
    giver: Addressee,
    how: str,
    now: datetime,
    connection_id: int | None = None,
    receiver_id: int | None = None,
    rights: frozenset[Right] | None = None,
) -> Consent:
    """Record that somebody, with an account or without, agreed to the text in force."""
    made = Consent(
        giver_id=giver.person_id,
        mobile=giver.mobile,
        purpose=purpose,
        version=VERSIONS[purpose],
        language=giver.language,
        how=how,
        connection_id=connection_id,
        receiver_id=receiver_id,
        rights=rights,
        given_at=now,
    )
    session.add(made)
    session.flush()
    return made


def give_once(session: Session, purpose: Purpose, person: Person, how: str, now: datetime) -> None:
    """Record it unless it stands already for the text in force."""
    stands = select(Consent.id).where(
        Consent.giver_id == person.id,
        Consent.purpose == purpose,
        Consent.version == VERSIONS[purpose],
        col(Consent.withdrawn_at).is_(None),
    )
    if session.exec(stands).first() is None:
        give(session, purpose, addressee_of(person), how, now)


def withdraw(session: Session, giver_id: int, purpose: Purpose, now: datetime) -> None:
    """End a person's standing consent to a purpose other than a link's."""
    mine = select(Consent).where(
        Consent.giver_id == giver_id, Consent.purpose == purpose, col(Consent.withdrawn_at).is_(None)
    )
    for consent in session.exec(mine):
        consent.withdrawn_at = now
        session.add(consent)


def withdraw_link(session: Session, connection_id: int, receiver_id: int, now: datetime) -> None:
    """End whatever was agreed for a person and a connection, whoever agreed to it."""
    standing = select(Consent).where(
        Consent.connection_id == connection_id,
        Consent.receiver_id == receiver_id,
        col(Consent.withdrawn_at).is_(None),
    )
    for consent in session.exec(standing):
        consent.withdrawn_at = now
        session.add(consent)


def consents_of(session: Session, person_id: int) -> Sequence[Agreed]:
    """What a person has agreed to, newest first; codes told before there was an account among them."""
    person = session.get_one(Person, person_id)
    mine = or_(Consent.giver_id == person_id, col(Consent.giver_id).is_(None) & (Consent.mobile == person.mobile))
    asked = (
        select(Consent, Connection.number, Person.name)
        .outerjoin(Connection, col(Connection.id) == Consent.connection_id)
        .outerjoin(Person, col(Person.id) == Consent.receiver_id)
        .where(mine)
        .order_by(col(Consent.given_at).desc(), col(Consent.id).desc())
        .limit(200)
    )
    return [
        Agreed(
            id=consent.id or 0,
            purpose=consent.purpose,
            version=consent.version,
            language=consent.language,
            how=consent.how,
            number=number or "",
            receiver=name or "",
            rights=consent.rights or frozenset(),
            given_at=consent.given_at,
            withdrawn_at=consent.withdrawn_at,
        )
        for consent, number, name in session.exec(asked).all()
    ]


def own_consent(session: Session, person_id: int, consent_id: int) -> Agreed:
    """One of a person's own consents. Raises Problem 404 consent.not_yours."""
    for agreed in consents_of(session, person_id):
        if agreed.id == consent_id:
            return agreed
    raise Problem("consent.not_yours", status=404)
