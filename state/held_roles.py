"""Roles as pages list them and as people write them down."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TypedDict

from upay.accounts import Grant, HeldRole, Role
from upay.clock import day_of, day_start
from upay.errors import Problem


class RoleRow(TypedDict):
    """A role of somebody's. zone: its code, "" for all.  last: the last day on which it counts, "" for no end.

    state: held, coming, invited or lapsed; "" while it is only thought of.
    """

    role: str
    zone: str
    last: str
    state: str


def role_row(held: HeldRole) -> RoleRow:
    """The row of a role as it stands."""
    return RoleRow(role=held.role, zone=held.zone, last=_last_day(held.until), state=held.state)


def written(form: Mapping[str, str], zones: Mapping[str, int]) -> RoleRow:
    """The row that somebody has put together. zones: the codes they may name.

    Raises Problem staff.no_role, staff.unknown_zone {code}, staff.bad_date.
    """
    role, zone, last = form.get("role", ""), form.get("zone", ""), form.get("last", "")
    if role not in set(Role):
        raise Problem("staff.no_role")
    if zone and zone not in zones:
        raise Problem("staff.unknown_zone", {"code": zone})
    return RoleRow(role=role, zone=zone, last=_day(last).isoformat() if last else "", state="")


def grant(row: RoleRow, zones: Mapping[str, int]) -> Grant:
    """What a row gives. Raises as `written`."""
    last = row["last"]
    until = day_start(_day(last) + timedelta(days=1)) if last else None
    if row["zone"] and row["zone"] not in zones:
        raise Problem("staff.unknown_zone", {"code": row["zone"]})
    return Grant(Role(row["role"]), zones[row["zone"]] if row["zone"] else None, until)


def same(one: RoleRow, other: RoleRow) -> bool:
    """Whether two rows give the same."""
    return (one["role"], one["zone"], one["last"]) == (other["role"], other["zone"], other["last"])


def _last_day(until: datetime | None) -> str:
    return day_of(until - timedelta(microseconds=1)).isoformat() if until else ""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("staff.bad_date", {"text": text[:20]}) from error
