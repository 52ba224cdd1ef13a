"""Who of the staff looked at a connection's data, and why: for those who manage it."""

import asyncio
from typing import TypedDict

import reflex as rx

from state.choice import ChoiceState
from state.person import SignedIn, signed_in
from state.said import Said, said
from upay import clock
from upay.accounts import Look, Right, looks_at
from upay.clock import day_of
from upay.db import session


class LookRow(TypedDict):
    """A look, or a change."""

    day: str
    at_s: int
    who: str
    what: Said
    why: Said


class LooksState(ChoiceState):
    """The looks at the chosen connection, newest first."""

    rows: list[LookRow] = []
    filled: bool = False

    @rx.event
    @signed_in
    async def show(self, person: SignedIn, number: str = ""):
        """Show a connection's. number: "" for the one shown before, or the first."""
        own = self._choose(person, Right.MANAGE, number)
        found = await asyncio.to_thread(_looks, own.id) if own else []
        self.rows = [
            LookRow(
                day=day_of(each.at).isoformat(),
                at_s=int(each.at.timestamp()),
                who=each.who,
                what=said(each.what),
                why=said(each.why),
            )
            for each in found
        ]
        self.filled = True


def _looks(connection_id: int) -> list[Look]:
    with session() as db:
        return looks_at(db, connection_id, clock.now())
