"""The demonstration's SMS inbox: open to all while `settings.demo` holds, and closed otherwise."""

import asyncio
from typing import TypedDict

import reflex as rx

from upay import clock
from upay.accounts import shown_codes
from upay.accounts.models import Person
from upay.db import session
from upay.notices import latest
from upay.settings import settings

SHOWN = 20
LOOK_EVERY_S = 1.0


class Sms(TypedDict):
    """A message as the inbox shows it. code: the one-time code in it, "" where there is none."""

    id: int
    to: str
    text: str
    language: str
    code: str
    sent_s: int


class AppCode(TypedDict):
    """What the authenticator app of one of the demonstration's staff shows now."""

    mobile: str
    name: str
    code: str


class InboxState(rx.State):
    """What has been sent lately, newest first. Public: demonstration mode alone opens it."""

    demo: bool = False
    loaded: bool = False
    messages: list[Sms] = []
    app_codes: list[AppCode] = []
    _watching: bool = False

    @rx.event
    async def load(self):
        """Say whether this is a demonstration; the sign-in page links to the inbox only then."""
        self.demo = settings().demo

    @rx.event(background=True)
    async def watch(self):
        """Keep the list fresh for as long as the page is open."""
        if not settings().demo:
            return
        async with self:
            mine = self.router.session.session_id
            if self._watching:
                return
            self._watching = True
        try:
            while True:
                messages, codes = await asyncio.to_thread(_latest)
                async with self:
                    if self.router.session.session_id != mine or not self.router.url.path.startswith("/inbox"):
                        return
                    if messages != self.messages or not self.loaded:
                        self.messages, self.loaded = messages, True
                    if codes != self.app_codes:
                        self.app_codes = codes
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            async with self:
                self._watching = False


def _latest() -> tuple[list[Sms], list[AppCode]]:
    with session() as db:
        codes = [
            AppCode(mobile=person.mobile, name=person.name, code=code)
            for person_id, code in sorted(shown_codes(db, clock.now()).items())
            if (person := db.get(Person, person_id)) is not None
        ]
        messages = [
            Sms(
                id=message.id or 0,
                to=message.to,
                text=message.text,
                language=message.language,
                code=str(message.params.get("code", "")),
                sent_s=int(message.created_at.timestamp()),
            )
            for message in latest(db, SHOWN)
        ]
        return messages, codes
