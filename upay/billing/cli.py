"""`upay bill`: run a cycle, look at a bill, prove it."""
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from sqlmodel import col, select

from upay import clock
from upay.billing.cycle import Asked, run_cycle
from upay.billing.models import BillingRun
from upay.billing.rules import cycle_of
from upay.db import session
from upay.network.models import Zone
from upay.settings import settings
from upay.text import say

app = typer.Typer(name="bill", no_args_is_help=True, help="Bills: run a cycle, look at a bill, prove it.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def about() -> None:
    """Bills: run a cycle, look at a bill, prove it."""


@app.command()
def run(
    cycle: Annotated[list[str], typer.Option(help="YYYY-MM; several are billed in the order given.")],
    zone: Annotated[list[str] | None, typer.Option(help="Code of a zone; all if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count and sum; write no bill.")] = False,
    as_scheduled: Annotated[
        bool, typer.Option("--as-scheduled", help="Bills bear the schedule's days, however long past: for history.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bill a cycle. Who has a bill keeps it; a run that was broken off goes on where it was."""
    screen = Console(stderr=True, highlight=False)
    for month in [cycle_of(each) for each in cycle]:
        with Progress(console=screen, transient=not screen.is_terminal, disable=as_json) as progress:
            task = progress.add_task(f"{month:%Y-%m}", total=None)
            runs = run_cycle(
                month,
                zone,
                clock.now(),
                Asked(dry_run, as_scheduled),
                on_progress=lambda done: progress.advance(task, done),  # noqa: B023 - called in this turn alone
            )
        _report(runs, as_json)


def _report(runs: list[int], as_json: bool) -> None:
    with session() as db:
        asked = select(BillingRun, Zone.code).join(Zone, col(Zone.id) == col(BillingRun.zone_id))
        found = db.exec(asked.where(col(BillingRun.id).in_(runs)).order_by(Zone.code)).all()
        rows: list[dict[str, Any]] = [
            {**each.model_dump(mode="json", exclude={"id", "person_id"}), "zone": code} for each, code in found
        ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(
            say(
                "billing.ran_dry" if row["dry_run"] else "billing.ran", settings().language,
                zone=row["zone"], cycle=row["cycle"][:7], billed=row["billed"], provisional=row["provisional"],
                exceptions=row["exceptions"], units=f"{row['units_wh'] / 1000:,.0f}",
                rupees=f"{row['current_paise'] / 100:,.2f}",
            )
        )  # fmt: skip
