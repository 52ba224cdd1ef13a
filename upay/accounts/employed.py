"""Who is employed as what: the list an administrator tends."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session, col, or_, select

from upay.accounts.models import Person, StaffRole
from upay.accounts.permissions import Role
from upay.network.models import Zone

State = Literal["held", "coming", "invited", "lapsed"]


@dataclass(frozen=True)
class HeldRole:
    """A role of somebody's. zone: its code, "" for all zones.  state: held, coming (later), invited (not answered yet),
    lapsed (not answered in time)."""

    role: Role
    zone_id: int | None
    zone: str
    since: datetime
    until: datetime | None
    accept_by: datetime | None
    state: State


@dataclass(frozen=True)
class Employed:
    """A person, and the roles that have not ended."""

    person_id: int
    name: str
    mobile: str
    roles: tuple[HeldRole, ...]


def employed(
    session: Session, zones: Collection[int] | None, now: datetime, person_ids: Collection[int] | None = None
) -> list[Employed]:
    """Everybody with a role that has not ended, by name; of people bound to zones only roles in these (None: all)."""
    rows = (
        select(StaffRole, Person, Zone.code)
        .join(Person, col(Person.id) == StaffRole.person_id)
        .join(Zone, col(Zone.id) == StaffRole.zone_id, isouter=True)
        .where(or_(col(StaffRole.until).is_(None), col(StaffRole.until) > now))
        .order_by(col(Person.name), col(Person.id), col(StaffRole.role), col(Zone.code))
    )
    if zones is not None:
        rows = rows.where(col(StaffRole.zone_id).in_(zones))
    if person_ids is not None:
        rows = rows.where(col(Person.id).in_(person_ids))
    people: dict[int, tuple[Person, list[HeldRole]]] = {}
    for row, person, code in session.exec(rows):
        held = HeldRole(
            Role(row.role), row.zone_id, code or "", row.since, row.until, row.accept_by, _state(row, now)
        )
        people.setdefault(row.person_id, (person, []))[1].append(held)
    return [
        Employed(person_id, person.name, person.mobile, tuple(roles)) for person_id, (person, roles) in people.items()
    ]


def _state(row: StaffRole, now: datetime) -> State:
    if row.accepted_at is None:
        return "invited" if row.accept_by is not None and row.accept_by > now else "lapsed"
    return "held" if row.since <= now else "coming"
