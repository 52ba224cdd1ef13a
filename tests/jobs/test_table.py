"""The jobs of an installation: each runs on an empty one, leaves nothing undone on a full one, and may be repeated."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from jobs import close_days, compact, fold, inbox, purge_live, retention, sweep_orphans
from jobs.job import missed, when
from jobs.table import table
from tests.upay.metering.days.fleet import MONDAY, MORNING, NONE, after, build, land, reads, varied
from upay import work
from upay.db import session
from upay.metering.days import lake
from upay.metering.models import DayClose, LiveReading, OpenPart, ReadBatch
from upay.metering.verify import verify
from upay.settings import settings
from upay.work.models import JobRun


def run(module, now=MORNING):
    return module.work(now, 0, now)


def parquet(folder):
    return sorted(folder.rglob("*.parquet"))


def test_every_job_runs_on_an_empty_installation_and_does_nothing(database):
    assert {job.name: job.work(MORNING, 0, MORNING) for job in table()} == {job.name: 0 for job in table()}


def test_names_are_unique_and_catching_up_reaches_back_at_least_one_slot():
    jobs = table()
    assert len({job.name for job in jobs}) == len(jobs)
    now = datetime(2026, 11, 23, 12, 34, 56, tzinfo=UTC)
    assert [job.name for job in jobs if not missed(job, now)] == []


def test_a_trigger_is_shown_as_a_person_writes_it():
    shown = {job.name: when(job.trigger) for job in table()}
    assert (shown["close_late"], shown["inbox"]) == ("20 * * * *", "0:00:10")


def test_the_day_is_folded_and_closed_at_night(database):
    build()
    land(reads(varied()))
    assert run(fold) == 7 * 48
    assert run(close_days) > 0
    with session() as db:
        assert {one.day for one in db.exec(select(DayClose))} == {MONDAY}
        assert verify(db).found == 0
    assert run(close_days) == 0


def test_after_a_week_down_one_night_closes_every_day(sqlite):
    build()
    land(reads(varied()))
    assert run(close_days, after(6)) == 7
    with session() as db:
        assert len({one.day for one in db.exec(select(DayClose))}) == 7


def test_late_reads_are_closed_within_the_hour(sqlite):
    build()
    wh = varied()
    late = {1: [NONE] * 40 + wh[1][40:]}
    wh[1][40:] = [NONE] * 8
    land(reads(wh))
    run(close_days)
    land(reads(late))
    assert close_days.late(MORNING, 0, MORNING) == 1
    with session() as db:
        assert db.exec(select(DayClose).where(DayClose.version == 2)).first() is not None
        assert verify(db).found == 0


def test_what_the_lake_has_is_let_go_of_when_its_time_is_over_and_not_before(sqlite):
    build()
    land(reads(varied()))
    run(close_days)
    kept = timedelta(days=settings().keep_open_days)
    run(retention, MORNING + kept - timedelta(hours=1))
    assert len(parquet(settings().landing)) == 1
    run(retention, MORNING + kept + timedelta(days=1))
    assert parquet(settings().landing) == []
    with session() as db:
        assert db.exec(select(ReadBatch)).one().accepted == 7 * 48  # the receipt stays
        assert db.exec(select(OpenPart)).all() == []
        assert verify(db).found == 0


def test_what_waits_to_be_closed_is_kept_however_old(sqlite):
    build()
    land(reads(varied()))
    run(fold)
    run(retention, after(400))
    assert len(parquet(settings().landing)) == 1
    assert len(parquet(settings().open_days)) == 4


def test_months_that_are_over_become_one_file_a_bucket(sqlite):
    build()
    for number in range(3):
        land(reads(varied(seed=number), MONDAY + timedelta(days=number)))
        run(close_days, after(number))
    assert run(compact, after(0)) == 0
    assert run(compact, after(30)) > 0
    assert {len(files) for files in lake.snapshot().by_partition.values()} == {1}
    with session() as db:
        assert verify(db).found == 0


def test_live_readings_last_for_their_day(sqlite):
    build()
    with session() as db:
        db.add(LiveReading(meter_id=1, at_s=int(MORNING.timestamp()), power_w=400))
    assert run(purge_live, MORNING) == 0
    assert run(purge_live, after(1)) == 1


def test_the_inbox_and_the_sweep_of_orphans_are_jobs(sqlite):
    build()
    settings().inbox.mkdir(parents=True)
    (settings().inbox / "monday.csv").write_text("meter,start,wh\nM1,2026-06-08 00:00,5\nM1,2026-06-08 00:30,6\n")
    assert [run(inbox, after(1)), run(inbox, after(1))] == [0, 2]
    assert run(sweep_orphans, after(1)) == 0


@pytest.mark.parametrize(("days", "left"), [(1, 1), (60, 0)])
def test_records_of_runs_are_forgotten_after_their_time(sqlite, days, left):
    with session() as db:
        work.finish(db, work.claim(db, "fold", "2026-06-09T08:30:00+05:30", 0, MORNING), MORNING, 0)
    run(retention, after(days))
    with session() as db:
        assert len(db.exec(select(JobRun)).all()) == left
