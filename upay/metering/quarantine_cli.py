"""`upay quarantine`: rows that could not be taken, and taking them after all."""
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from upay import clock
from upay.db import session
from upay.metering import intake, tail
from upay.settings import settings
from upay.text import say

app = typer.Typer(help="Rows that could not be taken, with their reasons.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]
Code = Annotated[str | None, typer.Option(help="Only rows with this code, such as reads.unknown_meter.")]
_COLUMNS = ("id", "source", "row", "reason")


@app.command("list")
def list_(
    code: Code = None,
    after: Annotated[int, typer.Option(help="Begin behind this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 50,
    as_json: Json = False,
) -> None:
    """Show the rows that wait, oldest first."""
    with session() as db:
        rows = intake.held(db, code=code, after=after, limit=limit)
    if as_json:
        typer.echo(json.dumps([intake.shown(row) for row in rows]))
        return
    language = settings().language
    if not rows:
        typer.echo(say("reads.quarantine_empty", language))
        return
    table = Table(*(say(f"reads.column_{name}", language) for name in _COLUMNS))
    for row in rows:
        table.add_row(str(row.id), row.source, str(row.row_number), say(row.code, language, **row.params))
    Console().print(table)


@app.command()
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers of rows; none means all.")] = None,
    code: Code = None,
    as_json: Json = False,
) -> None:
    """Try waiting rows again, after what was wrong with them has been mended."""
    with session() as db:
        counts = intake.replay(db, clock.now(), ids or None, code)
    tail.nudge()
    if as_json:
        typer.echo(json.dumps(counts))
        return
    left = counts["tried"] - counts["settled"]
    typer.echo(say("reads.replayed", settings().language, **counts, left=left))
