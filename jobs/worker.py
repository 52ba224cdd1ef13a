"""A worker: a process that runs one piece of work after another, so that neither a crash nor an endless loop in it
takes the scheduler along. It ends by itself when its parent is gone."""
import contextlib
import multiprocessing
import os
import queue
import signal
import threading
from datetime import datetime
from multiprocessing.connection import Connection

from jobs.job import Work
from upay.log import log, set_up

_spawn = multiprocessing.get_context("spawn")
_log = log(__name__)


class WorkFailed(Exception):
    """The work raised, its process died, or it overran its time; says which."""


class Worker:
    """The parent's end of a worker process, started at the first piece of work. One caller at a time."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def run(self, work: Work, slot: datetime, shard: int, now: datetime, seconds: float) -> int:
        """Run `work(slot, shard, now)` over there and return its rows. Raises WorkFailed."""
        pipe = self._started()
        try:
            pipe.send((work, slot, shard, now))
            if not pipe.poll(seconds):
                raise WorkFailed(f"overran {seconds:.0f} s and was killed")
            rows, error = pipe.recv()
        except (EOFError, OSError):
            self.kill()
            raise WorkFailed("the worker process died") from None
        except WorkFailed:
            self.kill()
            raise
        if error is not None:
            raise WorkFailed(error)
        return rows

    def kill(self) -> None:
        """End the process at once, whatever it does. A later `run` starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.join()

    def _started(self) -> Connection:
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            self._pipe, theirs = _spawn.Pipe()
            self._process = _spawn.Process(target=_serve, args=(theirs,), name="upay-job-worker", daemon=True)
            self._process.start()
            theirs.close()
        return self._pipe


def _serve(pipe: Connection) -> None:
    """The child: the parent alone decides when it ends, so signals sent to the whole group pass it by."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    set_up("job worker")
    tasks: queue.SimpleQueue[tuple[Work, datetime, int, datetime]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, tasks), daemon=True).start()
    while True:
        work, slot, shard, now = tasks.get()
        with contextlib.suppress(OSError):
            pipe.send(_outcome(work, slot, shard, now))


def _listen(pipe: Connection, tasks: "queue.SimpleQueue[tuple[Work, datetime, int, datetime]]") -> None:
    """A pipe that ends means that the parent has died: its claim will be taken over, so nothing may go on here."""
    try:
        while True:
            tasks.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


def _outcome(work: Work, slot: datetime, shard: int, now: datetime) -> tuple[int, str | None]:
    try:
        return work(slot, shard, now), None
    except BaseException as error:  # also a panic of a library in Rust, which is no Exception
        _log.exception("work failed", work=work.__module__, slot=slot.isoformat(), shard=shard)
        return 0, f"{type(error).__name__}: {error}"
