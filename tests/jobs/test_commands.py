"""`upay jobs`: what runs when, how it went, and again, please."""
import json
from datetime import timedelta

import pytest
from typer.testing import CliRunner

from jobs import cli
from jobs.job import Job, every
from upay import clock, work
from upay.db import session
from upay.errors import Problem
from upay.work.models import JobRun

HOUR = timedelta(hours=1)
runner = CliRunner()
calls: list[str] = []


def note(slot, shard, now):
    calls.append(work.period_of(slot))
    return 5


def broken(slot, shard, now):
    raise ValueError("no such luck")


@pytest.fixture(autouse=True)
def two_jobs(sqlite, monkeypatch):
    calls.clear()
    jobs = (Job("note", every(HOUR), note, HOUR), Job("broken", every(HOUR), broken, HOUR))
    monkeypatch.setattr(cli, "table", lambda: jobs)


def upay_jobs(*words, fails=False):
    done = runner.invoke(cli.app, [*words, "--json"])
    assert (done.exit_code != 0) == fails, done.output
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)


def test_a_job_runs_for_its_latest_slot_or_the_one_that_is_named():
    assert upay_jobs("run", "note")["rows"] == 5
    run = upay_jobs("run", "note", "--slot", "2026-11-20T02:00")
    assert (run["period"], run["state"], run["attempts"]) == ("2026-11-20T02:00:00+05:30", "done", 1)
    assert calls[1] == run["period"]


def test_a_recorded_run_can_be_run_again():
    first = upay_jobs("run", "note", "--slot", "2026-11-20T02:00")
    again = upay_jobs("rerun", str(first["id"]))
    assert (again["id"], again["attempts"]) == (first["id"], 2)
    assert calls == ["2026-11-20T02:00:00+05:30"] * 2


def test_a_job_that_fails_says_so_and_is_recorded():
    run = upay_jobs("run", "broken", fails=True)
    assert (run["state"], run["error"]) == ("failed", "ValueError: no such luck")
    assert [one["job"] for one in upay_jobs("log", "--failed")] == ["broken"]


def test_the_list_tells_when_each_runs_next_and_how_it_went():
    upay_jobs("run", "note")
    listed = {row["job"]: row for row in upay_jobs("list")}
    assert listed["note"]["last"]["state"] == "done"
    assert listed["broken"]["last"] is None
    assert listed["note"]["trigger"] == "1:00:00"
    assert listed["note"]["next"].endswith("00:00+05:30")


def test_the_log_shows_the_latest_first_and_one_job_alone():
    for hour in ("01", "02", "03"):
        upay_jobs("run", "note", "--slot", f"2026-11-20T{hour}:00")
    upay_jobs("run", "broken", fails=True)
    assert [row["period"][11:13] for row in upay_jobs("log", "note", "--limit", "2")] == ["03", "02"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("run", "sleep"), "jobs.unknown"),
        (("run", "note", "--slot", "yesterday"), "jobs.bad_slot"),
        (("rerun", "77"), "jobs.no_such_run"),
    ],
)
def test_what_cannot_be_run_is_named(words, code):
    done = runner.invoke(cli.app, words)
    assert isinstance(done.exception, Problem) and done.exception.code == code


def test_a_slot_that_another_process_runs_is_left_to_it():
    with session() as db:
        work.claim(db, "note", "2026-11-20T02:00:00+05:30", 0, clock.now(), holder="elsewhere")
    done = runner.invoke(cli.app, ["run", "note", "--slot", "2026-11-20T02:00"])
    assert isinstance(done.exception, Problem) and done.exception.code == "jobs.running"


def test_tables_are_for_people():
    upay_jobs("run", "note")
    for words in (["list"], ["log"]):
        assert "note" in runner.invoke(cli.app, words).stdout
    with session() as db:
        assert db.get(JobRun, 1) is not None
