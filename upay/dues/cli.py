"""`upay dues`: what a connection owes, by age; plans that staff agree to at the counter."""
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import Session

from upay import clock
from upay.db import session
from upay.dues import ageing, agree, open_items
from upay.errors import Problem
from upay.money import rupees
from upay.network import connection_by_number
from upay.settings import settings
from upay.text import say

app = typer.Typer(help="What is owed and overdue.", no_args_is_help=True)


@app.command()
def show(number: str, as_json: Annotated[bool, typer.Option("--json", help="Answer with JSON.")] = False) -> None:
    """Print what is open of a connection's charges, the oldest first, and how old it is."""
    today = clock.day_of(clock.now())
    with session() as db:
        connection_id = _connection(db, number)
        items = open_items(db, connection_id, connection_id)
    ages: dict[str, Any] = next(iter(ageing(items, today).drop("connection_id").iter_rows(named=True)), {})
    if as_json:
        rows = items.select("kind", "about", "due_on", "paise", "open_paise").to_dicts()
        typer.echo(json.dumps({"items": rows, "ages": ages}, default=str))
        return
    if items.is_empty():
        _say("dues.no_dues")
        return
    language = settings().language
    table = Table(*(say(f"dues.column_{name}", language) for name in ("due", "kind", "about", "open")))
    for row in items.iter_rows(named=True):
        what = say(f"ledger.kind_{row['kind']}", language)
        table.add_row(row["due_on"].isoformat(), what, row["about"], rupees(row["open_paise"]))
    Console().print(table)
    _say("dues.ages", **{name: rupees(paise) for name, paise in ages.items()})


@app.command()
def plan(number: str, instalments: int) -> None:
    """Agree to an instalment plan for what is overdue, within the pack's limits."""
    today = clock.day_of(clock.now())
    with session() as db:
        agreed = agree(db, _connection(db, number), instalments, today, None)
    _say("dues.planned", count=instalments, first=agreed[0].due_on.isoformat())


def _connection(db: Session, number: str) -> int:
    found = connection_by_number(db, number)
    if found is None or found.id is None:
        raise Problem("ledger.unknown_connection", {"connection": number}, 404)
    return found.id


def _say(code: str, **params: str | int) -> None:
    typer.echo(say(code, settings().language, **params))
