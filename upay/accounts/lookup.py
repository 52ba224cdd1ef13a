"""Staff looking consumers up: who is found, and all that one look shows. A look leaves its trace in the audit log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy
from sqlmodel import Session, col, or_, select

from upay.accounts.audit import record
from upay.accounts.audited import LOOKED
from upay.accounts.models import AccountLink, Person
from upay.accounts.permissions import Right
from upay.errors import Problem
from upay.network.models import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone

FOUND_MOST = 50
_LEAST = 3


@dataclass(frozen=True)
class Found:
    """A connection in the list of those found: enough to tell which is meant."""

    number: str
    name: str
    address: str
    zone: str
    ended: bool


@dataclass(frozen=True)
class Installed:
    """A meter's stay at a connection."""

    serial: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class LookedAfter:
    """A person who looks after a connection."""

    name: str
    mobile: str
    relation: str
    rights: frozenset[Right]


@dataclass(frozen=True)
class Consumer:
    """One connection as the desk sees it."""

    connection_id: int
    number: str
    name: str
    mobile: str
    address: str
    category: str
    tariff_id: str
    sanctioned_load_w: int
    prepaid: bool
    has_solar: bool
    energised_on: date | None
    ended_on: date | None
    zone: str
    substation: str
    feeder: str
    dtr: str
    meters: tuple[Installed, ...]
    people: tuple[LookedAfter, ...]


def search(session: Session, text: str, zones: Collection[int] | None) -> list[Found]:
    """Connections in some zones (None: all) by number, name, registered mobile or meter serial; at most FOUND_MOST + 1.

    Digits in any script count as digits. Raises Problem staff.search_short below three signs.
    """
    text = " ".join(text.split())
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    if len(text) < _LEAST:
        raise Problem("staff.search_short", {"least": _LEAST})
    by_serial = (
        select(MeterInstallation.connection_id)
        .join(Meter, col(Meter.id) == MeterInstallation.meter_id)
        .where(col(Meter.serial).istartswith(text, autoescape=True), col(MeterInstallation.to_at).is_(None))
    )
    ways = [col(Connection.consumer_name).icontains(text, autoescape=True), col(Connection.id).in_(by_serial)]
    if len(digits) >= _LEAST and not any(sign.isalpha() for sign in text):
        ways += [col(Connection.number).startswith(digits), col(Connection.mobile).endswith(digits[-10:])]
    placed = _placed(select(Connection, Zone.code), zones).where(or_(*ways))
    rows = session.exec(placed.order_by(col(Connection.consumer_name), col(Connection.number)).limit(FOUND_MOST + 1))
    return [
        Found(connection.number, connection.consumer_name, connection.address, zone, connection.ended_on is not None)
        for connection, zone in rows
    ]


def look(
    session: Session,
    number: str,
    zones: Collection[int] | None,
    *,
    actor: int,
    why: str,
    where: str,
    now: datetime,
) -> Consumer:
    """All of one connection, for a reason, which its owner can read afterwards.

    Raises Problem staff.why_missing; 404 staff.not_in_your_zones, alike for unknown numbers and other zones'.
    """
    if not why.strip():
        raise Problem("staff.why_missing")
    found = session.exec(
        _placed(sqlalchemy.select(Connection, Zone, Substation, Feeder, Dtr), zones).where(Connection.number == number)
    ).first()
    if found is None:
        raise Problem("staff.not_in_your_zones", {"number": number}, 404)
    connection, zone, substation, feeder, dtr = found
    own = connection.id or 0
    stays = session.exec(
        select(Meter.serial, MeterInstallation.from_at, MeterInstallation.to_at)
        .join(Meter, col(Meter.id) == MeterInstallation.meter_id)
        .where(MeterInstallation.connection_id == own)
        .order_by(col(MeterInstallation.from_at).desc())
    ).all()
    people = session.exec(
        select(Person, AccountLink)
        .join(AccountLink, col(AccountLink.person_id) == Person.id)
        .where(AccountLink.connection_id == own)
        .order_by(col(AccountLink.id))
    ).all()
    record(
        session, actor=actor, what=LOOKED, about=number, connection_id=own, why=why.strip(), where=where, now=now
    )
    return Consumer(
        connection_id=own,
        number=connection.number,
        name=connection.consumer_name,
        mobile=connection.mobile or "",
        address=connection.address,
        category=connection.category,
        tariff_id=connection.tariff_id,
        sanctioned_load_w=connection.sanctioned_load_w,
        prepaid=connection.prepaid,
        has_solar=connection.has_solar,
        energised_on=connection.energised_on,
        ended_on=connection.ended_on,
        zone=zone.code,
        substation=substation.code,
        feeder=feeder.code,
        dtr=dtr.code,
        meters=tuple(Installed(*stay) for stay in stays),
        people=tuple(LookedAfter(one.name, one.mobile, link.relation, link.rights) for one, link in people),
    )


def _placed(chosen: Any, zones: Collection[int] | None) -> Any:
    """A choice from connections and the network above them, within some zones."""
    joined = (
        chosen.select_from(Connection)
        .join(Dtr, col(Dtr.id) == Connection.dtr_id)
        .join(Feeder, col(Feeder.id) == Dtr.feeder_id)
        .join(Substation, col(Substation.id) == Feeder.substation_id)
        .join(Zone, col(Zone.id) == Substation.zone_id)
    )
    return joined if zones is None else joined.where(col(Substation.zone_id).in_(zones))
