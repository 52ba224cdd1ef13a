"""What a page knows of its surroundings in the browser: its address, and a wait that counts down."""

from typing import Any

import reflex as rx
from reflex.vars import VarData

from components.script import data_of, expression


def query(name: str) -> rx.Var[str]:
    """A parameter of the page's address, "" where it has none."""
    own = f"query_{name}"
    hook = f"const {own} = useQuery({name!r})"
    return expression(own, VarData(imports={"$/public/client/page": "useQuery"}, hooks={hook: None}))


def query_address(name: str) -> rx.Var[str]:
    """A parameter that holds an address of ours; "/" for any other."""
    asked = query(name)
    return expression(f"inside({asked!s})", data_of(asked), page="inside")


def query_values() -> rx.Var[dict[str, str]]:
    """All parameters of the page's address. Read `query` of one of them beside it, so that both come with the page."""
    return expression("queryValues()", kind=dict[str, str], page="queryValues")


def countdown(seconds: int) -> Any:
    """Seconds left of a wait that began when the page opened, as a number Var."""
    hook = f"const left_{seconds} = useCountdown({seconds})"
    return expression(
        f"left_{seconds}", VarData(imports={"$/public/client/page": "useCountdown"}, hooks={hook: None}), kind=int
    )


def return_when_reachable(back: rx.Var[str]) -> rx.Component:
    """Leaves for the address `back` as soon as the server answers again. Draws nothing."""
    return _Return.create(back=back)


class _Return(rx.Component):
    library = "$/public/client/page"
    tag = "Return"

    back: rx.Var[str]
