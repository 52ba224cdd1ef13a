"""The last known numbers, kept on the device while a page is open and shown when the server is out of reach."""

from typing import Any

import reflex as rx
from reflex.vars import VarData

from components.script import expression


def keep_home(ready: Any, connection: Any, today_wh: Any, month_wh: Any, last_read_s: Any) -> rx.Component:
    """Put on the home page: whenever the numbers change, the device keeps them. Draws nothing.

    ready: Var of whether the numbers are there.  connection: what the person calls it.
    Energy in Wh, instants in seconds since 1970.
    """
    values = {"connection": connection, "today_wh": today_wh, "month_wh": month_wh, "last_read_s": last_read_s}
    return _Keep.create(ready=ready, name="home", values=values)


def forget_home() -> rx.Component:
    """The opposite: nothing is left on the device of a connection that the person may not see any more."""
    return _Forget.create(name="home")


class _Forget(rx.Component):
    library = "$/public/client/kept"
    tag = "Forget"

    name: rx.Var[str]


class _Keep(rx.Component):
    library = "$/public/client/kept"
    tag = "Keep"

    ready: rx.Var[bool]
    name: rx.Var[str]
    values: rx.Var[dict[str, Any]]


def kept(name: str, value: str, kind: type = int) -> Any:
    """A kept number of a page, as a Var; `at_s` is when they were kept. 0 or "" where nothing is."""
    return expression(
        f"(kept_{name}.{value} ?? {'0' if kind is int else repr('')})",
        VarData(
            imports={"$/public/client/kept": "useKept"},
            hooks={f"const kept_{name} = useKept({name!r})": None},
        ),
        kind=kind,
    )
