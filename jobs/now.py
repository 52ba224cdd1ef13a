"""Run a job at once, in the process that asks: for a person at a command line."""
import threading
from datetime import datetime

from jobs.job import Job
from upay import clock, work
from upay.db import session
from upay.work.claims import STALE
from upay.work.models import JobRun


def run_now(job: Job, slot: datetime, shard: int, holder: str) -> JobRun | None:
    """Claim the slot, run it here and record how it ended; None while another process runs it.

    A slot that is done or failed is run again.
    """
    now = clock.now()
    with session() as opened:
        run = work.claim(opened, job.name, work.period_of(slot), shard, now, holder=holder, again=True)
    if run is None:
        return None
    ended = threading.Event()
    beats = threading.Thread(target=_beat, args=(holder, ended), daemon=True)
    beats.start()
    try:
        rows, error = job.work(slot, shard, now), ""
    except Exception as raised:
        rows, error = 0, f"{type(raised).__name__}: {raised}"
    finally:
        ended.set()
        beats.join()
    with session() as opened:
        if error:
            work.fail(opened, run, clock.now(), error)
        else:
            work.finish(opened, run, clock.now(), rows)
    with session() as opened:
        return opened.get(JobRun, run.id)


def _beat(holder: str, ended: threading.Event) -> None:
    """Say that the run lives, so that no scheduler takes it over."""
    while not ended.wait(STALE.total_seconds() / 3):
        with session() as opened:
            work.beat(opened, holder, clock.now())
