"""`upay reads`: taking history, folding, closing, and the proof that nothing was lost."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from upay import clock
from upay.db import session
from upay.metering import days
from upay.metering.verify import Verified
from upay.metering.verify import verify as verify_all
from upay.settings import settings
from upay.text import say

app = typer.Typer(help="Readings on their way from raw to trusted.", no_args_is_help=True)
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
    batches = reads = 0
    while True:
        with session() as db:
            folded = days.fold(db, clock.now())
        if folded is None:
            break
        batches, reads = batches + folded.batches, reads + folded.reads
    _say("days.folded", batches=batches, reads=reads)


@app.command()
def close(
    day: Annotated[
        datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="One day; without it all that want it.")
    ] = None,
) -> None:
    """Close days: check, estimate, put into the lake, roll up. Late reads make a new version of what they change."""
    now = clock.now()
    with session() as db:
        wanted = days.days_to_close(db, now)
    chosen = [pair for pair in wanted if day is None or pair[0] == day.date()]
    by_day: dict[date, list[int]] = {}
    for one, bucket in chosen:
        by_day.setdefault(one, []).append(bucket)
    rows = 0
    with _progress("days.closing") as advance:
        for number, (one, buckets) in enumerate(by_day.items()):
            rows += sum(int(closed.tally.frame["meter_days"].sum()) for closed in days.close(one, buckets, now))
            advance((number + 1) / len(by_day))
    _say("days.closed", days=len(by_day), rows=rows)


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


def _tell(report: Verified) -> None:
    _say(
        "days.verified",
        connection_days=report.connection_days,
        meter_days=report.meter_days,
        acknowledged=report.acknowledged,
    )
    if report.skipped_days:
        _say("days.verify_skipped", days=report.skipped_days)
    if report.waiting:
        _say("days.verify_waiting", count=report.waiting)
    for one in report.differences:
        _say(f"days.differs_{one.what}", day=one.day.isoformat(), key=one.key, expected=one.expected, found=one.found)
    _say("days.differences" if report.found else "days.agree", count=report.found)


@contextmanager
def _progress(key: str) -> Generator[Any]:
    """A bar on the terminal; the function given takes the share done."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(say(key, settings().language), total=1.0)
        yield lambda share: progress.update(task, completed=share)


def _say(key: str, **params: str | int) -> None:
    typer.echo(say(key, settings().language, **params))
