"""Several jobs processes on one database: each slot runs once, whichever of them lives."""
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from sqlmodel import select

from upay.db import session
from upay.work.models import JobRun, Lease

HERE = Path(__file__).parent
LEASE_S = 3


@pytest.fixture
def start(database, tmp_path, monkeypatch):
    """Start a jobs process; whatever still runs at the end is killed."""
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    started: list[subprocess.Popen] = []

    def begin(work: str) -> subprocess.Popen:
        paths = os.pathsep.join((str(HERE), str(HERE.parents[1])))
        command = [sys.executable, str(HERE / "serve.py"), work, str(LEASE_S)]
        started.append(subprocess.Popen(command, env=os.environ | {"PYTHONPATH": paths}))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def wait_for(what: Callable[[], object], seconds: float = 40) -> object:
    """Wait until `what` returns something true, and return it."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it never came about")


def notes(path: Path) -> list[str]:
    file = path / "notes"
    return file.read_text().splitlines() if file.exists() else []


def leader() -> int:
    """The process that schedules, by the name in its lease."""
    with session() as opened:
        return int(wait_for(lambda: opened.exec(select(Lease.holder)).first()).split(":")[1])


def test_three_processes_run_every_slot_exactly_once_though_their_leader_is_killed(start, tmp_path):
    processes = [start("note") for _ in range(3)]
    wait_for(lambda: len(notes(tmp_path)) >= 25)
    first = leader()
    next(process for process in processes if process.pid == first).kill()
    written = len(notes(tmp_path))
    wait_for(lambda: len(notes(tmp_path)) >= written + LEASE_S + 3)
    assert leader() != first
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(20)

    slots = sorted(datetime.fromisoformat(line.split()[0]) for line in notes(tmp_path))
    with session() as opened:
        runs = opened.exec(select(JobRun)).all()
    # A slot in the leader's hands at the very moment of its death may have been written down and not recorded: it runs
    # again. Every other one ran once, and none was left out in between.
    again = {run.period for run in runs if run.attempts > 1}
    assert [slot for slot, times in Counter(slots).items() if times > 1 and slot.isoformat() not in again] == []
    distinct = sorted(set(slots))
    assert [later - earlier for earlier, later in pairwise(distinct)] == [
        timedelta(seconds=1)
    ] * (len(distinct) - 1)
    assert {run.state for run in runs} == {"done"}


def test_a_run_whose_process_was_killed_is_taken_over_by_another(start, tmp_path):
    first = start("slow")
    begun = wait_for(lambda: notes(tmp_path))[0].split()[1]
    worker = int(notes(tmp_path)[0].split()[2])
    first.kill()
    # Its worker ends with it, so that the work never goes on in two places.
    wait_for(lambda: not psutil.pid_exists(worker) or psutil.Process(worker).status() == psutil.STATUS_ZOMBIE)
    second = start("slow")
    (tmp_path / "quick").touch()
    wait_for(lambda: [line for line in notes(tmp_path) if line.startswith(f"ended {begun}")])
    second.terminate()
    second.wait(20)
    with session() as opened:
        runs = {run.period: run for run in opened.exec(select(JobRun))}
    assert (runs[begun].state, runs[begun].attempts) == ("done", 2)


def test_told_to_stop_it_ends_within_seconds_and_leaves_its_run_to_the_next(start, tmp_path):
    process = start("slow")
    begun = wait_for(lambda: notes(tmp_path))[0].split()[1]
    told = time.monotonic()
    process.terminate()
    assert process.wait(20) == 0
    assert time.monotonic() - told < 10
    with session() as opened:
        run = opened.exec(select(JobRun).where(JobRun.period == begun)).one()
        assert opened.exec(select(Lease)).first() is None
    assert (run.state, run.attempts) == ("failed", 0)


def test_work_that_fails_is_tried_three_times_and_then_left_to_a_person(start):
    process = start("broken")
    with session() as opened:
        wait_for(lambda: opened.exec(select(JobRun).where(JobRun.attempts == 3, JobRun.state == "failed")).first())
    process.terminate()
    process.wait(20)
    with session() as opened:
        assert max(opened.exec(select(JobRun.attempts)).all()) == 3
        assert "ValueError: no such luck" in opened.exec(select(JobRun.error)).first()
