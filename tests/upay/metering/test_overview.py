"""What the home page says of a connection."""
from datetime import date, timedelta

import pytest

from tests.upay.metering.house import TEN, TODAY, build_house, close_day, read
from upay.clock import day_start_s
from upay.db import session
from upay.metering.models import LiveReading
from upay.metering.overview import overview, voltage_verdict


@pytest.fixture
def house(database):
    return build_house()


def told(house, at=TEN):
    with session() as db:
        return overview(db, house, at)


def test_a_new_house_shows_no_figures_and_breaks_nothing(house):
    found = told(house)
    assert (found.today_wh, found.month_wh, found.mean_wh) == (0, 0, None)
    assert (found.yesterday_wh, found.last_read_s) == (None, None)


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
    # 22 × 1 kWh + 0.5 kWh of today; until yesterday 22 × 1 kWh against 1 to 22 October × 2 kWh
    assert (found.month_wh, found.month_past_wh, found.month_before_wh) == (22_500, 22_000, 44_000)


def test_on_the_first_of_a_month_there_is_nothing_to_hold_it_against(house):
    for number in range(30):
        close_day(house, date(2026, 11, 1) + timedelta(days=number), 1000)
    found = told(house, TEN + timedelta(days=8))  # 1 December
    assert (found.month_past_wh, found.month_before_wh) == (0, None)


def test_the_daily_mean_leaves_today_out_because_it_is_not_over(house):
    for number in range(1, 11):
        close_day(house, TODAY - timedelta(days=number), 5000)
    read(TODAY, {0: 100})
    assert told(house).mean_wh == 5000
    assert len(told(house).days["wh"]) == 30


def test_the_page_is_told_when_a_reading_is_live_no_more_and_a_meter_silent(house):
    read(TODAY, {4: 100})  # ends at 02:30
    found = told(house)
    assert found.last_read_s == day_start_s(TODAY) + 2 * 3600 + 1800
    assert (found.live_for_s, found.silent_after_s) == (900, 28_800)  # 15 minutes, 8 hours


def test_a_live_reading_counts_as_a_word_of_the_meter(house):
    with session() as db:
        db.add(LiveReading(meter_id=1, at_s=day_start_s(TODAY) + 36_000, power_w=840, seq=1))
    found = told(house)
    assert found.live is not None and found.live.power_w == 840


def test_a_voltage_is_low_or_high_only_outside_six_percent():
    # 230 V − 6 % = 216.2 V; 230 V + 6 % = 243.8 V
    said = [voltage_verdict(dv, TODAY) for dv in (2161, 2162, 2438, 2439, None)]
    assert said == ["low", "", "", "high", ""]
