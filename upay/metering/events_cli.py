"""`upay events`: meter events from files."""
from collections import Counter
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress

from upay import clock
from upay.db import session
from upay.errors import Problem
from upay.metering.intake import take_events
from upay.settings import settings
from upay.text import say

app = typer.Typer(help="What meters reported beside readings: power failures, tampering.", no_args_is_help=True)

_ROWS_AT_A_TIME = 20_000


@app.callback()
def about() -> None:
    """What meters reported beside readings: power failures, tampering."""


@app.command()
def backfill(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: meter, code, at or at_s.")],
    source: Annotated[str, typer.Option(help="Whose events they are.")] = "import",
) -> None:
    """Take a file of past events, as the door for events would. What is known already changes nothing.

    Take events before the readings of the same days, so that a power failure explains the readings it cost.
    """
    try:
        rows = pl.read_csv(file, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise Problem("events.unreadable", {"file": file.name}) from error
    counts: Counter[str] = Counter()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(file.name, total=len(rows))
        for part in rows.iter_slices(_ROWS_AT_A_TIME):
            with session() as db:
                answer = take_events(db, part.write_csv().encode(), "text/csv", None, source, clock.now())
            counts.update({name: answer[name] for name in ("accepted", "duplicates", "rejected")})
            progress.advance(task, len(part))
    taken = {name: counts[name] for name in ("accepted", "duplicates", "rejected")}
    typer.echo(say("events.taken", settings().language, **taken))
