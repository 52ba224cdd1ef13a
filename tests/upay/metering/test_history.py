"""What the usage page shows of a span: bars, sums, comparisons, and why a bar is missing."""
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from tests.upay.metering.house import TEN, TODAY, build_house, close_day, read
from upay.clock import day_start, day_start_s
from upay.db import session
from upay.metering.history import history
from upay.metering.intake import take_frame
from upay.metering.models import MeterEvent, Quality
from upay.metering.span import Span, span
from upay.metering.usage import Outage
from upay.network import Meter, MeterInstallation, bump_registry

NOW_S = int(TEN.timestamp())


@pytest.fixture
def house(database):
    return build_house()


def shown(house, of, versus=None):
    with session() as db:
        return history(db, house, of, versus, NOW_S)


def cut(connection_id: int, from_s: int, to_s: int | None) -> None:
    """The meter reported a power failure, and its end unless that is still to come."""
    with session() as db:
        for code, at_s in ((101, from_s), (102, to_s)):
            if at_s is not None:
                db.add(MeterEvent(meter_id=1, connection_id=connection_id, dtr_id=1, code=code, at_s=at_s))


def moved(connection_id: int, taken: date, replaced: date) -> None:
    """The meter was taken down on one day, and another put up on a later one."""
    with session() as db:
        stay = db.get(MeterInstallation, 1)
        stay.to_at = day_start(taken)
        db.add(Meter(id=2, serial="M2"))
        db.flush()
        at: datetime = day_start(replaced)
        db.add(MeterInstallation(meter_id=2, connection_id=connection_id, dtr_id=1, from_at=at))
        bump_registry(db)


def test_a_day_in_progress_has_a_bar_for_every_half_hour_and_says_why_one_is_empty(house):
    read(TODAY, {0: 100, 1: 120, 3: 90})
    found = shown(house, span("day", TODAY))
    assert len(found.rows) == 48
    assert [row.wh for row in found.rows[:4]] == [100, 120, None, 90]
    assert found.rows[2].reason == "not_received"
    assert found.rows[20].reason == "future"  # 10:00 is only just beginning
    # 100 + 120 + 90
    assert found.total_wh == 310


def test_the_highest_half_hour_is_told_in_watts(house):
    read(TODAY, {0: 100, 5: 650, 6: 200})
    found = shown(house, span("day", TODAY))
    # 650 Wh in half an hour are 1,300 W
    assert (found.peak_w, found.peak_start_s) == (1300, day_start_s(TODAY) + 5 * 1800)


def test_days_before_the_meter_are_not_called_missing(house):
    found = shown(house, span("range", date(2026, 10, 30), date(2026, 11, 2)))
    assert [row.reason for row in found.rows] == ["before_meter", "before_meter", "not_received", "not_received"]


def test_a_week_adds_its_days_and_their_bands(house):
    monday = date(2026, 11, 16)
    for number in range(7):
        close_day(house, monday + timedelta(days=number), 4000, band0_wh=1000, band1_wh=2500, band2_wh=500)
    found = shown(house, span("week", monday))
    assert found.total_wh == 7 * 4000
    assert found.bands == (7000, 17_500, 3500)


def test_a_year_sums_by_month_and_leaves_unknown_months_empty(house):
    for number in range(10):
        close_day(house, date(2026, 11, 1) + timedelta(days=number), 3000, estimated=2, actual=46)
    found = shown(house, span("year", TODAY))
    november = found.rows[10]
    # 10 days × 3 kWh; 10 × 2 blocks estimated of 10 × 48
    assert (november.wh, november.estimated, november.blocks) == (30_000, 20, 480)
    assert [row.wh for row in found.rows[:10]] == [None] * 10
    assert (found.rows[9].reason, found.rows[11].reason) == ("before_meter", "future")


def test_an_outage_is_zero_and_says_so(house):
    close_day(house, date(2026, 11, 10), 3000, outage_minutes=90, quality=Quality.OUTAGE)
    row = shown(house, Span("week", date(2026, 11, 9), date(2026, 11, 15))).rows[1]
    assert (row.wh, row.outage_minutes) == (3000, 90)


def test_half_a_month_is_compared_with_the_same_half_of_the_month_before(house):
    for number in range(22):
        close_day(house, date(2026, 11, 1) + timedelta(days=number), 2000)
    read(TODAY, {0: 100})
    month = span("month", TODAY)
    for number in range(30):
        close_day(house, date(2026, 10, 1) + timedelta(days=number), 3000)
    found = shown(house, month, month.against("before"))
    # 22 closed days × 2 kWh and 0.1 kWh of today; beside them the first 23 days of October × 3 kWh
    assert (found.total_wh, found.vs_wh) == (44_100, 69_000)
    assert found.rows[25].vs == 3000  # still drawn, though not counted


def test_days_without_a_rival_are_held_against_nothing(house):
    monday = date(2026, 11, 16)
    for number in range(7):
        close_day(house, monday + timedelta(days=number), 4000)
    close_day(house, date(2026, 11, 12), 5000)  # of the week before only Thursday is known
    week = span("week", monday)
    found = shown(house, week, week.against("before"))
    # this Thursday's 4 kWh against last Thursday's 5 kWh, and not 28 kWh against 5
    assert (found.total_wh, found.matched_wh, found.vs_wh) == (28_000, 4000, 5000)


def test_a_day_of_quarter_hours_gets_ninety_six_bars(house):
    frame = pl.DataFrame(
        {
            "serial": ["M1"] * 4,
            "start_s": [day_start_s(TODAY) + 900 * slot for slot in range(4)],
            "minutes": [15] * 4,
            "wh": [10, 20, 30, 40],
        }
    )
    with session() as db:
        take_frame(db, frame, "test", "quarters", TEN)
    found = shown(house, span("day", TODAY))
    assert len(found.rows) == 96
    assert found.total_wh == 100


def test_a_short_cut_of_today_is_known_at_its_true_time(house):
    read(TODAY, {0: 100, 1: 90})
    off_s = day_start_s(TODAY) + 600
    cut(house, off_s, off_s + 1200)
    found = shown(house, span("day", TODAY))
    assert found.outages == [Outage(off_s, off_s + 1200)]
    # 00:10–00:30 lies in the first half-hour alone
    assert [row.outage_minutes for row in found.rows[:3]] == [20, 0, 0]


def test_a_cut_that_lasts_counts_up_to_now(house):
    read(TODAY, {0: 100})
    cut(house, NOW_S - 900, None)
    found = shown(house, span("week", TODAY))
    # TODAY is the week's Monday; power went a quarter of an hour ago
    assert found.rows[0].outage_minutes == 15
    assert found.seen(found.outages[0]) == (NOW_S - 900, NOW_S)


def test_a_cut_over_midnight_is_seen_from_the_days_own_beginning(house):
    begins_s = day_start_s(TODAY)
    cut(house, begins_s - 600, begins_s + 300)
    found = shown(house, span("day", TODAY))
    assert found.seen(found.outages[0]) == (begins_s, begins_s + 300)


def test_the_roll_up_of_a_closed_day_is_not_counted_twice(house):
    day = date(2026, 11, 10)
    close_day(house, day, 3000, outage_minutes=90)
    cut(house, day_start_s(day), day_start_s(day) + 5400)
    assert shown(house, Span("range", day, day + timedelta(days=6))).rows[0].outage_minutes == 90


def test_a_month_tells_how_much_of_its_energy_was_estimated(house):
    for number in range(3):
        close_day(house, date(2026, 11, 1) + timedelta(days=number), 3000, estimated=4, actual=44, estimated_wh=200)
    assert shown(house, span("month", TODAY)).rows[0].estimated_wh == 200
    assert shown(house, span("year", TODAY)).rows[10].estimated_wh == 3 * 200


def test_days_between_two_meters_say_that_there_was_none(house):
    taken, replaced = date(2026, 11, 10), date(2026, 11, 12)
    moved(house, taken, replaced)
    found = shown(house, span("range", date(2026, 11, 9), date(2026, 11, 12)))
    assert [row.reason for row in found.rows] == ["not_received", "no_meter", "no_meter", "not_received"]
    assert {row.reason for row in shown(house, span("day", taken)).rows} == {"no_meter"}
    assert {row.reason for row in shown(house, span("day", replaced)).rows} == {"not_received"}
