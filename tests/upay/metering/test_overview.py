"""What the home page says of a connection."""
from datetime import date, timedelta

import pytest

from tests.upay.metering.house import TEN, TODAY, build_house, close_day, read
from upay.clock import day_start_s
from upay.db import session
from upay.metering.models import LiveReading
from upay.metering.overview import overview


@pytest.fixture
def house(database):
    return build_house()


def told(house, at=TEN):
    with session() as db:
        return overview(db, house, at)


def test_a_new_house_shows_no_figures_and_breaks_nothing(house):
    found = told(house)
    assert (found.today_wh, found.month_wh, found.mean_wh) == (0, 0, None)
    assert found.yesterday_wh is None
    assert not found.reporting


def test_today_is_held_against_yesterday_only_up_to_the_same_block(house):
    yesterday = TODAY - timedelta(days=1)
    read(yesterday, {0: 50, 1: 60, 2: 70, 47: 900})
    read(TODAY, {0: 100, 1: 120})
    found = told(house)
    # 100 + 120 today; 50 + 60 in yesterday's first two half-hours
    assert (found.today_wh, found.yesterday_wh) == (220, 110)


def test_the_month_counts_today_and_its_rival_the_same_days(house):
    for number in range(22):
        close_day(house, date(2026, 11, 1) + timedelta(days=number), 1000)
    for number in range(31):
        close_day(house, date(2026, 10, 1) + timedelta(days=number), 2000)
    read(TODAY, {0: 500})
    found = told(house)
    # 22 × 1 kWh + 0.5 kWh; 1 to 23 October × 2 kWh
    assert (found.month_wh, found.month_before_wh) == (22_500, 46_000)


def test_the_daily_mean_leaves_today_out_because_it_is_not_over(house):
    for number in range(1, 11):
        close_day(house, TODAY - timedelta(days=number), 5000)
    read(TODAY, {0: 100})
    assert told(house).mean_wh == 5000
    assert len(told(house).days["wh"]) == 30


def test_a_meter_reports_while_its_last_word_is_younger_than_the_pack_allows(house):
    read(TODAY, {4: 100})  # ends at 02:30; the pack allows 8 hours
    assert told(house).reporting  # 10:00 is 7.5 hours later
    assert not told(house, TEN + timedelta(hours=1)).reporting


def test_a_live_reading_counts_as_a_word_of_the_meter(house):
    with session() as db:
        db.add(LiveReading(meter_id=1, at_s=day_start_s(TODAY) + 36_000, power_w=840, seq=1))
    found = told(house)
    assert found.live is not None and found.live.power_w == 840
    assert found.reporting
