"""The ladder of estimates, rung by rung."""
from datetime import date, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.upay.metering.vee.sheets import MONDAY, NONE, cumulative, day, past, settled, sheet
from upay.metering.models import Quality

GAP = dict.fromkeys(range(20, 30), NONE)


def before(days, values, every=1):
    """`values` on each of the days before Monday."""
    return {MONDAY - timedelta(days=every * number): values for number in range(1, days + 1)}


def test_a_proven_outage_is_zero_and_actual():
    outage = [False] * 20 + [True] * 4 + [False] * 24
    result = settled(sheet(day(dict.fromkeys(range(20, 24), NONE)), outage=[outage]))
    assert result.wh[0, 20:24].tolist() == [0] * 4
    assert set(result.quality[0, 20:24]) == {Quality.OUTAGE}


def test_a_short_gap_is_bridged_in_a_straight_line():
    result = settled(sheet(day({10: 100, 11: NONE, 12: NONE, 13: NONE, 14: 200})))
    # steps of (200 − 100) / 4
    assert result.wh[0, 10:15].tolist() == [100, 125, 150, 175, 200]
    assert result.quality[0, 11:14].tolist() == [Quality.LINEAR] * 3


def test_a_straight_line_is_rounded_half_up():
    result = settled(sheet(day({10: 100, 11: NONE, 12: 101})))
    assert result.wh[0, 11] == 101


def test_two_hours_are_short_and_two_and_a_half_are_not():
    two = settled(sheet(day(dict.fromkeys(range(10, 14), NONE))))
    longer = settled(sheet(day(dict.fromkeys(range(10, 15), NONE))), past(before(28, day(usual=70))))
    assert set(two.quality[0, 10:14]) == {Quality.LINEAR}
    assert set(longer.quality[0, 10:15]) == {Quality.LIKE_DAY}


def test_a_gap_at_dawn_leans_on_yesterdays_last_block():
    result = settled(sheet(day({0: NONE, 1: 300})), past(before(1, day({47: 100}, usual=500))))
    assert (result.wh[0, 0], result.quality[0, 0]) == (200, Quality.LINEAR)


def test_a_longer_gap_takes_the_mean_of_the_latest_like_days():
    # Monday's like days are the latest weekdays: Friday 80, Thursday 90, Wednesday 100, Tuesday 110; Monday no more
    weekdays = {
        MONDAY - timedelta(days=ago): day(usual=wh) for ago, wh in ((3, 80), (4, 90), (5, 100), (6, 110), (7, 900))
    }
    weekend = {MONDAY - timedelta(days=ago): day(usual=5_000) for ago in (1, 2)}
    result = settled(sheet(day(GAP)), past(weekdays | weekend))
    assert set(result.wh[0, 20:30]) == {95}
    assert set(result.quality[0, 20:30]) == {Quality.LIKE_DAY}


def test_a_weekend_day_resembles_weekends():
    saturday = MONDAY + timedelta(days=5)
    history = {saturday - timedelta(days=ago): day(usual=70) for ago in (6, 7, 13, 14)}
    history |= {saturday - timedelta(days=ago): day(usual=1_000) for ago in (1, 2, 3, 4, 5)}
    assert settled(sheet(day(GAP), first=saturday), past(history)).wh[0, 25] == 70


def test_a_holiday_resembles_weekends_where_holidays_are_too_rare():
    independence = date(2026, 8, 15)
    republic = date(2026, 1, 26)  # a Monday
    assert independence.weekday() == 5
    history = {republic - timedelta(days=ago): day(usual=60) for ago in (1, 2, 8, 9)}
    history |= {republic - timedelta(days=ago): day(usual=1_000) for ago in (3, 4, 5, 6, 7)}
    assert settled(sheet(day(GAP), first=republic), past(history)).wh[0, 25] == 60


def test_two_like_days_are_too_few():
    history = {MONDAY - timedelta(days=ago): day(usual=80) for ago in (3, 4)}
    assert settled(sheet(day(GAP)), past(history)).quality[0, 25] == Quality.PROFILE


def test_more_than_a_week_without_a_read_asks_last_year():
    missing = [NONE] * 48
    history = {MONDAY - timedelta(days=ago): day(usual=80) for ago in range(8, 30)}
    year = {MONDAY - timedelta(days=ago): day(usual=wh) for ago, wh in ((364, 200), (371, 220), (357, 240), (378, 260))}
    result = settled(sheet(missing), past(history | year))
    # (200 + 220 + 240 + 260) / 4
    assert set(result.wh[0]) == {230} and set(result.quality[0]) == {Quality.LAST_YEAR}


def test_a_gap_of_exactly_a_week_still_has_like_days():
    history = {MONDAY - timedelta(days=ago): day(usual=80) for ago in range(7, 30)}
    result = settled(sheet([NONE] * 48), past(history))
    assert set(result.quality[0]) == {Quality.LIKE_DAY}


def test_the_same_days_come_out_the_same_whether_closed_alone_or_together():
    history = past({MONDAY - timedelta(days=ago): day(usual=80) for ago in range(1, 30)})
    nine = settled(sheet(*[[NONE] * 48] * 9), history)
    assert [set(row) for row in nine.quality[:7]] == [{Quality.LIKE_DAY}] * 7
    assert [set(row) for row in nine.quality[7:]] == [{Quality.PROFILE}] * 2


def test_a_home_nothing_is_known_of_follows_the_profile_of_its_class():
    result = settled(sheet([NONE] * 48, load=2_000))
    # 19:00 to 19:30: 210 W per kW × 2 kW × ½ h
    assert (result.wh[0, 38], result.quality[0, 38]) == (210, Quality.PROFILE)


def test_a_transformers_meter_of_which_nothing_is_known_stays_missing():
    result = settled(sheet(day(GAP), load=-1))
    assert set(result.wh[0, 20:30]) == {NONE}
    assert set(result.quality[0, 20:30]) == {Quality.MISSING}


def test_a_known_register_difference_is_shared_by_the_shape_of_like_days():
    shape = day({20: 100, 21: 300}, usual=0)
    wh = day({20: NONE, 21: NONE})
    register = [-1] * 48
    register[19], register[22] = 0, 100 + 1_000
    result = settled(sheet(wh, register_wh=[register]), past(before(10, shape)))
    # 1000 Wh fell into the gap, one part to three
    assert result.wh[0, 20:22].tolist() == [250, 750]
    assert set(result.quality[0, 20:22]) == {Quality.REGISTER}


def test_one_missing_block_between_two_registers_is_known_exactly():
    wh = day({20: 333})
    register = cumulative(wh)
    register[20] = NONE
    result = settled(sheet(day({20: NONE}), register_wh=[register]))
    assert (result.wh[0, 20], result.quality[0, 20]) == (333, Quality.REGISTER)


def test_the_register_at_midnight_closes_the_gap_of_the_evening():
    wh = day(dict.fromkeys(range(40, 48), NONE))
    result = settled(sheet(wh, register_wh=[[0, *[-1] * 47]], after=4_000 + 1_600))
    assert result.wh[0, 40:].sum() == 1_600


def test_days_without_a_read_share_what_the_register_moved():
    # Monday and Wednesday are read, Tuesday is not: the register says 7200 Wh for it
    lost = [NONE] * 48
    register = [[0, *[-1] * 47], [-1] * 48, [4_800 + 7_200, *[-1] * 47]]
    result = settled(sheet(day(), lost, day(), register_wh=register))
    assert result.wh[1].sum() == 7_200
    assert result.wh[[0, 2]].tolist() == [day(), day()]


def test_a_register_that_moved_less_than_was_read_says_nothing():
    register = [-1] * 48
    register[19], register[22] = 1_000, 1_050
    result = settled(sheet(day({20: NONE}), register_wh=[register]))
    assert result.quality[0, 20] == Quality.LINEAR


@given(
    st.lists(st.integers(0, 3_000), min_size=48, max_size=48),
    st.sets(st.integers(1, 46), min_size=1),
    st.lists(st.integers(0, 3_000), min_size=48, max_size=48),
)
def test_an_estimate_by_the_register_adds_up_to_it_exactly(wh, lost, shape):
    register = np.array(cumulative(wh))
    register[sorted(lost)] = NONE
    gaps = [NONE if slot in lost else value for slot, value in enumerate(wh)]
    result = settled(sheet(gaps, register_wh=[register], load=20_000), past(before(10, shape)))
    assert result.wh[0].sum() == sum(wh)
    kept = [slot for slot in range(48) if slot not in lost]
    assert result.wh[0, kept].tolist() == [wh[slot] for slot in kept]
    assert result.quality is not None and not result.quality[0, kept].any()
