"""The page of a person's own data: consents, who of the staff looked, a copy, and being erased."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import reflex as rx
from sqlmodel import Session

from state.account import whole
from state.attempt import attempt
from state.person import SignedIn, person_behind, signed_in
from upay import accounts, clock, consent, privacy
from upay.accounts import Purpose, Right, grouped, masked_mobile
from upay.accounts.models import Person
from upay.clock import day_of
from upay.consent import Agreed
from upay.db import session
from upay.errors import Problem
from upay.metering.tail import nudge

LOOK_EVERY_S = 1.0


class ConsentRow(TypedDict):
    """A consent. withdrawn_on: "" while it stands."""

    id: int
    purpose: str
    version: int
    receiver: str
    shown: str
    rights: list[str]
    given_on: str
    withdrawn_on: str
    may_end: bool


class PrivacyState(rx.State):
    """What the page shows. copy_state: "", asked, building, ready, failed.  erase_on: ISO date, "" for no erasure."""

    consents: list[ConsentRow] = []
    loaded: bool = False
    copy_state: str = ""
    copy_percent: int = 0
    copy_kb: int = 0
    copy_url: str = ""
    cooling_days: int = 7
    security_days: int = 180
    books_years: int = 8
    erase_on: str = ""
    waiting: str = ""
    said: str = ""
    problem: str = ""
    problem_params: dict[str, str | int] = {}

    _handle: str = ""

    @rx.event
    @signed_in
    async def load(self, person: SignedIn):
        """Fill the page; while a copy is being made, follow it."""
        self.said, self.problem, self.waiting = "", "", ""
        await self._fill(person.person_id)
        return PrivacyState.follow if self.copy_state in ("asked", "building") else None

    @rx.event
    @signed_in
    async def withdraw(self, person: SignedIn, consent_id: int):
        """Take a consent back."""
        await self._do(person, lambda db: _withdrawn(db, person.person_id, whole(consent_id)), "account.withdrawn")
        nudge()

    @rx.event
    @signed_in
    async def make_copy(self, person: SignedIn):
        """Ask for a copy of everything."""
        await self._do(person, lambda db: privacy.ask_export(db, person.person_id, clock.now()), "")
        return None if self.problem else PrivacyState.follow

    @rx.event(background=True, supersedes=True)
    @signed_in
    async def follow(self, person: SignedIn):
        """Show how far the copy is, for as long as the page is open."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            asking = await person_behind(self)
            async with self:
                if asking is None or not self.router.url.path.startswith("/account/privacy"):
                    return
                await self._fill(asking.person_id)
                if self.copy_state not in ("asked", "building"):
                    return

    @rx.event
    @signed_in
    async def send_code(self, person: SignedIn):
        """Make sure that it is the person: a code to their own number."""
        address = self.router.session.client_ip
        challenge = await self._do(person, lambda db: _challenge(db, person.person_id, address), "")
        if challenge is not None:
            self.waiting, self._handle = masked_mobile(challenge.mobile), challenge.handle

    @rx.event
    @signed_in
    async def erase(self, person: SignedIn, form: dict[str, Any]):
        """Begin the days after which the account is erased."""
        code, handle, address = str(form.get("code", ""))[:40], self._handle, self.router.session.client_ip
        await self._do(person, lambda db: _erasing(db, person.person_id, handle, code, address), "")
        if not self.problem:
            self.waiting, self._handle = "", ""

    @rx.event
    @signed_in
    async def forget_code(self, person: SignedIn):
        """Not now."""
        self.waiting, self._handle, self.problem = "", "", ""

    @rx.event
    @signed_in
    async def keep_account(self, person: SignedIn):
        """Undo it."""
        mine = person.person_id
        await self._do(person, lambda db: privacy.undo_erasure(db, mine, clock.now()), "account.erase_undone")

    async def _do(self, person: SignedIn, what: Callable[[Session], Any], said: str) -> Any:
        """Do something in one transaction; what it gave, or None and the reason why not on the page."""
        self.said, self.problem, self.problem_params = "", "", {}
        given = await attempt(what)
        if isinstance(given, Problem):
            self.problem, self.problem_params = given.code, given.params
            given = None
        else:
            self.said = said
        await self._fill(person.person_id)
        return given

    async def _fill(self, person_id: int) -> None:
        found = await asyncio.to_thread(_own, person_id)
        agreed, copy, erasure, terms = found
        self.consents = [_consent_row(each) for each in agreed]
        self.copy_state = copy.state if copy else ""
        self.copy_percent, self.copy_kb = (copy.percent, -(-copy.bytes // 1024)) if copy else (0, 0)
        self.copy_url = f"/api/v1/account/copies/{copy.id}" if copy and copy.state == "ready" else ""
        self.erase_on = day_of(erasure.due_at).isoformat() if erasure else ""
        self.cooling_days, self.security_days, self.books_years = (
            terms.cooling_days,
            terms.security_days,
            terms.books_years,
        )
        self.loaded = True


def _own(person_id: int) -> tuple[Sequence[Agreed], Any, Any, privacy.Terms]:
    now = clock.now()
    with session() as db:
        return (
            consent.consents_of(db, person_id),
            privacy.latest_export(db, person_id, now),
            privacy.pending_erasure(db, person_id),
            privacy.terms(now),
        )


def _withdrawn(db: Session, person_id: int, consent_id: int) -> None:
    """End one of the person's own consents, and with it what it allowed."""
    now, agreed = clock.now(), consent.own_consent(db, person_id, consent_id)
    if agreed.purpose == consent.Purpose.LINK:
        consent.withdraw_consent(db, person_id, consent_id, now)
    elif agreed.purpose == consent.Purpose.EMAIL:
        consent.remove_email(db, person_id, now)


def _challenge(db: Session, person_id: int, address: str) -> accounts.Challenge:
    person = db.get_one(Person, person_id)
    about = f"erase:{person_id}"
    return accounts.send_code(db, person.mobile, person.language, address, clock.now(), Purpose.CONFIRM, about=about)


def _erasing(db: Session, person_id: int, handle: str, code: str, address: str) -> Any:
    now = clock.now()
    proved = accounts.check_code(db, handle, code, now, Purpose.CONFIRM, address, about=f"erase:{person_id}")
    if isinstance(proved, Problem):
        return proved
    return privacy.ask_erasure(db, person_id, now)


def _consent_row(agreed: Agreed) -> ConsentRow:
    return ConsentRow(
        id=agreed.id,
        purpose=agreed.purpose,
        version=agreed.version,
        receiver=agreed.receiver,
        shown=grouped(agreed.number) if agreed.number else "",
        rights=[right.value for right in Right if right in agreed.rights],
        given_on=day_of(agreed.given_at).isoformat(),
        withdrawn_on=day_of(agreed.withdrawn_at).isoformat() if agreed.withdrawn_at else "",
        may_end=agreed.withdrawn_at is None and agreed.purpose != consent.Purpose.ACCOUNT,
    )
