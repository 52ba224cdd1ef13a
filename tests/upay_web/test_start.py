"""The launcher: starts what a Procfile names, starts again what ends, and leaves nothing behind, however it dies."""
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.harness.commands import begin, end, free_port, until

STAYS = "sleep 1000"
Launch = Callable[[dict[str, str]], "subprocess.Popen[bytes]"]


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """The file that holds what the launcher prints."""
    return tmp_path / "said"


@pytest.fixture
def launch(home: Path, tmp_path: Path, said: Path) -> Iterator[Launch]:
    """Starts a launcher for some named commands; each writes its process id beside its log."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(commands: dict[str, str]) -> "subprocess.Popen[bytes]":
        procfile = tmp_path / "Procfile"
        lines = (f"{name}: sh -c 'echo $$ >> {home}/{name}.pids; {command}'" for name, command in commands.items())
        procfile.write_text("\n".join(lines))
        upay = Path(sys.executable).parent / "upay"
        command = [str(upay), "start", "--procfile", str(procfile), "--port", str(free_port())]
        begun.append(begin(command, said))
        return begun[-1]

    yield start
    for launcher in begun:
        if launcher.poll() is None:
            end(launcher)


def starts(home: Path, name: str) -> list[int]:
    """The process ids under which a command has run so far."""
    path = home / f"{name}.pids"
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def lives(pid: int) -> bool:
    """Whether a process runs (one that has ended and waits to be collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_ctrl_c_ends_every_process(launch, home, said):
    launcher = launch({"one": STAYS, "two": STAYS})
    until(lambda: bool(starts(home, "one") and starts(home, "two")), 15, said.read_text)
    launcher.send_signal(signal.SIGINT)
    assert launcher.wait(10) == 0
    assert not any(map(lives, starts(home, "one") + starts(home, "two")))


def test_a_killed_launcher_leaves_no_process_behind(launch, home, said):
    launcher = launch({"one": STAYS})
    until(lambda: bool(starts(home, "one")), 15, said.read_text)
    os.kill(launcher.pid, signal.SIGKILL)
    launcher.wait()
    until(lambda: not any(map(lives, starts(home, "one"))), 5, lambda: f"still there: {starts(home, 'one')}")


def test_after_a_killed_launcher_the_next_one_starts(launch, home, said):
    launcher = launch({"one": STAYS})
    until(lambda: bool(starts(home, "one")), 15, said.read_text)
    os.kill(launcher.pid, signal.SIGKILL)
    launcher.wait()
    launch({"one": STAYS})
    until(lambda: len(starts(home, "one")) == 2, 15, said.read_text)


def test_a_process_that_is_killed_is_started_again(launch, home, said):
    launch({"one": STAYS})
    until(lambda: bool(starts(home, "one")), 15, said.read_text)
    os.kill(starts(home, "one")[0], signal.SIGKILL)
    until(lambda: len(starts(home, "one")) == 2, 5, said.read_text)
    assert "one ended with code -9" in said.read_text()


def test_a_process_that_keeps_ending_ends_everything(launch, home, said):
    launcher = launch({"good": STAYS, "bad": "exit 3"})
    assert launcher.wait(20) == 1
    assert len(starts(home, "bad")) == 3
    assert "bad keeps ending with code 3" in said.read_text()
    assert not any(map(lives, starts(home, "good")))


def test_only_one_launcher_runs_on_a_data_folder(launch, home, said):
    first = launch({"one": STAYS})
    until(lambda: bool(starts(home, "one")), 15, said.read_text)
    assert launch({"one": STAYS}).wait(15) == 2
    assert f"process {first.pid}" in said.read_text()


def test_a_port_in_use_is_said_in_a_sentence(home, said):
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        upay = Path(sys.executable).parent / "upay"
        assert begin([str(upay), "start", "--port", str(port)], said).wait(15) == 2
    assert f"Port {port} is in use" in said.read_text()
    assert "Traceback" not in said.read_text()
