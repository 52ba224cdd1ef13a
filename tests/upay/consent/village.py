"""A few people and connections: a grandmother with a registered number, her grandson, a neighbour."""

import re
from datetime import UTC, datetime

from sqlmodel import Session, select

from tests.upay.accounts.test_people import connect
from upay.accounts import NO_RIGHTS, Right, connections_of, person_with
from upay.accounts.models import Person
from upay.db import session
from upay.notices.models import Message

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
HOUSE, SHOP, NOBODYS = "1048217730", "1048217731", "1048217739"
GRANDMOTHER, GRANDSON, NEIGHBOUR = "+919876543210", "+919876543211", "+919876543212"


def build() -> dict[str, int]:
    """The house is the grandmother's, the shop the neighbour's, and one has no registered number. Ids by mobile."""
    with session() as db:
        connect(db, HOUSE, GRANDMOTHER)
        connect(db, SHOP, NEIGHBOUR)
        connect(db, NOBODYS)
        people = {}
        for mobile, name in ((GRANDMOTHER, "Savitri"), (GRANDSON, "Rahul"), (NEIGHBOUR, "Anil")):
            person = person_with(db, mobile, "en", NOW)
            person.name = name
            people[mobile] = person.id or 0
        return people


def rights_on(person_id: int, number: str = HOUSE) -> frozenset[Right]:
    """What a page of this person's may show of a connection at this moment."""
    with session() as db:
        found = {own.number: own.rights for own in connections_of(db, person_id)}
    return found.get(number, NO_RIGHTS)


def messages(mobile: str) -> list[str]:
    """What a phone has received, oldest first."""
    with session() as db:
        sent = select(Message).where(Message.to == mobile, Message.state != "void").order_by(Message.id)  # type: ignore[arg-type]
        return [message.text for message in db.exec(sent)]


def code_on(mobile: str) -> str:
    """The code in the latest message of a phone that has one."""
    codes = [found.group() for text in messages(mobile) if (found := re.search(r"\b\d{6}\b", text))]
    return codes[-1]


def person(db: Session, person_id: int) -> Person:
    """The row of a person."""
    return db.get_one(Person, person_id)
