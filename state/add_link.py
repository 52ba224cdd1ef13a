"""Adding a connection to one's list: the number, then the owner's consent or pay-only."""

from collections.abc import Callable
from typing import Any, Literal

import reflex as rx
from sqlmodel import Session

from state.account import ticked
from state.attempt import attempt
from state.person import SignedIn, signed_in
from upay import clock, consent
from upay.accounts import Right, grouped
from upay.accounts.models import AccountLink
from upay.consent import Asked, Found
from upay.errors import Problem
from upay.metering.tail import nudge

Step = Literal["number", "found", "code", "done"]


class AddLinkState(rx.State):
    """Where the person is on the way, and what is known of the number by then. ending: the owner's mobile, masked."""

    step: Step = "number"
    number: str = ""
    shown: str = ""
    name: str = ""
    ending: str = ""
    minutes: int = 0
    is_own: bool = False
    is_linked: bool = False
    rights: list[str] = []
    problem: str = ""
    problem_params: dict[str, str | int] = {}

    _ask_id: int = 0
    _handle: str = ""

    @rx.event
    @signed_in
    async def begin(self, person: SignedIn):
        """Start anew; with the number that the address names, one that is on the list already."""
        self.reset()
        wanted = self.router.url.query_parameters.get("c", "")
        if wanted in {own.number for own in person.connections}:
            await self._find(person, wanted)

    @rx.event
    @signed_in
    async def find(self, person: SignedIn, form: dict[str, Any]):
        """Look for the number that was typed."""
        await self._find(person, str(form.get("number", ""))[:60])

    @rx.event
    @signed_in
    async def add(self, person: SignedIn, form: dict[str, Any]):
        """Add one's own connection, or another's to pay for it only."""
        mine, number = person.person_id, self.number
        relation, nickname = _relation(form), str(form.get("nickname", ""))
        await self._try(lambda db: consent.add(db, mine, number, relation, nickname, clock.now()))
        if not self.problem:
            self.step, self.rights = "done", [right.value for right in Right] if self.is_own else []
            nudge()

    @rx.event
    @signed_in
    async def ask(self, person: SignedIn, form: dict[str, Any]):
        """Send the owner a code for the rights that are ticked."""
        mine, number, address = person.person_id, self.number, self.router.session.client_ip
        rights, relation, nickname = ticked(form), _relation(form), str(form.get("nickname", ""))
        asked = await self._try(
            lambda db: consent.ask(db, mine, number, rights, relation, nickname, address, clock.now())
        )
        if isinstance(asked, Asked):
            self._ask_id, self._handle = asked.ask_id, asked.handle
            self.ending, self.minutes, self.step = asked.mobile, asked.minutes, "code"
            self.rights = [right.value for right in rights]

    @rx.event
    @signed_in
    async def answer(self, person: SignedIn, form: dict[str, Any]):
        """Take the code that the owner told."""
        mine, ask_id, handle = person.person_id, self._ask_id, self._handle
        code, address = str(form.get("code", ""))[:40], self.router.session.client_ip
        answered = await self._try(lambda db: consent.answer(db, mine, ask_id, handle, code, address, clock.now()))
        if isinstance(answered, AccountLink):
            self.step, self._handle = "done", ""
            nudge()

    @rx.event
    @signed_in
    async def again(self, person: SignedIn):
        """Back to what may be asked for; the code that was sent ends with the next one."""
        self.step, self.problem = "found", ""

    async def _find(self, person: SignedIn, typed: str) -> None:
        found = await self._try(lambda db: consent.find(db, person.person_id, typed, clock.now()))
        if isinstance(found, Found):
            self.number, self.shown, self.name = found.number, grouped(found.number), found.name
            self.ending, self.is_own, self.is_linked = found.mobile, found.is_own, found.is_linked
            self.step = "found"

    async def _try(self, what: Callable[[Session], Any]) -> Any:
        """What it gives, or the reason why not on the page."""
        self.problem, self.problem_params = "", {}
        given = await attempt(what)
        if isinstance(given, Problem):
            self.problem, self.problem_params = given.code, given.params
        return given


def _relation(form: dict[str, Any]) -> consent.Relation:
    named = str(form.get("relation", ""))
    return consent.Relation(named) if named in set(consent.Relation) else consent.Relation.OTHER
