"""`upay accounts`: who signs in, and for which connections."""

from typing import Annotated

import typer
from rich.console import Console

from upay import clock
from upay.accounts import (
    ALL_RIGHTS,
    begin_demo_authenticator,
    connection_numbered,
    forget_second_factor,
    link,
    mobile_of,
    person_with,
)
from upay.accounts.audit_cli import app as audit_app
from upay.accounts.staff_cli import app as staff_app
from upay.db import session
from upay.text import LANGUAGES

app = typer.Typer(help="People who sign in, and the connections they look after.")
commands = typer.Typer()
commands.add_typer(staff_app, name="staff")
commands.add_typer(audit_app, name="audit")


@app.callback()
def about() -> None:
    """People who sign in, and the connections they look after."""


@app.command()
def enrol(
    mobile: Annotated[str, typer.Argument(help="Mobile number, in any usual writing.")],
    name: Annotated[str, typer.Argument(help="The person's name.")],
    numbers: Annotated[list[str], typer.Argument(help="The connections' 10-digit numbers.")],
    language: Annotated[str, typer.Option(help=f"One of: {', '.join(LANGUAGES)}.")] = LANGUAGES[0],
) -> None:
    """Make a person known and let them look after connections. Running it again changes nothing."""
    if language not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")
    now = clock.now()
    with session() as db:
        connections = [connection_numbered(db, number) for number in numbers]
        person = person_with(db, mobile_of(mobile), language, now)
        person.name, person.language = name, language
        for connection in connections:
            assert person.id is not None and connection.id is not None
            # The owner is who holds the registered number; the office may let others look after it all the same.
            relation = "owner" if connection.mobile in (None, person.mobile) else "family"
            link(db, person.id, connection.id, now, relation, ALL_RIGHTS)
    Console(highlight=False).print(f"{person.mobile}  {name}  {', '.join(numbers)}")


@app.command()
def authenticator(mobile: Annotated[str, typer.Argument(help="Mobile number of somebody known.")]) -> None:
    """Demonstration: give somebody an authenticator app whose code the inbox page shows. Again, it changes nothing."""
    with session() as db:
        begin_demo_authenticator(db, mobile_of(mobile), clock.now())


@app.command("reset-second-factor")
def reset_second_factor(
    mobile: Annotated[str, typer.Argument(help="Mobile number of somebody who has shown in person who they are.")],
    why: Annotated[str, typer.Option(help="How, and who has seen it: for the audit log.")],
) -> None:
    """Take away somebody's authenticator app, recovery codes and passkeys, and sign them out everywhere."""
    with session() as db:
        person = forget_second_factor(db, mobile_of(mobile), why, clock.now())
    Console(highlight=False).print(f"{person.mobile}  {person.name}")
