"""The demonstration's SMS inbox: open to all while `settings.demo` holds, and closed otherwise."""

import asyncio
from typing import TypedDict

import reflex as rx

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


class InboxState(rx.State):
    """What has been sent lately, newest first. Public: demonstration mode alone opens it."""

    demo: bool = False
    loaded: bool = False
    messages: list[Sms] = []
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
                messages = await asyncio.to_thread(_latest)
                async with self:
                    if self.router.session.session_id != mine or not self.router.url.path.startswith("/inbox"):
                        return
                    if messages != self.messages or not self.loaded:
                        self.messages, self.loaded = messages, True
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            async with self:
                self._watching = False


def _latest() -> list[Sms]:
    with session() as db:
        return [
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
