"""The staff page: who works here; roles are given, changed and ended: written, looked over, confirmed, undone."""

import asyncio
from datetime import datetime
from typing import TypedDict

import reflex as rx

from state.held_roles import RoleRow, grant, role_row, same, written
from state.staff import StaffMember, permitted
from upay import clock
from upay.accounts import Act, Employed, Grant, Permission, change, employed, invite, mobile_of
from upay.db import session
from upay.errors import Problem
from upay.network import zones

NEWCOMER = -1
"""`person_id` while an invitation is written."""


class StaffRow(TypedDict):
    """Somebody who works here or is invited."""

    id: int
    name: str
    mobile: str
    roles: list[RoleRow]


class ZoneRow(TypedDict):
    """A zone to choose."""

    code: str
    hi: str
    en: str


class StaffState(rx.State):
    """person_id: whose roles are being written: 0 nobody's, NEWCOMER somebody to invite.  draft: what they shall hold.

    gives, ends: what confirming would do, while `asks`.  done: a code of what has just been done.
    """

    rows: list[StaffRow] = []
    zones: list[ZoneRow] = []
    everywhere: bool = False
    tends: bool = False
    filled: bool = False
    person_id: int = 0
    name: str = ""
    mobile: str = ""
    draft: list[RoleRow] = []
    gives: list[RoleRow] = []
    ends: list[RoleRow] = []
    why: str = ""
    asks: bool = False
    done: str = ""
    can_undo: bool = False
    problem: str = ""
    problem_params: dict[str, str | int] = {}

    _zone_ids: dict[str, int] = {}
    _before: list[Grant] = []
    _changed: int = 0

    @rx.event
    @permitted(Permission.SEE_STAFF)
    async def load(self, staff: StaffMember):
        """Fill the page."""
        await self._load(staff)
        self._close()
        self.done, self.can_undo = "", False

    @rx.event
    @permitted(Permission.TEND_STAFF)
    async def begin(self, staff: StaffMember, person_id: int):
        """Write down roles: of somebody in the list, or (NEWCOMER) of somebody to invite."""
        await self._load(staff)
        self._close()
        chosen = next((row for row in self.rows if row["id"] == person_id), None)
        if chosen is not None:
            self.name, self.mobile = chosen["name"], chosen["mobile"]
            self.draft = [row for row in chosen["roles"] if row["state"] != "lapsed"]
        self.person_id = person_id if chosen is not None else NEWCOMER

    @rx.event
    @permitted(Permission.TEND_STAFF)
    async def close(self, staff: StaffMember):
        """Leave it."""
        self._close()

    @rx.event
    @permitted(Permission.TEND_STAFF)
    async def add_role(self, staff: StaffMember, form: dict[str, str]):
        """Put one more role into the draft; a role already there for the zone is replaced."""
        self._say(None)
        try:
            row = written(form, self._zone_ids)
        except Problem as problem:
            self._say(problem)
            return
        others = [each for each in self.draft if (each["role"], each["zone"]) != (row["role"], row["zone"])]
        self.draft, self.asks = [*others, row], False

    @rx.event
    @permitted(Permission.TEND_STAFF)
    async def drop_role(self, staff: StaffMember, role: str, zone: str):
        """Take a role out of the draft."""
        self.draft = [each for each in self.draft if (each["role"], each["zone"]) != (role, zone)]
        self.asks = False

    @rx.event
    @permitted(Permission.TEND_STAFF)
    async def review(self, staff: StaffMember, form: dict[str, str]):
        """Show what confirming would do."""
        self._say(None)
        held = next((row["roles"] for row in self.rows if row["id"] == self.person_id), [])
        held = [row for row in held if row["state"] != "lapsed"]
        self.why = form.get("why", "").strip()
        try:
            if self.person_id == NEWCOMER:
                self.name, self.mobile = form.get("name", "").strip()[:80], mobile_of(form.get("mobile", ""))
            if not self.why:
                raise Problem("staff.why_missing")
            self.gives = [row for row in self.draft if not any(same(row, one) for one in held)]
            self.ends = [row for row in held if not any(same(row, one) for one in self.draft)]
            if not self.gives and not self.ends:
                raise Problem("staff.no_role" if self.person_id == NEWCOMER else "staff.nothing_changed")
        except Problem as problem:
            self._say(problem)
            return
        self.asks = True

    @rx.event
    @permitted(Permission.TEND_STAFF)
    async def confirm(self, staff: StaffMember):
        """Do it."""
        if not self.asks:
            return
        act = self._act(staff, self.why)
        grants = [grant(row, self._zone_ids) for row in self.draft]
        newcomer, whom = self.person_id == NEWCOMER, self.person_id
        before: list[Grant] = []
        try:
            if newcomer:
                whom = await asyncio.to_thread(_invite, self.mobile, self.name, grants, act)
            else:
                before = await asyncio.to_thread(_change, whom, grants, act)
        except Problem as problem:
            self._say(problem)
            self.asks = False
            return
        await self._load(staff)
        self._close()
        self._changed, self._before = whom, before
        self.done, self.can_undo = "staff.done_invited" if newcomer else "staff.done_changed", True

    @rx.event
    @permitted(Permission.TEND_STAFF)
    async def undo(self, staff: StaffMember):
        """Give back what was held before the last change of this tab; an invitation is withdrawn."""
        if not self.can_undo:
            return
        try:
            await asyncio.to_thread(_change, self._changed, self._before, self._act(staff, "staff.why_undone"))
        except Problem as problem:
            self._say(problem)
            return
        await self._load(staff)
        self.done, self.can_undo = "staff.done_undone", False

    async def _load(self, staff: StaffMember) -> None:
        seen, tended = staff.zone_ids(Permission.SEE_STAFF), staff.zone_ids(Permission.TEND_STAFF)
        people, places = await asyncio.to_thread(_listed, seen, clock.now())
        self.rows = [
            StaffRow(id=one.person_id, name=one.name, mobile=one.mobile, roles=[role_row(each) for each in one.roles])
            for one in people
        ]
        self.tends, self.everywhere = staff.may(Permission.TEND_STAFF), tended is None
        self._zone_ids = {code: place for place, code, _, _ in places if tended is None or place in tended}
        self.zones = [ZoneRow(code=code, hi=hi, en=en) for _, code, hi, en in places if code in self._zone_ids]
        self.filled = True

    def _close(self) -> None:
        self.person_id, self.name, self.mobile, self.why = 0, "", "", ""
        self.draft, self.gives, self.ends, self.asks = [], [], [], False
        self._say(None)

    def _say(self, problem: Problem | None) -> None:
        self.problem, self.problem_params = (problem.code, problem.params) if problem else ("", {})

    def _act(self, staff: StaffMember, why: str) -> Act:
        return Act(staff.person_id, staff.zone_ids(Permission.TEND_STAFF), why, staff.where, clock.now())


def _listed(seen: frozenset[int] | None, now: datetime) -> tuple[list[Employed], list[tuple[int, str, str, str]]]:
    with session() as db:
        return employed(db, seen, now), [(zone.id or 0, zone.code, zone.name_hi, zone.name) for zone in zones(db)]


def _invite(mobile: str, name: str, grants: list[Grant], act: Act) -> int:
    with session() as db:
        return invite(db, mobile, name, grants, act).id or 0


def _change(person_id: int, grants: list[Grant], act: Act) -> list[Grant]:
    with session() as db:
        return change(db, person_id, grants, act)
