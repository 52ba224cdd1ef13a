"""`upay reads`: taking history, folding, closing, and the proof that nothing was lost."""
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from upay import clock
from upay.db import session
from upay.metering import days, flags_cli, highlow, settle
from upay.metering.verified import Verified
from upay.metering.verify import verify as verify_all
from upay.settings import settings
from upay.text import say

app = typer.Typer(help="Readings on their way from raw to trusted.", no_args_is_help=True)
app.command()(flags_cli.flags)
Json = Annotated[bool, typer.Option("--json", help="Answer with JSON.")]


@app.command()
def backfill(
    folder: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Holds Parquet files, in order of name.")
    ],
    source: Annotated[str, typer.Option(help="Where they come from.")] = "import",
    as_json: Json = False,
) -> None:
    """Take months of readings at once and close their days. The same file is taken once.

    Columns: serial, start_s, wh, and as far as known minutes, export_wh, vah, dv, ca, register_wh, quality.
    """
    with _progress("days.backfilling") as advance:
        report = days.backfill(folder, source, clock.now(), advance)
    if as_json:
        typer.echo(json.dumps(asdict(report), default=str))
        return
    _say("days.backfilled", files=report.files, known=report.known, accepted=report.accepted)
    for code, count in sorted(report.rejected.items()):
        _say("days.rejected", code=code, count=count)
    _say("days.backfill_closed" if report.closed else "days.backfill_open", estimated=report.estimated)


@app.command()
def fold() -> None:
    """Sort what was acknowledged into the days it belongs to."""
    _say("days.folded", reads=settle.fold_all(clock.now()))


@app.command()
def close(
    day: Annotated[datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="Without it all that wait.")] = None,
) -> None:
    """Close days: check, estimate, put into the lake, roll up. Late reads make a new version of what they change."""
    now = clock.now()
    closed = settle.close_due(now) if day is None else settle.close_fresh(now, [day.date()])
    _say("days.closed", days=closed)


@app.command()
def verify(as_json: Json = False) -> None:
    """Prove that roll-ups equal the lake and the lake equals what was acknowledged. Ends with 1 on any difference."""
    with _progress("days.verifying") as advance, session() as db:
        report = verify_all(db, advance)
    if as_json:
        typer.echo(json.dumps(asdict(report), default=str))
    else:
        _tell(report)
    raise typer.Exit(1 if report.found else 0)


@app.command()
def unusual(
    month: Annotated[datetime, typer.Argument(formats=["%Y-%m"], help="Like 2026-10.")], as_json: Json = False
) -> None:
    """List connections whose mean day of a month is far from last year's, or from the three months before."""
    found = highlow.unusual(month.date())
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found]))
        return
    for one in found:
        key = "days.unusual_year" if one.against_last_year else "days.unusual_months"
        _say(key, connection=one.connection_id, mean=one.mean_wh, reference=one.reference_wh)
    _say("days.unusual_count", count=len(found))


def _tell(report: Verified) -> None:
    _say(
        "days.verified",
        connection_days=report.connection_days,
        dtr_days=report.dtr_days,
        meter_days=report.meter_days,
        acknowledged=report.acknowledged,
    )
    if report.skipped_days:
        _say("days.verify_skipped", days=report.skipped_days)
    if report.waiting:
        _say("days.verify_waiting", count=report.waiting)
    if report.unfolded:
        _say("days.verify_unfolded", count=report.unfolded)
    for one in report.differences:
        _say(f"days.differs_{one.what}", day=one.day.isoformat(), what=one.key, expected=one.expected, found=one.found)
    _say("days.differences" if report.found else "days.agree", count=report.found)


@contextmanager
def _progress(key: str) -> Generator[Callable[[float], None]]:
    """A bar on the terminal; the function given takes the share done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(say(key, settings().language), total=1.0)

        def advance(share: float) -> None:
            progress.update(task, completed=share)

        yield advance


def _say(key: str, **params: str | int) -> None:
    typer.echo(say(key, settings().language, **params))
