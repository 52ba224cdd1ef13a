"""`upay ledger`: the proof, the books, and collections from counters and banks."""
import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from upay import clock
from upay.db import session
from upay.errors import Problem
from upay.ledger import check, collect, receipts
from upay.ledger.asking import statement
from upay.ledger.check import trial_balance
from upay.money import rupees
from upay.network import connection_by_number
from upay.packs import pack
from upay.settings import settings
from upay.text import say

app = typer.Typer(help="The ledger: its proof, its books, and what counters and banks took.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
_SHOWN = 20


@app.command("check")
def check_(as_json: Json = False) -> None:
    """Prove that every entry adds up, that balances are the sums of their postings, that nothing is lost or doubled.

    Says what was looked at and names what is wrong. Ends with 1 on any fault.
    """
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=_errors(), transient=True) as progress:
        task = progress.add_task("")
        with session() as db:
            report = check.check(db, lambda code: progress.update(task, description=_said(code)))
    if as_json:
        typer.echo(json.dumps(asdict(report)))
    else:
        counts = {name: getattr(report, name) for name in ("entries", "postings", "balances", "reversals")}
        _say("ledger.checked" if not report.found else "ledger.checked_with_faults", **counts)
        for fault in report.found:
            typer.echo(f"{_said(fault.code)} {fault.count}: {', '.join(fault.first)}")
    raise typer.Exit(1 if report.found else 0)


@app.command()
def show(number: str, first: Day = None, last: Day = None, as_json: Json = False) -> None:
    """Print the statement of a connection: by default the last twelve months."""
    until = last.date() if last else clock.day_of(clock.now())
    since = first.date() if first else until - timedelta(days=365)
    with session() as db:
        connection = connection_by_number(db, number)
        if connection is None or connection.id is None:
            raise Problem("ledger.unknown_connection", {"connection": number}, 404)
        told = statement(db, connection.id, since, until)
    if as_json:
        rows = [{**asdict(row), "at": row.at.isoformat()} for row in told.rows]
        typer.echo(json.dumps({"opening": told.opening, "closing": told.closing, "rows": rows}))
        return
    table = Table(*(_said(f"ledger.column_{name}") for name in ("day", "what", "about", "amount", "balance")))
    table.add_row(since.isoformat(), _said("ledger.opening"), "", "", rupees(told.opening))
    for row in told.rows:
        day = clock.day_of(row.at).isoformat()
        table.add_row(day, _said(f"ledger.kind_{row.kind}"), row.about, rupees(row.paise), rupees(row.balance))
    Console().print(table)


@app.command("trial-balance")
def trial_balance_(as_json: Json = False) -> None:
    """Print what every account was debited and credited; both sums are the same."""
    with session() as db:
        sums = trial_balance(db)
    if as_json:
        typer.echo(json.dumps({account: {"debit": sides[0], "credit": sides[1]} for account, sides in sums.items()}))
        return
    table = Table(*(_said(f"ledger.column_{name}") for name in ("account", "debit", "credit", "balance")))
    for account, (debit, credit) in sums.items():
        table.add_row(_said(f"ledger.account_{account}"), rupees(debit), rupees(credit), rupees(debit - credit))
    debits, credits_ = (sum(sides[n] for sides in sums.values()) for n in (0, 1))
    table.add_row(_said("ledger.total"), rupees(debits), rupees(credits_), rupees(debits - credits_))
    Console().print(table)


@app.command()
def receive(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], as_json: Json = False) -> None:
    """Take a file of collections: receipt, connection, amount (₹), date, mode, [reference].

    The same receipt counts once, however often its file comes. Bad rows are named, the good ones are taken; ends with 1
    when a row was refused.
    """
    now = clock.now()
    report = collect.Received()
    for batch in _batches(_rows(file, clock.day_of(now))):
        with session() as db:
            collect.receive(db, batch, now, report)
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        counts = {name: getattr(report, name) for name in ("rows", "taken", "known")}
        _say("ledger.received", **counts, refused=len(report.refused), rupees=rupees(report.taken_paise))
        for row in report.refused[:_SHOWN]:
            typer.echo(f"{file.name}:{row.row}  {say(row.code, settings().language, value=row.value)}")
        if len(report.refused) > _SHOWN:
            typer.echo("…")
    raise typer.Exit(1 if report.refused else 0)


@app.command("return")
def return_(receipt: str, day: Day = None) -> None:
    """A cheque came back unpaid: take its receipt back and charge what the pack says."""
    returned = day.date() if day else clock.day_of(clock.now())
    with session() as db:
        charge = collect.bounce(db, receipt, returned)
    _say("ledger.returned", receipt=receipt, rupees=rupees(charge))


def _rows(file: Path, today: date) -> Iterator[receipts.Receipt | receipts.Refused]:
    oldest = int(pack().row("dues", today)["collection_oldest_days"])
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            table = csv.DictReader(opened)
            names = {name.strip().lower(): name for name in table.fieldnames or ()}
            if missing := [name for name in receipts.COLUMNS if name not in names]:
                raise Problem("ledger.no_column", {"column": missing[0]})
            for number, cells in enumerate(table, 1):
                yield receipts.read(number, {name: cells[given] for name, given in names.items()}, today, oldest)
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem("ledger.unreadable", {"file": file.name, "reason": str(error)}) from error


def _batches(
    rows: Iterable[receipts.Receipt | receipts.Refused],
) -> Iterator[list[receipts.Receipt | receipts.Refused]]:
    given = iter(rows)
    while batch := list(islice(given, collect.AT_ONCE)):
        yield batch


def _said(code: str) -> str:
    return say(code, settings().language)


def _say(code: str, **params: str | int) -> None:
    typer.echo(say(code, settings().language, **params))


def _errors() -> Console:
    return Console(stderr=True)
