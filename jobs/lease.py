"""The scheduler's lease: of several `python -m jobs` on one database, one schedules; another follows when it dies."""
import os
import secrets
import socket
import threading
import time

from upay import clock, work
from upay.db import session
from upay.log import log

NAME = "scheduler"
_log = log(__name__)


def holder_name() -> str:
    """A name that no other process has, now or after a restart."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


class SchedulerLease:
    """This process's hold on the scheduler's role.

    `held` is true only while the last renewal that succeeded is younger than the lease: a process that stalls, or loses
    the database, stops believing in its role before another can be given it.
    """

    def __init__(self, holder: str, seconds: int) -> None:
        self.holder = holder
        self._seconds = seconds
        self._until = 0.0
        self._lock = threading.Lock()

    @property
    def held(self) -> bool:
        """Whether this process may schedule at this moment."""
        return time.monotonic() < self._until

    def renew(self) -> bool:
        """Ask for the role, or keep it, and say that this process's runs live. Raises the database's errors."""
        asked = time.monotonic()
        with self._lock, session() as opened:
            now = clock.now()
            granted = work.hold_lease(opened, NAME, self.holder, now, self._seconds)
            work.beat(opened, self.holder, now)
        # One second less than the database believes: instants there are whole seconds.
        self._until = asked + self._seconds - 1 if granted else 0.0
        return granted

    def give_up(self) -> None:
        """Let another process schedule at once."""
        self._until = 0.0
        with self._lock, session() as opened:
            work.release(opened, NAME, self.holder)
