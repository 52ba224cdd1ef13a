"""A worker does what it is given, says how it ended, and takes nobody down with it."""
import os
import time
from datetime import UTC, datetime

import psutil
import pytest
import works

from jobs.worker import Worker, WorkFailed

SLOT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def worker(tmp_path, monkeypatch):
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    made = Worker()
    yield made
    made.kill()


def test_it_does_the_work_in_a_process_of_its_own_and_returns_the_rows(worker, tmp_path):
    assert worker.run(works.note, SLOT, 3, SLOT, 30) == 1
    assert (tmp_path / "notes").read_text() == "2026-11-23T00:00:00+00:00 3\n"


def test_work_that_raises_fails_with_its_reason_and_the_worker_goes_on(worker):
    with pytest.raises(WorkFailed, match="ValueError: no such luck"):
        worker.run(works.broken, SLOT, 0, SLOT, 30)
    assert worker.run(works.note, SLOT, 0, SLOT, 30) == 1


def test_a_process_that_dies_fails_the_work_and_a_new_one_takes_its_place(worker):
    with pytest.raises(WorkFailed, match="died"):
        worker.run(works.dies, SLOT, 0, SLOT, 30)
    assert worker.run(works.note, SLOT, 0, SLOT, 30) == 1


def test_work_that_overruns_its_time_is_killed(worker, tmp_path):
    worker.run(works.note, SLOT, 0, SLOT, 30)  # so that the half second below is the work's own
    began = time.monotonic()
    with pytest.raises(WorkFailed, match="overran"):
        worker.run(works.slow, SLOT, 0, SLOT, 0.5)
    assert time.monotonic() - began < 5
    assert not [child for child in psutil.Process(os.getpid()).children() if "spawn_main" in " ".join(child.cmdline())]
