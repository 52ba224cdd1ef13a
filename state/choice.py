"""Which of the person's connections the pages of this tab are about."""

from typing import Any, TypedDict

import reflex as rx

from state.person import SignedIn
from upay.accounts import LinkedConnection, Right


class Choice(TypedDict):
    """A connection in the switcher. label: the nickname, else the consumer's name.  shown: the number in groups."""

    number: str
    shown: str
    label: str


class ChoiceState(rx.State):
    """The connections to choose from, and the number chosen; "" before the page has loaded or when there is none.

    label: what the chosen one is called.  withheld: the person looks after connections, but the owner of none of them
    allows what this page shows.
    """

    connections: list[Choice] = []
    number: str = ""
    label: str = ""
    withheld: bool = False
    loaded: bool = False

    @rx.var
    def has_none(self) -> bool:
        """Whether there is no connection for this page to be about."""
        return self.loaded and not self.connections

    def _choose(self, person: SignedIn, right: Right, wanted: str) -> LinkedConnection | None:
        """Settle on the wanted connection if the person holds the page's right on it, else the one chosen before if so,
        else the first; None when there is none."""
        own = person.holding(right)
        by_number = {connection.number: connection for connection in own}
        chosen = by_number.get(wanted) or by_number.get(self.number) or next(iter(own), None)
        self._set(
            connections=[_listed(each) for each in own],
            number=chosen.number if chosen else "",
            label=_label(chosen) if chosen else "",
            withheld=not own and bool(person.connections),
            loaded=True,
        )
        return chosen

    def _set(self, **values: Any) -> None:
        """Set the vars that differ: what a var holds already need not travel to the browser again."""
        for name, value in values.items():
            if self.get_value(name) != value:
                setattr(self, name, value)


def _listed(own: LinkedConnection) -> Choice:
    number = own.number
    return Choice(number=number, shown=f"{number[:2]} {number[2:6]} {number[6:]}", label=_label(own))


def _label(own: LinkedConnection) -> str:
    return own.nickname or own.consumer_name
