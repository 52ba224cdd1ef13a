"""The head-end's clock: the true time, or one that hurries until it has caught up with it."""
import threading
import time
from collections.abc import Callable


class Pace:
    """speed: how much faster than the true time it runs. begin_s: where a hurried clock starts, seconds since 1970.

    It never shows the future: once it has caught up, it runs with the true time.
    """

    def __init__(self, speed: float, begin_s: float, true_s: Callable[[], float] = time.time) -> None:
        self._speed, self._true_s = speed, true_s
        self._started_s = true_s()
        self._begin_s = begin_s if speed > 1 else self._started_s
        self._ended = threading.Event()

    def now_s(self) -> float:
        """Seconds since 1970 UTC."""
        true_s = self._true_s()
        return min(true_s, self._begin_s + (true_s - self._started_s) * self._speed)

    def wait(self, seconds: float) -> bool:
        """Let true seconds pass; False when it is time to end."""
        return not self._ended.wait(seconds)

    @property
    def ended(self) -> bool:
        """Whether somebody asked to end."""
        return self._ended.is_set()

    def end(self) -> None:
        """Wake up and end."""
        self._ended.set()
