"""`upay jobs`: what runs when, and how it went."""
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from sqlmodel import col, select

from jobs.job import Job, missed, when
from jobs.lease import holder_name
from jobs.now import run_now
from jobs.table import table
from upay import clock, work
from upay.clock import IST
from upay.db import session
from upay.errors import Problem
from upay.settings import settings
from upay.text import say
from upay.work.models import JobRun

app = typer.Typer(no_args_is_help=True, help="The jobs that run by themselves: when, and how they went.")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_(as_json: Json = False) -> None:
    """Show every job, its next slot and its last run."""
    rows = [{"job": job.name, "trigger": when(job.trigger), "next": _next(job), "last": _last(job)} for job in table()]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    lines = [(row["job"], row["trigger"], row["next"], _run_line(row["last"])) for row in rows]
    _print(("job", "trigger", "next", "last"), lines)


@app.command()
def run(
    name: Annotated[str, typer.Argument(help="A job of the list.")],
    slot: Annotated[str | None, typer.Option(help="Its scheduled time, as in the log; the latest if left out.")] = None,
    shard: Annotated[int, typer.Option(help="Which part, of a job that has several.")] = 0,
    as_json: Json = False,
) -> None:
    """Run a job now, in this process, for a slot; also one that is done. Ends with 1 when it fails."""
    job = _job(name)
    now = clock.now()
    try:
        at = work.slot_of(slot) if slot else (missed(job, now) or [now.replace(microsecond=0)])[-1]
    except ValueError as error:
        raise Problem("jobs.bad_slot", {"slot": slot or ""}) from error
    _report(run_now(job, at, shard, holder_name()), as_json)


@app.command()
def rerun(run_id: Annotated[int, typer.Argument(help="A run of the log.")], as_json: Json = False) -> None:
    """Run a recorded run again: the same job, slot and shard. Ends with 1 when it fails."""
    with session() as opened:
        found = opened.get(JobRun, run_id)
    if found is None:
        raise Problem("jobs.no_such_run", {"run": run_id}, 404)
    _report(run_now(_job(found.job), work.slot_of(found.period), found.shard, holder_name()), as_json)


@app.command()
def log(
    name: Annotated[str | None, typer.Argument(help="Only this job.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many runs.")] = 20,
    failed: Annotated[bool, typer.Option("--failed", help="Only runs that failed.")] = False,
    as_json: Json = False,
) -> None:
    """Show runs, the latest first."""
    asked = select(JobRun).order_by(col(JobRun.started_at).desc(), col(JobRun.id).desc()).limit(limit)
    if name is not None:
        asked = asked.where(JobRun.job == _job(name).name)
    if failed:
        asked = asked.where(JobRun.state == "failed")
    with session() as opened:
        rows = [_as_plain(found) for found in opened.exec(asked)]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    names = ("id", "job", "period", "shard", "state", "attempts", "rows", "seconds", "error")
    _print(names, [tuple(row[name] for name in names) for row in rows])


def _job(name: str) -> Job:
    found = next((job for job in table() if job.name == name), None)
    if found is None:
        raise Problem("jobs.unknown", {"job": name, "jobs": ", ".join(job.name for job in table())}, 404)
    return found


def _next(job: Job) -> str | None:
    slot = job.trigger.get_next_fire_time(None, clock.now())
    return slot.astimezone(IST).isoformat(timespec="seconds") if slot else None


def _last(job: Job) -> dict[str, Any] | None:
    with session() as opened:
        found = opened.exec(
            select(JobRun).where(JobRun.job == job.name).order_by(col(JobRun.started_at).desc()).limit(1)
        ).first()
    return None if found is None else _as_plain(found)


def _as_plain(found: JobRun) -> dict[str, Any]:
    return found.model_dump(mode="json", exclude={"holder", "beat_at"})


def _report(found: JobRun | None, as_json: bool) -> None:
    if found is None:
        raise Problem("jobs.running", {}, 409)
    if as_json:
        typer.echo(json.dumps(_as_plain(found), ensure_ascii=False))
    else:
        Console(highlight=False).print(_run_line(_as_plain(found)), markup=False)
    if found.state == "failed":
        raise typer.Exit(1)


def _run_line(row: dict[str, Any] | None) -> str:
    """One run in a sentence."""
    if row is None:
        return _say("jobs.never")
    if row["state"] == "failed":
        return _say("jobs.failed", period=row["period"], error=row["error"] or "", attempts=row["attempts"])
    if row["state"] == "running":
        return _say("jobs.runs", period=row["period"])
    return _say("jobs.done", period=row["period"], rows=row["rows"] or 0, seconds=f"{row['seconds'] or 0:.1f}")


def _print(names: tuple[str, ...], lines: list[tuple[object, ...]]) -> None:
    shown = Table(*(_say(f"jobs.column.{name}") for name in names))
    for line in lines:
        shown.add_row(*("" if cell is None else str(cell) for cell in line))
    Console(highlight=False).print(shown)


def _say(code: str, **params: str | int) -> str:
    return say(code, settings().language, **params)
