"""`upay demo`: the demonstration's commands."""
import json
import logging
import signal
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from demo.plan import LEAST, Fleet
from demo.seasons import ordinal
from demo.store import Store, read

app = typer.Typer(help="The demonstration: a fleet of meters and their head-end.")

_IST = timezone(timedelta(hours=5, minutes=30))
Var = Annotated[Path, typer.Option(envvar="UPAY_VAR", help="Where everything that runs writes.")]
Connections = Annotated[int, typer.Option(min=LEAST, help="How many connections.")]
Days = Annotated[int, typer.Option(min=1, help="Days of history.")]
Seed = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="The same seed makes the same fleet.")]
Pack = Annotated[str, typer.Option(envvar="UPAY_PACK", help="up or mp.")]
Url = Annotated[str, typer.Option(help="Where the product answers.")]
_HERE = "http://127.0.0.1:3000"


class _JsonLines(logging.Formatter):
    """As the product's own processes log."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"timestamp": self.formatTime(record), "process": "headend", "level": record.levelname.lower()}
        return json.dumps({"event": record.getMessage(), **told}, ensure_ascii=False)


@app.callback(invoke_without_command=True)
def demo(
    called: typer.Context,
    connections: Connections = 500,
    days: Days = 395,
    seed: Seed = 7,
    pack: Pack = "up",
    speed: Annotated[float, typer.Option(min=0, help="Then run the head-end this many times faster.")] = 0,
    url: Url = _HERE,
    var: Var = Path("var"),
) -> None:
    """Make a fleet, as `make` does, when no command is named; with `--speed` run its head-end afterwards."""
    if called.invoked_subcommand is None:
        make(connections, days, seed, None, pack, var)
        if speed:
            headend(url, max(speed, 1), None, False, var)


@app.command()
def make(
    connections: Connections = 500,
    days: Days = 395,
    seed: Seed = 7,
    until: Annotated[
        str | None, typer.Option(help="IST date (YYYY-MM-DD) before which history ends; today's if left out.")
    ] = None,
    pack: Pack = "up",
    var: Var = Path("var"),
) -> None:
    """Make a fleet, its history and its persons, and hand them to the product. A second time it only looks."""
    from demo.make import MakeFailed, Product, make

    store = Store(var)
    end = ordinal(date.fromisoformat(until[:10]) if until else datetime.now(_IST).date())
    fleet = Fleet(seed, connections, end - days, end, pack)
    planned = store.fleet()
    if planned and until is None:  # an earlier day's fleet goes on: its head-end fills the days since
        span = planned.until_day - planned.first_day
        if (planned.seed, planned.connections, span, planned.pack) == (seed, connections, days, pack):
            fleet = planned
    if planned and planned != fleet:
        Console(stderr=True).print(f"{store.folder} holds another fleet: choose another UPAY_VAR, or remove {var}.")
        raise typer.Exit(1)
    try:
        make(fleet, store, Product(var, pack))
    except MakeFailed as failed:
        Console(stderr=True).print(f"{failed} failed.")
        raise typer.Exit(1) from failed
    sign_ins(var)


@app.command("sign-ins")
def sign_ins(var: Var = Path("var")) -> None:
    """Who may sign in to the demonstration."""
    console = Console(highlight=False, soft_wrap=True)
    for person in read(Store(var).sign_ins) or []:
        mobile = person["mobile"].removeprefix("+91")
        kind, opened = person["kind"], person.get("opens") or ", ".join(person["connections"])
        zone = f" (zone {person['zone']})" if person.get("zone") else ""
        console.print(f"  {mobile[:5]} {mobile[5:]}  {person['name']:<24} {kind:<13} {opened}{zone}")


@app.command()
def headend(
    url: Url = _HERE,
    speed: Annotated[float, typer.Option(min=1, help="How many times faster its clock runs until it is now.")] = 1,
    start: Annotated[
        datetime | None, typer.Option("--from", help="Where a faster clock starts (IST); midnight if left out.")
    ] = None,
    once: Annotated[bool, typer.Option(help="Catch up, send one live reading a meter, and end.")] = False,
    var: Var = Path("var"),
) -> None:
    """Send readings and events as a head-end does: through the product's HTTP doors, live ones every five seconds."""
    from demo.door import Door, Refused
    from demo.headend import HeadEnd
    from demo.pace import Pace

    written = logging.StreamHandler()
    written.setFormatter(_JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[written])
    logging.getLogger("httpx").setLevel(logging.WARNING)
    store = Store(var)
    fleet = store.fleet()
    if fleet is None or not store.made.is_file():
        Console(stderr=True).print("There is no fleet yet: run `upay demo make`.")
        raise typer.Exit(1)
    begin = start.replace(tzinfo=_IST) if start else datetime.combine(datetime.now(_IST), time(), _IST)
    pace = Pace(speed, begin.timestamp())
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: pace.end())
    try:
        with Door(url, store.key.read_text().strip(), pace) as door:
            HeadEnd(fleet, store.registers(), door, pace, store.progress).run(once=once)
    except Refused as refused:
        Console(stderr=True).print(f"The product refuses this head-end: {refused}")
        raise typer.Exit(1) from refused
