"""Reading the audit log: filtered for the desk, and told to the consumer whose data was looked at."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from upay.accounts.models import AuditEntry, Person
from upay.clock import day_of
from upay.network.models import Connection, Dtr, Feeder, Substation
from upay.packs import pack

LOOKED = "consumers.looked"
"""What the log says of a look at one consumer's data."""

_AT_A_TIME = 1_000


@dataclass(frozen=True)
class Sought:
    """What is sought in the log. Empty values seek nothing in particular.

    who: a person's id; 0 for commands and jobs.  number: a consumer number.  what: the beginning of a key.
    first, last: instants, the last not included.  zones: only entries about connections there (None: all entries).
    """

    who: int | None = None
    number: str = ""
    what: str = ""
    first: datetime | None = None
    last: datetime | None = None
    zones: Collection[int] | None = None


@dataclass(frozen=True)
class Told:
    """An entry with the names its ids have today; who: "" for a command or a job, or somebody who is gone."""

    entry: AuditEntry
    who: str
    number: str


@dataclass(frozen=True)
class Look:
    """A look of a member of staff at one consumer's data. why: a key of the catalogues, or words."""

    at: datetime
    who: str
    what: str
    why: str


def entries(session: Session, sought: Sought, count: int, before: int | None = None) -> list[Told]:
    """At most `count` entries, newest first; before: only entries with lower numbers, to page on."""
    found = _sought(sought).order_by(col(AuditEntry.id).desc()).limit(count)
    if before is not None:
        found = found.where(AuditEntry.id < before)
    return [Told(entry, who or "", number or "") for entry, who, number in session.exec(found)]


def all_entries(session: Session, sought: Sought) -> Iterator[Told]:
    """Every entry that is sought, newest first, a page at a time."""
    before: int | None = None
    while page := entries(session, sought, _AT_A_TIME, before):
        yield from page
        before = page[-1].entry.id


def actors(session: Session) -> list[tuple[int, str]]:
    """Everybody who stands in the log as acting: id and name."""
    known = select(AuditEntry.actor).where(col(AuditEntry.actor).is_not(None)).distinct()
    people = select(Person.id, Person.name).where(col(Person.id).in_(known)).order_by(Person.name)
    return [(person_id or 0, name) for person_id, name in session.exec(people)]


def looks_at(session: Session, connection_id: int, now: datetime) -> list[Look]:
    """Which members of staff looked at a connection's data or changed it, and why, newest first: for its owner to read.

    As far back as the pack's `looks_shown_days`, at most 100.
    """
    since = now - timedelta(days=pack().row("staff", day_of(now))["looks_shown_days"])
    found = (
        select(AuditEntry, Person.name)
        .join(Person, col(Person.id) == AuditEntry.actor)
        .where(AuditEntry.connection_id == connection_id, AuditEntry.at >= since)
        .order_by(col(AuditEntry.id).desc())
        .limit(100)
    )
    return [Look(entry.at, name, entry.what, entry.why) for entry, name in session.exec(found)]


def _sought(sought: Sought) -> Any:
    found = (
        select(AuditEntry, Person.name, Connection.number)
        .join(Person, col(Person.id) == AuditEntry.actor, isouter=True)
        .join(Connection, col(Connection.id) == AuditEntry.connection_id, isouter=True)
    )
    if sought.who is not None:
        found = found.where(AuditEntry.actor == (sought.who or None))
    if sought.number:
        found = found.where(Connection.number == sought.number)
    if sought.what:
        found = found.where(col(AuditEntry.what).startswith(sought.what, autoescape=True))
    if sought.first is not None:
        found = found.where(AuditEntry.at >= sought.first)
    if sought.last is not None:
        found = found.where(AuditEntry.at < sought.last)
    if sought.zones is not None:
        found = (
            found.join(Dtr, col(Dtr.id) == Connection.dtr_id)
            .join(Feeder, col(Feeder.id) == Dtr.feeder_id)
            .join(Substation, col(Substation.id) == Feeder.substation_id)
            .where(col(Substation.zone_id).in_(sought.zones))
        )
    return found
