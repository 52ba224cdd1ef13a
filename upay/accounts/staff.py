"""Who works here: roles bound to zones, and what they open. A role counts from its acceptance until its end."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, or_, select

from upay.accounts.employ import invitation
from upay.accounts.models import StaffRole
from upay.accounts.permissions import ALLOWED, Permission, Role
from upay.accounts.sessions import visits_of
from upay.errors import Problem


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works here, at the moment of one event or request: never kept for the next.

    zones: role → the ids of its zones, or None for all of them.  where: the address the person acts from.
    """

    person_id: int
    name: str
    zones: Mapping[Role, frozenset[int] | None]
    where: str = ""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles in force."""
        return frozenset(self.zones)

    def may(self, permission: Permission) -> bool:
        """Whether any role opens this, wherever."""
        return bool(ALLOWED[permission] & self.roles)

    def zone_ids(self, permission: Permission) -> frozenset[int] | None:
        """The zones in which a role opens this: None for all, empty for none."""
        bound = [self.zones[role] for role in ALLOWED[permission] & self.roles]
        if None in bound:
            return None
        return frozenset().union(*(zones for zones in bound if zones is not None))


def staff_of_each(session: Session, tokens: Collection[str], now: datetime) -> dict[str, StaffMember | Problem]:
    """Who of the staff is signed in with each of these session tokens; tokens of no session are left out.

    A Problem (403) says why somebody signed in is not let in as staff: staff.not_staff, staff.invited (and has not
    answered), staff.second_factor_needed.
    """
    visits = visits_of(session, tokens, now)
    employed = roles_in_force(session, {visit.person.id or 0 for visit in visits.values()}, now)
    answers: dict[str, StaffMember | Problem] = {}
    for token, visit in visits.items():
        person = visit.person
        if not (zones := employed.get(person.id or 0)):
            invited = invitation(session, person.id or 0, now)
            answers[token] = Problem("staff.invited" if invited else "staff.not_staff", status=403)
        elif not visit.strong:
            answers[token] = Problem("staff.second_factor_needed", status=403)
        else:
            answers[token] = StaffMember(person.id or 0, person.name, zones)
    return answers


def let_in(found: StaffMember | Problem | None, permission: Permission | None, where: str) -> StaffMember | Problem:
    """The answer to who asks for what a permission opens (None: any role does): the member of staff, or why not.

    Problems: sign_in.needed (401), staff.not_staff, staff.second_factor_needed, staff.not_permitted (403).
    """
    if found is None:
        return Problem("sign_in.needed", status=401)
    if isinstance(found, Problem):
        return found
    if permission is not None and not found.may(permission):
        return Problem("staff.not_permitted", status=403)
    return replace(found, where=where)


def roles_in_force(
    session: Session, person_ids: Collection[int], now: datetime
) -> dict[int, dict[Role, frozenset[int] | None]]:
    """Person → role → its zones (None: all), of accepted roles that have begun and not ended."""
    held = select(StaffRole.person_id, StaffRole.role, StaffRole.zone_id).where(
        col(StaffRole.person_id).in_(person_ids),
        col(StaffRole.accepted_at).is_not(None),
        StaffRole.since <= now,
        or_(col(StaffRole.until).is_(None), col(StaffRole.until) > now),
    )
    found: dict[int, dict[Role, frozenset[int] | None]] = {}
    for person_id, role, zone_id in session.exec(held):
        roles = found.setdefault(person_id, {})
        earlier = roles.get(Role(role), frozenset())
        roles[Role(role)] = None if zone_id is None or earlier is None else earlier | {zone_id}
    return found
