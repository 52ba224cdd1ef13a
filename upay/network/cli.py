"""`upay network`: the network's commands."""
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from upay import clock
from upay.errors import Problem
from upay.network.load import NetworkReport, load_network
from upay.network.tables import TABLES
from upay.settings import settings
from upay.text import say

app = typer.Typer(no_args_is_help=True, help="Zones, substations, feeders, DTRs, connections and meters.")

_COUNTS = ("given", "added", "known", "refused")
_SHOWN = 20


@app.callback()
def network() -> None:
    """Keep `load` a command of its own: Typer would fold a lone command into the group."""


@app.command()
def load(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Holds zones.csv … installations.csv.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Load the network from CSV files, adding what is new and bringing up to date what is known.

    Reads zones, substations, feeders, dtrs, connections, meters and installations (.csv) as far as they are there; see
    docs/operations.md for their columns. Ends with 1 when a row was refused; the rows beside it are taken all the same.
    """
    tables = {name: _read(path) for name in TABLES if (path := folder / f"{name}.csv").is_file()}
    if not tables:
        raise Problem("network.no_tables", {"folder": str(folder)})
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("")
        report = load_network(tables, clock.now(), lambda name: progress.update(task, description=name))
    if as_json:
        typer.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        _print(report)
    raise typer.Exit(1 if report.refused else 0)


def _read(path: Path) -> pl.DataFrame:
    try:
        return pl.read_csv(path, infer_schema=False)
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        raise Problem("network.unreadable", {"file": path.name, "reason": str(error).splitlines()[0]}) from error


def _print(report: NetworkReport) -> None:
    console, language = Console(soft_wrap=True), settings().language
    table = Table("", *(say(f"network.column_{name}", language) for name in _COUNTS))
    for name, counts in report.rows.items():
        table.add_row(name, *(str(counts[count]) for count in _COUNTS))
    console.print(table)
    for refusal in report.refused[:_SHOWN]:
        sentence = say(refusal.code, language, **refusal.params)
        console.print(f"{refusal.table}:{refusal.row}  {sentence}", markup=False)
    if len(report.refused) > _SHOWN:
        console.print("…")
