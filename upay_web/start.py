"""`upay start`: everything a Procfile names, on one machine, started, watched and ended together.

A process that ends by itself is started again at once; one that ends three times within a minute ends everything, for
then something is wrong that a restart does not mend. When the launcher dies, even by SIGKILL, the kernel ends its
processes.
"""
import fcntl
import os
import re
import signal
import subprocess
import time
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from upay.errors import Problem
from upay.settings import settings
from upay.text import say
from upay_web.build import ROOT
from upay_web.processes import end_with_parent
from upay_web.serve import ensure_free

_ENDINGS, _WITHIN_S, _GRACE_S, _READY_S = 3, 60.0, 15.0, 90.0
_LARGEST_LOG = 20 << 20
_screen = Console(highlight=False, soft_wrap=True)


@dataclass
class Part:
    """One line of the Procfile, and the process that now runs it."""

    name: str
    command: str
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    endings: deque[float] = field(default_factory=lambda: deque(maxlen=_ENDINGS))

    def start(self) -> None:
        """Start it in a group of its own, its output going to its log."""
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".old.log"))
        with self.log.open("ab") as written:
            self.process = subprocess.Popen(  # noqa: S603
                ["/bin/sh", "-c", f"exec {self.command}"],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def tail(self) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def start(
    procfile: Annotated[Path, typer.Option(help="Which processes to run.")] = ROOT / "Procfile",
    host: Annotated[str, typer.Option(help="The address the web listens on.")] = "0.0.0.0",  # noqa: S104
    port: Annotated[int, typer.Option(help="The port the web listens on.")] = 3000,
) -> None:
    """Run everything the Procfile names until Ctrl-C."""
    end_with_parent()
    os.environ.update(PORT=str(port), HOST=host)
    logs = settings().var / "log"
    logs.mkdir(parents=True, exist_ok=True)
    with _only_one(settings().var / "start.lock"):
        ensure_free(host, port)
        parts = [Part(name, command, logs / f"{name}.log") for name, command in _read(procfile)]
        stop = _listen()
        try:
            for part in parts:
                part.start()
            _watch(parts, stop, logs)
        finally:
            _end(parts)
            _tell("serve.stopped")


def _watch(parts: list[Part], stop: list[int], logs: Path) -> None:
    """Keep every part running until a signal comes. Raises typer.Exit when one keeps ending."""
    url, since, told = settings().public_url, time.monotonic(), False
    while not stop:
        for part in parts:
            assert part.process is not None
            status = part.process.poll()
            if status is None:
                continue
            part.endings.append(time.monotonic())
            if len(part.endings) == _ENDINGS and part.endings[-1] - part.endings[0] < _WITHIN_S:
                _tell("serve.gave_up", name=part.name, status=status, log=str(part.log))
                raise typer.Exit(1)
            _tell("serve.restarted", name=part.name, status=status, log=str(part.log), tail=part.tail())
            part.start()
        if not told and _answers(f"http://127.0.0.1:{os.environ['PORT']}/health"):
            told = True
            _tell("serve.ready", url=url, logs=str(logs))
        elif not told and time.monotonic() - since > _READY_S:
            told = True
            _tell("serve.slow", url=url, log=str(logs / "web.log"))
        time.sleep(0.2)


def _end(parts: list[Part]) -> None:
    """Ask every part to end, with its children; after the grace, insist."""
    running = [part.process for part in parts if part.process and part.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + _GRACE_S
    for process in running:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _listen() -> list[int]:
    """A list that receives the signals that mean: end."""
    received: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: received.append(got))
    return received


def _read(procfile: Path) -> Iterator[tuple[str, str]]:
    for line in procfile.read_text().splitlines():
        if found := re.fullmatch(r"([A-Za-z0-9_-]+):\s*(.+)", line):
            yield found[1], found[2]


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Hold a lock on the data folder. Raises Problem when another launcher holds it."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            file.seek(0)
            raise Problem("serve.already_running", {"pid": file.read().strip()}) from held
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310
            return answer.status == 200
    except OSError:
        return False


def _tell(key: str, **params: str | int) -> None:
    _screen.print(say(key, settings().language, **params), markup=False)
