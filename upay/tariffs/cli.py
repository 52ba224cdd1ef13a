"""`upay quote` and `upay tariffs`: what a use costs, and by which rates."""
import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import inspect
from sqlalchemy.engine import make_url

from upay import clock
from upay.clock import day_of
from upay.db import engine, session
from upay.settings import settings
from upay.tariffs.book import Book
from upay.tariffs.explain import rupees, units
from upay.tariffs.files import pack_book
from upay.tariffs.models import TariffProposal
from upay.tariffs.quote import Question, Quote, bands_of, quotes, stretch, thousandths
from upay.tariffs.standing import book
from upay.text import say

app = typer.Typer(name="tariffs", help="Tariffs, their versions and where their rates come from.", no_args_is_help=True)
commands = typer.Typer()

Json = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


@commands.command()
def quote(
    tariff: Annotated[str, typer.Option(help="A tariff's id, as `upay tariffs list` shows them.")],
    kwh: Annotated[str, typer.Option(help="Units used.")],
    load_kw: Annotated[str, typer.Option(help="Sanctioned load.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="By the rates of this day's month.")] = None,
    days: Annotated[int | None, typer.Option(help="Days of the period; without it the whole month.")] = None,
    tod: Annotated[
        str, typer.Option(help="Units by hours, like 09-17=60,17-22=40,rest=100; the rest counts as normal hours.")
    ] = "",
    prepaid: Annotated[bool, typer.Option("--prepaid", help="With a prepaid meter.")] = False,
    as_json: Json = False,
) -> None:
    """Say what a month's use costs, line by line, with how each line is computed. Rupees with --json are paise."""
    day = on.date() if on else day_of(clock.now())
    schedule = _standing().schedule(tariff, day)
    wh, load_w = thousandths(kwh), thousandths(load_kw)
    bands_wh = bands_of(tod, wh, schedule.bands) if tod and wh >= 0 else None
    first, last = stretch(day, days)
    (found,) = quotes([Question(schedule, first, last, wh, load_w, bands_wh, prepaid)])
    if as_json:
        typer.echo(json.dumps(_as_json(found, day), ensure_ascii=False, default=str))
    else:
        _show(found)


def _as_json(found: Quote, on: date) -> dict[str, Any]:
    asked, language = found.question, settings().language
    lines = [
        {
            "kind": line.kind,
            "detail": line.detail,
            "name": say(line.name[0], language, **line.name[1]),
            "quantity": line.quantity,
            "unit": line.unit,
            "rate": line.rate,
            "paise": line.paise,
            "how": say(line.how[0], language, **line.how[1]),
            "source": line.source.source,
            "since": line.source.since,
            "confidence": line.source.confidence,
        }
        for line in found.lines
    ]
    return {
        "tariff": asked.schedule.tariff_id,
        "version": asked.schedule.version,
        "priced_by": found.schedule.version,
        "on": on,
        "first": asked.first,
        "last": asked.last,
        "kwh": units(asked.wh).replace(",", ""),
        "load_kw": units(asked.load_w).replace(",", ""),
        "prepaid": asked.prepaid,
        **{name: value for name, value in found.totals.items() if name.endswith("_paise")},
        "lines": lines,
    }


def _show(found: Quote) -> None:
    """The lines as a table, then whose rates they are."""
    language = settings().language
    schedule, asked = found.schedule, found.question
    console = Console(soft_wrap=True, highlight=False)
    told = {"tariff": schedule.name[language], "first": asked.first.isoformat(), "last": asked.last.isoformat()}
    console.print(say("tariff.quoted", language, **told), style="bold", markup=False)
    headings = (say("tariff.column_line", language), say("tariff.column_how", language))
    table = Table(*headings, box=None, pad_edge=False, padding=(0, 2))
    table.add_column("₹", justify="right")
    for line in found.lines:
        name, how = (say(code, language, **params) for code, params in (line.name, line.how))
        table.add_row(name, how, rupees(line.paise))
    table.add_section()
    table.add_row(say("tariff.total", language), "", rupees(found.totals["total_paise"]), style="bold")
    console.print(table)
    console.print(say("tariff.by_version", language, version=schedule.version), style="dim", markup=False)




@app.command("list")
def show_all(as_json: Json = False) -> None:
    """List tariffs with the version in force today, and since when it holds."""
    rates, today, language = _standing(), day_of(clock.now()), settings().language
    rows = [
        {"tariff": tariff.id, "name": tariff.name[language], "category": tariff.category, "version": version.version}
        | {"since": version.first.isoformat(), "versions": len(rates.versions(tariff.id))}
        for tariff in rates.tariffs.values()
        for version in [rates.schedule(tariff.id, today)]
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    for name in ("tariff", "name", "category", "since", "version"):
        table.add_column(say(f"tariff.list_{name}", language), no_wrap=name in ("tariff", "version"), overflow="fold")
    for row in rows:
        table.add_row(*(str(row[name]) for name in ("tariff", "name", "category", "since", "version")))
    Console(soft_wrap=True, highlight=False).print(table)


@app.command()
def show(
    tariff: Annotated[str, typer.Argument(help="A tariff's id.")],
    on: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As it stands on this day.")] = None,
) -> None:
    """Print a tariff's schedule as JSON, with the source and the confidence of every part."""
    schedule = _standing().schedule(tariff, on.date() if on else day_of(clock.now()))
    told = json.loads(schedule.content) | {"version": schedule.version, "last": schedule.last}
    typer.echo(json.dumps(told, ensure_ascii=False, indent=1, default=str))


@app.command()
def check() -> None:
    """Read every tariff of every pack anew, and the rows approved since; stops at the first that cannot stand."""
    rates = _standing()
    versions = sum(len(rates.versions(tariff_id)) for tariff_id in rates.tariffs)
    typer.echo(say("tariff.checked", settings().language, tariffs=len(rates.tariffs), versions=versions))


def _standing() -> Book:
    """The book as it stands in this installation; the packs' alone where there is no database yet."""
    url = make_url(settings().url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return pack_book()
    if not inspect(engine()).has_table(str(TariffProposal.__tablename__)):
        return pack_book()
    with session() as db:
        return book(db)
