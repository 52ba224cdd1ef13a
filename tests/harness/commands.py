"""Starting other programs: where they are, as whom they may run, and that they end with the test."""
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from upay_web.processes import end_with_parent


def found(program: str) -> str | None:
    """Where a program is, PostgreSQL's tools included, which Debian keeps off the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"))
    return str(debian[-1]) if debian else shutil.which(program)


def unprivileged() -> list[str]:
    """What to write before a command that refuses to run as root."""
    if os.geteuid():
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    # A change of user takes away the signal at the parent's death, so setpriv asks for it again.
    group = pwd.getpwnam(user).pw_gid
    return ["setpriv", "--pdeathsig=INT", f"--reuid={user}", f"--regid={group}", "--clear-groups", "--"]


def owner() -> int:
    """The user id under which `unprivileged` commands run."""
    prefix = unprivileged()
    return pwd.getpwnam(prefix[2].removeprefix("--reuid=")).pw_uid if prefix else os.geteuid()


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def begin(command: list[str], log: Path, **options: object) -> "subprocess.Popen[bytes]":
    """Start a command whose output goes to `log` and which the kernel ends when this process dies."""
    with log.open("ab") as written:
        return subprocess.Popen(  # type: ignore[call-overload]
            command,
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
            preexec_fn=end_with_parent,
            **options,
        )


def end(process: "subprocess.Popen[bytes]", kindly: int = signal.SIGTERM) -> None:
    """End a process kindly, then firmly."""
    process.send_signal(kindly)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def until(holds: Callable[[], bool], seconds: float, otherwise: Callable[[], str]) -> None:
    """Wait until something holds; after `seconds`, fail with what `otherwise` says."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(otherwise())
        time.sleep(0.05)
