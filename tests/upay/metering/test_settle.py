"""Bringing reads to rest from several processes at once: each read is folded once, each day closed once."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlmodel import select

from tests.upay.metering.days.fleet import MONDAY, MORNING, after, build, land, reads, rolled, varied
from upay.db import session
from upay.metering.days import last_ended
from upay.metering.models import DayClose, OpenPart
from upay.metering.settle import close_due, close_fresh, fold_all
from upay.metering.verify import verify


def test_four_who_fold_at_once_fold_each_read_once(database):
    build()
    for number in range(6):
        land(reads(varied(seed=number), MONDAY + timedelta(days=number)), after(6))
    with ThreadPoolExecutor(4) as pool:
        folded = list(pool.map(lambda _: fold_all(after(6)), range(4)))
    assert sum(folded) == 6 * 7 * 48
    with session() as db:
        assert sum(part.rows for part in db.exec(select(OpenPart))) == 6 * 7 * 48
    close_fresh(after(6))
    with session() as db:
        assert verify(db).found == 0


def test_a_night_job_and_an_import_may_close_the_same_days_at_once(database):
    build()
    for number in range(3):
        land(reads(varied(seed=number), MONDAY + timedelta(days=number)), after(2))
    fold_all(after(2))
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(close_due, after(2)), pool.submit(close_fresh, after(2))]
        assert [job.exception() for job in jobs] == [None, None]
    with session() as db:
        assert {one.version for one in db.exec(select(DayClose))} == {1}
        assert verify(db).found == 0


def test_only_the_days_that_are_asked_for_are_closed(sqlite):
    build()
    for number in range(2):
        land(reads(varied(), MONDAY + timedelta(days=number)), after(1))
    fold_all(after(1))
    told: list[tuple[int, int]] = []
    assert close_fresh(after(1), {MONDAY}, lambda done, total: told.append((done, total))) == 1
    assert told == [(1, 1)]
    assert rolled(1) is not None
    assert rolled(1, MONDAY + timedelta(days=1)) is None


def test_a_day_is_over_two_hours_after_its_midnight():
    # 9 June, 08:30 in India: the 8th is over.  At 01:59 it was not yet.
    assert last_ended(MORNING) == MONDAY
    assert last_ended(MORNING - timedelta(hours=6, minutes=31)) == MONDAY - timedelta(days=1)
