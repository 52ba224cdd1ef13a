"""The desk's front page: what the roles of the member of staff open; and the answer to an invitation."""

import asyncio
from datetime import datetime

import reflex as rx

from state.held_roles import RoleRow, role_row
from state.person import SignedIn, signed_in
from state.staff import StaffMember, permitted
from upay import clock
from upay.accounts import Employed, answer, employed
from upay.db import session
from upay.errors import Problem


class DeskState(rx.State):
    """Who is at the desk, as what."""

    name: str = ""
    roles: list[RoleRow] = []
    filled: bool = False

    @rx.event
    @permitted()
    async def load(self, staff: StaffMember):
        """Fill the page."""
        found = await asyncio.to_thread(_own, staff.person_id, clock.now())
        self.name = staff.name
        self.roles = [role_row(each) for one in found for each in one.roles if each.state == "held"]
        self.filled = True


class InvitationState(rx.State):
    """The roles that are offered to the person signed in."""

    offered: list[RoleRow] = []
    filled: bool = False
    declined: bool = False
    problem: str = ""

    @rx.event
    @signed_in
    async def load(self, person: SignedIn):
        """Fill the page; somebody without an invitation is told so."""
        await self._load(person)
        self.declined, self.problem = False, ""

    @rx.event
    @signed_in
    async def accept(self, person: SignedIn):
        """Take the roles; the desk opens, once a second factor is shown."""
        if await self._answer(person, True):
            return rx.redirect("/desk")
        return None

    @rx.event
    @signed_in
    async def decline(self, person: SignedIn):
        """Take none of them."""
        self.declined = await self._answer(person, False)

    async def _answer(self, person: SignedIn, takes: bool) -> bool:
        self.problem = await asyncio.to_thread(
            _give_answer, person.person_id, takes, self.router.session.client_ip, clock.now()
        )
        await self._load(person)
        return not self.problem

    async def _load(self, person: SignedIn) -> None:
        found = await asyncio.to_thread(_own, person.person_id, clock.now())
        self.offered = [role_row(each) for one in found for each in one.roles if each.state == "invited"]
        self.filled = True


def _own(person_id: int, now: datetime) -> list[Employed]:
    with session() as db:
        return employed(db, None, now, [person_id])


def _give_answer(person_id: int, takes: bool, where: str, now: datetime) -> str:
    try:
        with session() as db:
            answer(db, person_id, takes, where, now)
    except Problem as problem:
        return problem.code
    return ""
