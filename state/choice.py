"""Which of the person's connections the pages of this tab are about."""
import asyncio
from typing import TypedDict

import reflex as rx

from upay.accounts import LinkedConnection, connections_of
from upay.accounts.models import Person
from upay.db import session


class Choice(TypedDict):
    """A connection in the switcher. label: the nickname, else the consumer's name.  shown: the number in groups."""

    number: str
    shown: str
    label: str


class ChoiceState(rx.State):
    """The connections to choose from, and the number chosen; "" before the page has loaded or when there is none."""

    connections: list[Choice] = []
    number: str = ""
    loaded: bool = False

    @rx.var
    def label(self) -> str:
        """What the chosen connection is called."""
        return next((choice["label"] for choice in self.connections if choice["number"] == self.number), "")

    @rx.var
    def has_none(self) -> bool:
        """Whether the person looks after no connection."""
        return self.loaded and not self.connections

    def _choose(self, own: list[LinkedConnection], wanted: str) -> LinkedConnection | None:
        """Settle on the wanted connection if it is the person's own, else the one chosen before, else the first."""
        choices = [_listed(each) for each in own]
        if choices != self.connections:
            self.connections = choices
        by_number = {connection.number: connection for connection in own}
        chosen = by_number.get(wanted) or by_number.get(self.number) or next(iter(own), None)
        self.number, self.loaded = chosen.number if chosen else "", True
        return chosen


async def own_connections(person: Person) -> list[LinkedConnection]:
    """The person's connections, asked at every use: a link may end, and what a browser names proves nothing."""
    return await asyncio.to_thread(_own, person.id or 0)


def _listed(own: LinkedConnection) -> Choice:
    number = own.number
    return Choice(
        number=number, shown=f"{number[:2]} {number[2:6]} {number[6:]}", label=own.nickname or own.consumer_name
    )


def _own(person_id: int) -> list[LinkedConnection]:
    with session() as db:
        return connections_of(db, person_id)
