"""What opens an account, and the browsers in which it is open: for the person's own pages."""

import asyncio
from typing import TypedDict

import reflex as rx

from state.guard import token_of
from state.person import SignedIn, person_behind, signed_in
from upay import clock
from upay.accounts import (
    described,
    has_authenticator,
    passkeys_of,
    password_of,
    recovery_codes_left,
    second_factor_due,
    sessions_of,
    visits_of,
)
from upay.db import session


class Key(TypedDict):
    """A passkey as its page lists it."""

    id: int
    name: str
    made_s: int
    used_s: int


class Device(TypedDict):
    """A browser that is signed in."""

    id: int
    browser: str
    address: str
    since_s: int
    seen_s: int
    here: bool


class SecurityState(rx.State):
    """Which ways in the person has."""

    loaded: bool = False
    user_name: str = ""
    has_password: bool = False
    has_app: bool = False
    codes_left: int = 0
    keys: list[Key] = []

    @rx.event
    @signed_in
    async def load(self, person: SignedIn):
        """Fill the pages of what opens the account."""
        found = await asyncio.to_thread(_ways_of, person.person_id)
        self.user_name, self.has_password, self.has_app, self.codes_left, self.keys = found
        self.loaded = True


class DevicesState(rx.State):
    """In which browsers the person is signed in."""

    loaded: bool = False
    devices: list[Device] = []

    @rx.event
    @signed_in
    async def load(self, person: SignedIn):
        """Fill the page of browsers."""
        self.devices = await asyncio.to_thread(_devices_of, person.person_id, token_of(self) or "")
        self.loaded = True


class SecondState(rx.State):
    """The page that asks for a second factor."""

    @rx.event
    async def check(self):
        """Who is signed in and has no second factor yet goes to set one up. Public: tells nothing, changes nothing."""
        person = await person_behind(self)
        if person is not None and not await asyncio.to_thread(_has_second, person.person_id):
            return rx.redirect("/account/security?e=security.second_needed", replace=True)
        return None


def _ways_of(person_id: int) -> tuple[str, bool, bool, int, list[Key]]:
    with session() as db:
        password = password_of(db, person_id)
        keys = [
            Key(
                id=key.id or 0,
                name=key.name,
                made_s=int(key.created_at.timestamp()),
                used_s=int(key.last_used_at.timestamp()) if key.last_used_at else 0,
            )
            for key in passkeys_of(db, person_id)
        ]
        return (
            password.user_name if password else "",
            password is not None,
            has_authenticator(db, person_id),
            recovery_codes_left(db, person_id),
            keys,
        )


def _devices_of(person_id: int, token: str) -> list[Device]:
    now = clock.now()
    with session() as db:
        visit = visits_of(db, [token], now).get(token)
        return [
            Device(
                id=row.id or 0,
                browser=described(row.user_agent),
                address=row.address,
                since_s=int(row.created_at.timestamp()),
                seen_s=int(row.last_seen_at.timestamp()),
                here=visit is not None and row.id == visit.session_id,
            )
            for row in sessions_of(db, person_id, now)
        ]


def _has_second(person_id: int) -> bool:
    with session() as db:
        return second_factor_due(db, person_id, clock.now())
