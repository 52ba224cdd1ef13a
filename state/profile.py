"""The profile page: name, language of messages, e-mail, and what a person is told by which channel."""

import asyncio
from collections.abc import Callable
from typing import Any, TypedDict

import reflex as rx
from sqlmodel import Session

from state.attempt import attempt
from state.person import SignedIn, signed_in
from upay import clock, consent, notices
from upay.accounts.models import Person
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.notices import Channel
from upay.text import LANGUAGES


class NoticeRow(TypedDict):
    """A kind of notice. on, fixed: by channel."""

    kind: str
    on: dict[str, bool]
    fixed: dict[str, bool]


class ProfileState(rx.State):
    """What the page shows. waiting: the address that a code went to, "" when none is awaited."""

    name: str = ""
    speaks: str = "hi"
    email: str = ""
    waiting: str = ""
    minutes: int = 0
    rows: list[NoticeRow] = []
    loaded: bool = False
    saved: bool = False
    problem: str = ""
    problem_params: dict[str, str | int] = {}

    _handle: str = ""

    @rx.event
    @signed_in
    async def load(self, person: SignedIn):
        """Fill the page."""
        self.saved, self.problem, self.waiting = False, "", ""
        await self._fill(person.person_id)

    @rx.event
    @signed_in
    async def save(self, person: SignedIn, form: dict[str, Any]):
        """Keep name and language."""
        name, speaks = _name(str(form.get("name", ""))), str(form.get("speaks", ""))

        def kept(db: Session) -> None:
            own = db.get_one(Person, person.person_id)
            own.name = name
            own.language = speaks if speaks in LANGUAGES else own.language
            db.add(own)

        await self._do(person, kept)

    @rx.event
    @signed_in
    async def send_email_code(self, person: SignedIn, form: dict[str, Any]):
        """Send a code to the address typed."""
        typed, address = str(form.get("email", ""))[:300], self.router.session.client_ip
        asked = await self._do(
            person, lambda db: consent.ask_email(db, person.person_id, typed, address, clock.now()), told=False
        )
        if asked is not None:
            email, challenge = asked
            self.waiting, self._handle, self.minutes = email, challenge.handle, challenge.minutes

    @rx.event
    @signed_in
    async def confirm_email(self, person: SignedIn, form: dict[str, Any]):
        """Take the code that came by e-mail."""
        code, email, handle = str(form.get("code", ""))[:40], self.waiting, self._handle
        address = self.router.session.client_ip
        await self._do(
            person,
            lambda db: consent.confirm_email(db, person.person_id, email, handle, code, address, clock.now()),
        )
        if not self.problem:
            self.waiting, self._handle = "", ""

    @rx.event
    @signed_in
    async def forget_code(self, person: SignedIn):
        """Back to the address."""
        self.waiting, self._handle, self.problem = "", "", ""

    @rx.event
    @signed_in
    async def remove_email(self, person: SignedIn):
        """Write there no more."""
        await self._do(person, lambda db: consent.remove_email(db, person.person_id, clock.now()))

    @rx.event
    @signed_in
    async def choose(self, person: SignedIn, kind: str, channel: str, wanted: bool):
        """Keep whether a kind of notice comes by a channel."""
        mine, on = person.person_id, bool(wanted)
        await self._do(person, lambda db: notices.choose(db, mine, str(kind), str(channel), on, clock.now()))

    async def _do(self, person: SignedIn, what: Callable[[Session], Any], told: bool = True) -> Any:
        """Do something in one transaction; what it gave, or None and the reason why not on the page."""
        self.saved, self.problem, self.problem_params = False, "", {}
        given = await attempt(what)
        if isinstance(given, Problem):
            self.problem, self.problem_params = given.code, given.params
            given = None
        else:
            self.saved = told
        await self._fill(person.person_id)
        return given

    async def _fill(self, person_id: int) -> None:
        own, choices = await asyncio.to_thread(_profile, person_id)
        self.name, self.speaks = own.name, own.language
        self.email = own.email if own.email_verified_at else ""
        self.rows = [
            NoticeRow(
                kind=each.kind, on=dict(each.on), fixed={channel: channel in each.fixed for channel in Channel}
            )
            for each in choices
        ]
        self.loaded = True


def _profile(person_id: int) -> tuple[Person, list[notices.KindChoice]]:
    with session() as db:
        return db.get_one(Person, person_id), notices.choices(db, person_id, day_of(clock.now()))


def _name(typed: str) -> str:
    """A name as it is kept: one line, at most 60 signs."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in typed).split())[:60].strip()
