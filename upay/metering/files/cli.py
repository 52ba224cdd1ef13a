"""`upay import` and `upay export`."""
import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from upay import clock
from upay.db import session
from upay.errors import Problem
from upay.metering.files.detect import TIMEZONE
from upay.metering.files.energy import UNITS
from upay.metering.files.export import export_blocks
from upay.metering.files.load import Progress as Told
from upay.metering.files.load import import_file
from upay.metering.files.placing import Wish
from upay.metering.files.report import Report
from upay.network import connection_by_number
from upay.settings import settings
from upay.text import say

_REASONS = 10


def import_(
    files: Annotated[list[Path], typer.Argument(help="CSV, Parquet or Green Button XML; told by what they hold.")],
    connection: Annotated[str | None, typer.Option(help="Whose they are, where no meter is known: its number.")] = None,
    meter: Annotated[str | None, typer.Option(help="Only this meter or usage point: its name, or its place.")] = None,
    register: Annotated[bool, typer.Option("--register", help="Add unknown meters, each with a connection.")] = False,
    timezone: Annotated[str, typer.Option(help="What times without an offset mean.")] = TIMEZONE,
    unit: Annotated[str | None, typer.Option(help="wh or kwh, where the file does not say.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file.")] = False,
) -> None:
    """Import readings from files, through the same checks as any others, and close the days they belong to.

    Importing a file again changes nothing. Rows that cannot be taken are kept in quarantine and listed with their
    reason; the others are taken all the same. Ends with 1 when all readings of a file were rejected, with 2 when a file
    could not be read or placed.
    """
    if unit is not None and unit.lower() not in UNITS:
        raise Problem("files.unknown_unit", {"unit": unit})
    wish, useless = Wish(meter, connection, register), False
    for path in files:
        with _progress(as_json) as told, _hinted():
            report = import_file(
                path, wish, clock.now(), timezone=timezone, unit=unit and unit.lower(), progress=told
            )
        useless |= report.rejected == report.reads
        if as_json:
            typer.echo(json.dumps(report.as_json(settings().language), ensure_ascii=False))
        else:
            _show(report)
    if useless:
        raise typer.Exit(1)


def export(
    connection: Annotated[str, typer.Argument(help="The connection's number.")],
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    fmt: Annotated[str, typer.Option("--format", help="csv, xlsx or greenbutton.")] = "csv",
) -> None:
    """Write a connection's blocks to a file: settled values, each with how it came about."""
    with session() as opened:
        found = connection_by_number(opened, connection)
        if found is None or found.id is None:
            raise Problem("files.unknown_connection", {"connection": connection}, 404)
        export = export_blocks(opened, found.id, first.date(), last.date(), fmt)
    with out.open("wb") as file:
        size = sum(file.write(piece) for piece in export.pieces(settings().language))
    Console(stderr=True, highlight=False).print(_say("files.export.wrote", size=f"{size:,}", file=str(out)))


@contextmanager
def _progress(quiet: bool) -> Generator[Told]:
    """A bar for each stage on standard error; none where a program reads."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as bars:
        tasks = {stage: bars.add_task(_say(f"files.stage.{stage}"), total=None) for stage in ("read", "take", "close")}
        yield lambda stage, done, total: bars.update(tasks[stage], completed=done, total=total)


@contextmanager
def _hinted() -> Generator[None]:
    """Say what to do about meters that nobody knows."""
    try:
        yield
    except Problem as problem:
        if problem.code == "reads.unknown_meter":
            Console(stderr=True, highlight=False).print(_say("files.unknown_hint"))
        raise


def _show(report: Report) -> None:
    screen = Console(highlight=False)
    more = " …" if len(report.connections) > _REASONS else ""
    table = Table(title=report.file, show_header=False, title_justify="left")
    for name, value in (
        ("reads", f"{report.reads:,}"),
        ("accepted", f"{report.accepted:,}"),
        ("rejected", f"{report.rejected:,}"),
        ("duplicates", f"{report.duplicates:,}"),
        ("total", f"{report.total_wh / 1000:,.3f} kWh"),
        ("time", f"{report.first_block or ''} … {report.last_block or ''}"),
        ("connections", ", ".join(report.connections[:_REASONS]) + more),
    ):
        table.add_row(_say(f"files.report.{name}"), value)
    screen.print(table)
    for remark in report.remarks:
        screen.print(_say(remark.code, **remark.params), markup=False)
    shown = report.first_rejected[:_REASONS]
    for row in shown:
        screen.print(_say("files.report.row", row=row["row"], reason=_say(row["code"], **row["params"])), markup=False)
    if report.rejected > len(shown):
        screen.print(_say("files.report.more", count=report.rejected - len(shown)))


def _say(code: str, **params: str | int) -> str:
    return say(code, settings().language, **params)
