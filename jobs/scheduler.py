"""The scheduler: APScheduler says when, the lease says whether it is ours to say, the runner does it."""
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from apscheduler.executors.base import BaseExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import SQLAlchemyError

from jobs.job import Job, missed
from jobs.lease import SchedulerLease, holder_name
from jobs.runner import Runner
from upay import clock, work
from upay.clock import IST
from upay.db import session
from upay.log import log

_log = log(__name__)
_SWEEP_S = 60.0
_GRACE_S = 4.0


class _HandOver(BaseExecutor):
    """Hands each scheduled time, not the time at which it happened to fire, to the runner."""

    def __init__(self, runner: Runner) -> None:
        super().__init__()
        self._runner = runner

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        self._runner.submit(job.id, run_times)


class Service:
    """One `python -m jobs`: schedules while it holds the lease, stands by while another does."""

    def __init__(self, table: Sequence[Job], workers: int, lease_seconds: int, sweep_seconds: float = _SWEEP_S) -> None:
        self._table = table
        self._sweep_seconds = sweep_seconds
        self._renew_seconds = lease_seconds / 3
        self._lease = SchedulerLease(holder_name(), lease_seconds)
        self._stale = timedelta(seconds=2 * lease_seconds)
        self._runner = Runner(table, self._lease.holder, workers, self._stale, lambda: self._lease.held)
        self._stopped = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="lease", daemon=True)
        self._scheduler = BackgroundScheduler(timezone=IST, executors={"default": _HandOver(self._runner)})
        # How many run at once is the runner's to say; handed over counts as running for ever here.
        whenever = {"misfire_grace_time": None, "max_instances": sys.maxsize}
        for job in table:
            due = {"id": job.name, "args": (job.name, ()), "coalesce": not job.every_slot}
            self._scheduler.add_job(self._runner.submit, job.trigger, **due, **whenever)

    def start(self) -> None:
        """Begin to ask for the lease, and to schedule while it is held. Returns at once."""
        self._keeper.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Begin nothing more, end what runs or abandon it within seconds, and give up the lease."""
        self._scheduler.shutdown(wait=False)
        self._runner.stop(_GRACE_S)
        self._stopped.set()
        self._keeper.join()
        try:
            self._lease.give_up()
        except SQLAlchemyError:
            _log.warning("the lease could not be given up; it runs out by itself")

    def _keep(self) -> None:
        """Renew the lease, beat for what runs, and look for slots that were missed or failed."""
        proven = swept = time.monotonic()
        held = False
        while True:
            try:
                now_held = self._lease.renew()
                proven = time.monotonic()
                if now_held != held:
                    _log.info("lease taken" if now_held else "lease in other hands", holder=self._lease.holder)
                if now_held and (not held or proven - swept >= self._sweep_seconds):
                    swept = proven
                    self._sweep()
                held = now_held
            except SQLAlchemyError as error:
                _log.warning("the database does not answer", error=str(error))
                held = False
                if time.monotonic() - proven > self._stale.total_seconds() / 2:
                    self._runner.halt()
            if self._stopped.wait(self._renew_seconds):
                return

    def _sweep(self) -> None:
        now = clock.now()
        for job in self._table:
            with session() as opened:
                dead = work.bury(opened, job.name, now, self._stale)
                due = work.open_slots(opened, job.name, missed(job, now), job.shards(), job.attempts)
            self._runner.submit(job.name, {*due, *dead} if job.every_slot else due)
