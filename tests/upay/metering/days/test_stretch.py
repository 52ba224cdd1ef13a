"""Closing many days together leaves behind what closing them one by one would have."""
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.upay.metering.days.fleet import (
    BUCKETS,
    HOMES,
    MONDAY,
    after,
    build,
    close,
    dtr,
    fold,
    land,
    reads,
    rolled,
    varied,
)
from upay.db import engine, session
from upay.metering import days
from upay.metering.days import lake
from upay.metering.days.rows import LAKE
from upay.metering.matrix import NONE
from upay.metering.models import DayClose, OpenPart, Quarantine
from upay.metering.verify import verify
from upay.network import forget
from upay.settings import settings

DAYS = [MONDAY + timedelta(days=number) for number in range(5)]
LATER = after(30)


def land_five_days():
    """Five days of all meters, with a gap of an hour, a repetition, a contradiction and blocks read late."""
    wh = varied(blocks=48 * 5)
    wh[1][60:62] = [NONE, NONE]
    late = {2: [NONE] * 100 + wh[2][100:110]}
    wh[2][100:110] = [NONE] * 10
    land(reads(wh), LATER)
    land(reads(late), LATER)
    land(reads({3: wh[3][:2], 4: [wh[4][0] + 7]}), LATER)  # twice the same; once another value
    fold(LATER)


def left_behind():
    """Everything a closing writes, but for when and in how many commits."""
    meters = list(range(1, HOMES + 2))
    rows = lake.meter_days(meters, DAYS[0], DAYS[-1], LAKE.names).rows(named=True)
    with session() as db:
        counted = ("day", "bucket", "version", "meter_days", "reads", "duplicates", "conflicts", "estimated", "raw_wh")
        closings = sorted(tuple(getattr(one, name) for name in counted) for one in db.exec(select(DayClose)))
        held = sorted(one.code for one in db.exec(select(Quarantine)))
        parts = {part.closed_version for part in db.exec(select(OpenPart))}
    homes = [[rolled(home, day) for home in range(1, HOMES + 1)] for day in DAYS]
    return rows, closings, held, parts, homes, [dtr(day) for day in DAYS]


@pytest.fixture
def installation(tmp_path, monkeypatch, sqlite_template):
    """Make another installation, with the same homes and the same five days of readings."""

    def make(name):
        var = tmp_path / name
        var.mkdir()
        shutil.copy(sqlite_template, var / "upay.db")
        monkeypatch.setenv("UPAY_VAR", str(var))
        for held in (settings, engine):
            held.cache_clear()
        forget()
        build()
        land_five_days()

    return make


def test_it_is_the_same_as_closing_day_by_day(installation):
    installation("together")
    assert days.close_together(DAYS, LATER) == set(DAYS)
    together = left_behind()
    installation("one by one")
    for day in DAYS:
        days.close(day, BUCKETS, LATER)
    assert left_behind() == together


def test_all_of_it_is_one_commit(lite):
    land_five_days()
    days.close_together(DAYS, LATER)
    with session() as db:
        assert len({one.lake_version for one in db.exec(select(DayClose))}) == 1


def test_days_that_were_closed_before_are_left_to_the_ordinary_way(lite):
    land(reads(varied(), DAYS[2]), LATER)
    fold(LATER)
    days.close(DAYS[2], BUCKETS, LATER)
    land_five_days()
    assert days.close_together(DAYS, LATER) == {DAYS[0], DAYS[1], DAYS[3], DAYS[4]}


def test_a_silent_day_between_two_others_is_closed_with_them(lite):
    land(reads(varied(), DAYS[0]), LATER)
    land(reads(varied(), DAYS[2]), LATER)
    fold(LATER)
    assert days.close_together([DAYS[0], DAYS[2]], LATER) == set(DAYS[:3])
    assert rolled(1, DAYS[1]).actual == 0


def test_two_processes_that_close_the_same_days_close_each_once(fleet):
    land_five_days()
    with ThreadPoolExecutor(2) as pool:
        closed = list(pool.map(lambda _: days.close_together(DAYS, LATER), range(2)))
    assert sorted(map(len, closed)) == [0, 5]
    with session() as db:
        assert verify(db).found == 0


def test_what_comes_late_is_closed_again_as_ever(lite):
    land_five_days()
    days.close_together(DAYS, LATER)
    land(reads({1: [NONE] * 60 + [33, 44]}), LATER)
    close(LATER)
    with session() as db:
        assert verify(db).found == 0
        assert max(one.version for one in db.exec(select(DayClose))) == 2
