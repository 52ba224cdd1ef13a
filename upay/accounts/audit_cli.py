"""`upay audit`: prove that the audit log is whole."""

import json
from typing import Annotated

import typer
from rich.console import Console

from upay.accounts.audit import verify
from upay.db import session
from upay.settings import settings
from upay.text import say

app = typer.Typer(name="audit", help="The audit log.")


@app.callback()
def about() -> None:
    """The audit log."""


@app.command("verify")
def verify_command(
    noted: Annotated[
        str | None, typer.Option(help="NUMBER:SEAL that an earlier look printed: proves that nothing was cut since.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Check every entry's number, its seal and the seal before it. Ends with 1, naming the first that is not right."""
    number, _, seal = (noted or "").partition(":")
    if noted and not (number.isdecimal() and seal):
        raise typer.BadParameter("NUMBER:SEAL", param_hint="--noted")
    with session() as db:
        found = verify(db, (int(number), seal) if noted else None)
    screen = Console(highlight=False, soft_wrap=True)
    if as_json:
        told = {"entries": found.entries, "seal": found.seal, "broken_at": found.broken_at, "why": found.why}
        screen.print(json.dumps(told), markup=False)
    elif found.broken_at is None:
        screen.print(say("audit.whole", settings().language, count=found.entries))
        screen.print(f"{found.entries}:{found.seal}", markup=False)
    else:
        screen.print(say(found.why, settings().language, number=found.broken_at), style="red", markup=False)
    if found.broken_at is not None:
        raise typer.Exit(1)
