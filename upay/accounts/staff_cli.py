"""`upay staff`: who works here. The first administrator is made on the machine; the rest is done at the desk."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session, col, select

from upay import clock
from upay.accounts.employ import Act, Grant, change, enrol, standing
from upay.accounts.employed import employed
from upay.accounts.mobile import mobile_of
from upay.accounts.models import Person
from upay.accounts.permissions import Role
from upay.db import session
from upay.errors import Problem
from upay.network import zones
from upay.text import LANGUAGES

app = typer.Typer(name="staff", help="Who works here, as what, and where.")
_screen = Console(highlight=False)

Why = Annotated[str, typer.Option(help="The reason, for the audit log.")]
Mobile = Annotated[str, typer.Argument(help="Mobile number, in any usual writing.")]


@app.callback()
def about() -> None:
    """Who works here, as what, and where."""


@app.command("enrol")
def enrol_command(
    mobile: Mobile,
    name: Annotated[str, typer.Argument(help="The person's name.")],
    roles: Annotated[list[Role], typer.Argument(help="What the person works as.")],
    zone: Annotated[list[str] | None, typer.Option(help="A zone's code; may be repeated. All, if left out.")] = None,
    language: Annotated[str | None, typer.Option(help=f"One of: {', '.join(LANGUAGES)}.")] = None,
    why: Why = "command line",
) -> None:
    """Employ somebody at once. Running it again changes nothing."""
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")
    with session() as db:
        grants = [Grant(role, place) for role in roles for place in _zone_ids(db, zone or [])]
        person = enrol(db, mobile_of(mobile), name, grants, Act(None, None, why, "", clock.now()))
        person.language = language or person.language
    _screen.print(f"{person.mobile}  {name}  {', '.join(roles)}  {', '.join(zone or ['*'])}")


@app.command()
def end(mobile: Mobile, why: Why = "command line") -> None:
    """End every role of somebody."""
    with session() as db:
        person = db.exec(select(Person).where(col(Person.mobile) == mobile_of(mobile))).first()
        if person is None or not standing(db, person.id or 0, clock.now()):
            raise Problem("staff.works_elsewhere", status=404)
        change(db, person.id or 0, [], Act(None, None, why, "", clock.now()))
    _screen.print(f"{person.mobile}  {person.name}")


@app.command("list")
def list_command() -> None:
    """Everybody with a role."""
    table = Table("mobile", "name", "role", "zone", "state", "until", box=None)
    with session() as db:
        for person in employed(db, None, clock.now()):
            for held in person.roles:
                until = held.until.astimezone(clock.IST).strftime("%Y-%m-%d %H:%M") if held.until else ""
                table.add_row(person.mobile, person.name, held.role, held.zone or "*", held.state, until)
    _screen.print(table)


def _zone_ids(db: Session, codes: list[str]) -> list[int | None]:
    """The zones' ids; [None], all of them, where no code is given."""
    known = {zone.code: zone.id for zone in zones(db)}
    for code in codes:
        if code not in known:
            raise Problem("staff.unknown_zone", {"code": code}, 404)
    return [known[code] for code in codes] or [None]
