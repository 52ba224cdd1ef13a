"""Let go of what is kept elsewhere by now: landing and open files of days that the lake has, old records of runs."""
from datetime import datetime, timedelta

from upay import work as runs
from upay.clock import day_of
from upay.db import session
from upay.metering.days import folding, forget_parts, sweep_parts
from upay.metering.settle import forget_landed
from upay.settings import settings


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Remove them. Returns how many files and records."""
    kept = timedelta(days=settings().keep_open_days)
    with session() as opened:
        files = forget_landed(opened, now - kept)
    with session() as opened:
        forget_parts(opened, day_of(now) - kept)
    with folding(), session() as opened:
        files += sweep_parts(opened, now)
    with session() as opened:
        return files + runs.forget(opened, now - timedelta(days=settings().keep_runs_days))
