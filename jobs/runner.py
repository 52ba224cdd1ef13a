"""The runner: takes slots that are due, claims each in the database, has a worker do it, and records how it ended."""
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from jobs.job import Job
from jobs.worker import Worker, WorkFailed
from upay import clock, work
from upay.db import session
from upay.log import log
from upay.work.models import JobRun

_log = log(__name__)


class Runner:
    """Runs the jobs of a table. Jobs run beside each other; the slots of one job run one after the other, in order."""

    def __init__(
        self, table: Sequence[Job], holder: str, workers: int, stale: timedelta, may_start: Callable[[], bool]
    ) -> None:
        """holder: this process's name in claims.  may_start: whether new work may begin (the lease is held).

        stale: for how long a run whose process fell silent is left alone.
        """
        self.holder = holder
        self._stale = stale
        self._may_start = may_start
        self._stopping = threading.Event()
        self._workers = [Worker() for _ in range(workers)]
        self._idle: queue.Queue[Worker] = queue.Queue()
        for worker in self._workers:
            self._idle.put(worker)
        self._lanes = {job.name: _Lane(job, self._run) for job in table}

    def submit(self, name: str, slots: Iterable[datetime]) -> None:
        """Have these slots of a job run, unless they wait or run already."""
        if self._may_start() and not self._stopping.is_set():
            self._lanes[name].submit(slots)

    def halt(self) -> None:
        """Kill what runs: this process can no longer prove that it is alone with it."""
        for worker in self._workers:
            worker.kill()

    def stop(self, grace: float) -> None:
        """Begin nothing more, give what runs `grace` seconds to end, then abandon it to the next process."""
        self._stopping.set()
        deadline = time.monotonic() + grace
        for lane in self._lanes.values():
            lane.close()
        for lane in self._lanes.values():
            lane.join(max(0.0, deadline - time.monotonic()))
        self.halt()
        for lane in self._lanes.values():
            lane.join(grace)

    def _run(self, job: Job, slot: datetime) -> None:
        for shard in range(job.shards()):
            worker = self._idle.get()
            try:
                if self._may_start() and not self._stopping.is_set():
                    self._run_shard(job, slot, shard, worker)
            finally:
                self._idle.put(worker)

    def _run_shard(self, job: Job, slot: datetime, shard: int, worker: Worker) -> None:
        now = clock.now()
        with session() as opened:
            key = (job.name, work.period_of(slot), shard)
            run = work.claim(opened, *key, now, holder=self.holder, attempts=job.attempts, stale=self._stale)
        if run is None:
            return
        try:
            rows = worker.run(job.work, slot, shard, now, job.timeout.total_seconds())
        except WorkFailed as failed:
            self._failed(run, str(failed))
            return
        with session() as opened:
            work.finish(opened, run, clock.now(), rows)

    def _failed(self, run: JobRun, error: str) -> None:
        ended = work.abandon if self._stopping.is_set() else work.fail
        _log.warning("run failed", job=run.job, period=run.period, shard=run.shard, attempt=run.attempts, error=error)
        with session() as opened:
            ended(opened, run, clock.now(), error)


class _Lane(threading.Thread):
    """The queue of one job. A job that counts only its latest slot drops the waiting ones when a newer one comes."""

    def __init__(self, job: Job, run: Callable[[Job, datetime], None]) -> None:
        super().__init__(name=f"job {job.name}", daemon=True)
        self._job, self._run = job, run
        self._waiting: deque[datetime] = deque()
        self._running: datetime | None = None
        self._changed = threading.Condition()
        self._closed = False
        self.start()

    def submit(self, slots: Iterable[datetime]) -> None:
        with self._changed:
            fresh = [slot for slot in slots if slot != self._running and slot not in self._waiting]
            together = sorted([*self._waiting, *fresh])
            self._waiting = deque(together if self._job.every_slot else together[-1:])
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._waiting.clear()
            self._closed = True
            self._changed.notify()

    def run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closed or self._waiting)
                if self._closed:
                    return
                self._running = self._waiting.popleft()
            try:
                self._run(self._job, self._running)
            except Exception:
                # The database was out of reach: the slot stays open, and the next sweep brings it again.
                _log.exception("slot could not be run", job=self._job.name, slot=self._running.isoformat())
            self._running = None
