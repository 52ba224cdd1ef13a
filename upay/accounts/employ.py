"""Employing people: roles are offered, accepted, changed and ended; nothing is done without a reason, or unseen.

Every change takes the row of the counter `staff` first, so that of two at once the second sees what the first did.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, or_, select

from upay.accounts.audit import record
from upay.accounts.models import Person, StaffRole
from upay.accounts.people import person_with
from upay.accounts.permissions import Role
from upay.clock import day_of
from upay.errors import Problem
from upay.notices import queue
from upay.packs import pack
from upay.work import bump


@dataclass(frozen=True)
class Grant:
    """A role in a zone (None: in all of them), until an instant or for good."""

    role: Role
    zone_id: int | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Act:
    """Who changes something, and what the audit log is to know of it.

    by: a person's id, None for the command line.  reach: the zones in which they may, None for all.
    """

    by: int | None
    reach: frozenset[int] | None
    why: str
    where: str
    now: datetime


def enrol(session: Session, mobile: str, name: str, grants: Collection[Grant], act: Act) -> Person:
    """Employ somebody at once, without an invitation: for the command line, above all for the first administrator.

    Roles held already stay. Running it again changes nothing. Raises Problem as `change`.
    """
    person = person_with(session, mobile, "hi", act.now)
    person.name = name or person.name
    held = [_grant(row) for row in standing(session, person.id or 0, act.now) if row.accepted_at is not None]
    wanted = {(grant.role, grant.zone_id): grant for grant in [*held, *grants]}
    _settle(session, person.id or 0, wanted.values(), act, accepted=True)
    return person


def invite(session: Session, mobile: str, name: str, grants: Collection[Grant], act: Act) -> Person:
    """Offer roles to whoever has a mobile number (E.164), by a message; they count once accepted.

    name: taken for somebody who has told none. Raises Problem staff.works_here, staff.no_role, and as `change`.
    """
    person = person_with(session, mobile, "hi", act.now)
    if not grants:
        raise Problem("staff.no_role")
    if standing(session, person.id or 0, act.now):
        raise Problem("staff.works_here")
    person.name = person.name or name.strip()[:80]
    _settle(session, person.id or 0, grants, act, accepted=False)
    days = pack().row("staff", day_of(act.now))["invitation_days"]
    queue(
        session,
        key=f"staff:{person.id}:{act.now.isoformat()}",
        to=mobile,
        template="staff.invited_message",
        params={"days": days},
        language=person.language,
        now=act.now,
    )
    return person


def change(session: Session, person_id: int, grants: Collection[Grant], act: Act) -> list[Grant]:
    """Let a member of staff (or somebody invited) hold exactly these grants; none ends all.

    Returns what was held before, which, given to `change` again, undoes it.

    Problems: staff.why_missing, staff.beyond_reach, staff.until_past, staff.own_last_administrator,
    staff.no_administrator_left, staff.nothing_changed, staff.works_elsewhere (nobody of that id holds a role).
    """
    held = standing(session, person_id, act.now)
    ever = select(StaffRole.id).where(StaffRole.person_id == person_id, col(StaffRole.accepted_at).is_not(None))
    accepted = session.exec(ever.limit(1)).first() is not None
    if not held and not accepted:
        raise Problem("staff.works_elsewhere", status=404)
    before = [_grant(row) for row in held]
    if not _settle(session, person_id, grants, act, accepted):
        raise Problem("staff.nothing_changed")
    return before


def invitation(session: Session, person_id: int, now: datetime) -> list[StaffRole]:
    """The roles that are offered to a person and can still be accepted."""
    return [row for row in standing(session, person_id, now) if row.accepted_at is None]


def answer(session: Session, person_id: int, takes: bool, where: str, now: datetime) -> None:
    """The person's own answer to an invitation. Raises Problem staff.no_invitation."""
    bump(session, "staff")
    offered = invitation(session, person_id, now)
    if not offered:
        raise Problem("staff.no_invitation", status=404)
    for row in offered:
        if takes:
            row.accepted_at = now
        else:
            row.until = now
        session.add(row)
        what = "staff.role_accepted" if takes else "staff.role_declined"
        record(session, actor=person_id, what=what, about=_about(person_id, _grant(row)), where=where, now=now)


def standing(session: Session, person_id: int, now: datetime) -> list[StaffRole]:
    """The roles a person holds, will hold, or may still accept."""
    rows = select(StaffRole).where(
        StaffRole.person_id == person_id,
        or_(col(StaffRole.until).is_(None), col(StaffRole.until) > now),
        or_(col(StaffRole.accepted_at).is_not(None), col(StaffRole.accept_by) > now),
    )
    return list(session.exec(rows.order_by(col(StaffRole.id))))


def _settle(session: Session, person_id: int, grants: Iterable[Grant], act: Act, accepted: bool) -> bool:
    """End what is no longer wanted, add what is new; whether anything differed."""
    if not act.why.strip():
        raise Problem("staff.why_missing")
    bump(session, "staff")
    held = {_grant(row): row for row in standing(session, person_id, act.now)}
    wanted = set(grants)
    ended, added = held.keys() - wanted, wanted - held.keys()
    for grant in ended | added:
        if act.reach is not None and grant.zone_id not in act.reach:
            raise Problem("staff.beyond_reach", status=403)
    for grant in sorted(ended, key=_in_order):
        held[grant].until = act.now
        session.add(held[grant])
        _record(session, "staff.role_ended", person_id, grant, act)
    days = timedelta(days=pack().row("staff", day_of(act.now))["invitation_days"])
    for grant in sorted(added, key=_in_order):
        if grant.until is not None and grant.until <= act.now:
            raise Problem("staff.until_past")
        row = StaffRole(
            person_id=person_id,
            role=grant.role,
            zone_id=grant.zone_id,
            since=act.now,
            until=grant.until,
            given_by=act.by,
            accept_by=None if accepted else act.now + days,
            accepted_at=act.now if accepted else None,
        )
        session.add(row)
        _record(session, "staff.role_given" if accepted else "staff.role_offered", person_id, grant, act)
    session.flush()
    if any(_rules(grant) for grant in ended):
        _somebody_rules(session, person_id, act)
    return bool(ended or added)


def _somebody_rules(session: Session, person_id: int, act: Act) -> None:
    """Nobody locks themselves out, and the house is never left without somebody who can let others in."""
    rows = select(StaffRole).where(
        StaffRole.role == Role.ADMINISTRATOR,
        col(StaffRole.zone_id).is_(None),
        col(StaffRole.accepted_at).is_not(None),
        StaffRole.since <= act.now,
        col(StaffRole.until).is_(None),
    )
    rulers = {row.person_id for row in session.exec(rows)}
    if act.by == person_id and person_id not in rulers:
        raise Problem("staff.own_last_administrator")
    if not rulers:
        raise Problem("staff.no_administrator_left")


def _rules(grant: Grant) -> bool:
    return grant.role is Role.ADMINISTRATOR and grant.zone_id is None


def _grant(row: StaffRole) -> Grant:
    return Grant(Role(row.role), row.zone_id, row.until)


def _in_order(grant: Grant) -> tuple[str, int]:
    return grant.role, grant.zone_id or 0


def _about(person_id: int, grant: Grant) -> str:
    return f"person:{person_id} role:{grant.role} zone:{grant.zone_id or '*'}"


def _record(session: Session, what: str, person_id: int, grant: Grant, act: Act) -> None:
    about = _about(person_id, grant)
    record(session, actor=act.by, what=what, about=about, why=act.why.strip(), where=act.where, now=act.now)
