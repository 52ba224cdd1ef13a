"""Which of the person's connections the pages of this tab are about."""

from typing import Any, TypedDict

import reflex as rx

from upay.accounts import LinkedConnection


class Choice(TypedDict):
    """A connection in the switcher. label: the nickname, else the consumer's name.  shown: the number in groups."""

    number: str
    shown: str
    label: str


class ChoiceState(rx.State):
    """The connections to choose from, and the number chosen; "" before the page has loaded or when there is none.

    label: what the chosen one is called.
    """

    connections: list[Choice] = []
    number: str = ""
    label: str = ""
    loaded: bool = False

    @rx.var
    def has_none(self) -> bool:
        """Whether the person looks after no connection."""
        return self.loaded and not self.connections

    def _choose(self, own: list[LinkedConnection], wanted: str) -> LinkedConnection | None:
        """Settle on the wanted connection if it is the person's own, else the one chosen before, else the first."""
        by_number = {connection.number: connection for connection in own}
        chosen = by_number.get(wanted) or by_number.get(self.number) or next(iter(own), None)
        self._set(
            connections=[_listed(each) for each in own],
            number=chosen.number if chosen else "",
            label=_label(chosen) if chosen else "",
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
