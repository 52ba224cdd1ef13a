"""Each check of the table, at its threshold and just beyond."""
import numpy as np
import pytest

from tests.upay.metering.vee.sheets import MONDAY, cumulative, day, settled, sheet
from upay.metering.models import Quality
from upay.metering.vee import Flag, Past, examine, keys
from upay.metering.vee.daykinds import number_of


def found(given, flag):
    """Slots of the first day that carry a flag."""
    rule = examine(given).rule
    return [] if rule is None else np.flatnonzero(rule[0] & flag).tolist()


def on_day(given, flag, row=0):
    return bool(examine(given).flags[row] & flag)


def test_a_quiet_day_raises_nothing():
    findings = examine(sheet([90 + slot % 7 for slot in range(48)]))
    assert findings.rule is None and findings.need is None and not findings.flags.any()


def test_use_above_a_fifth_more_than_the_sanctioned_load_is_noted():
    # 2 kW × 1.2 × ½ h = 1200 Wh
    assert found(sheet(day({3: 1200, 5: 1201}), load=2_000), Flag.OVER_LOAD) == [5]


def test_more_than_the_fuses_carry_is_replaced_by_an_estimate():
    # one phase: 60 A × 240 V × ½ h = 7200 Wh
    given = sheet(day({10: 7200, 20: 7201}), load=4_000)
    assert found(given, Flag.OVER_FUSE) == [20]
    result = settled(given)
    assert result.wh[0, 20] == 100 and result.quality[0, 20] == Quality.LINEAR
    assert given.matrix.wh[0, 20] == 7201


def test_three_phases_carry_three_times_as_much():
    assert found(sheet(day({20: 21_600, 21: 21_601}), load=5_000), Flag.OVER_FUSE) == [21]


def test_a_meter_of_a_transformer_has_no_fuse_to_be_held_against():
    assert found(sheet(day({20: 90_000}), load=-1), Flag.OVER_FUSE | Flag.OVER_LOAD) == []


@pytest.mark.parametrize(("top", "stands_out"), [(1400, []), (1401, [30])])
def test_a_block_that_towers_over_the_third_highest_is_a_spike(top, stands_out):
    # (1400 − 500) / 500 = 1.8 is allowed, (1401 − 500) / 500 is not
    assert found(sheet(day({30: top, 31: 500, 32: 500})), Flag.SPIKE) == stands_out


def test_a_spike_of_half_a_unit_is_too_small_to_matter():
    assert found(sheet(day({30: 500}, usual=10)), Flag.SPIKE) == []


def test_a_register_that_falls_fails_the_day():
    register = cumulative(day(), start=50_000)
    register[20:] = [value - 30_000 for value in register[20:]]
    given = sheet(day(), register_wh=[register])
    assert found(given, Flag.REGISTER_FALLS) == [20]
    assert on_day(given, Flag.REGISTER_FALLS)


def test_a_register_that_rolls_over_does_not_fall():
    # five digits: 99 999.9 kWh is followed by 0
    start = 100_000_000 - 2_000
    register = [value % 100_000_000 for value in cumulative(day(), start)]
    given = sheet(day(), register_wh=[register], digits=5)
    assert not on_day(given, Flag.REGISTER_FALLS | Flag.SUM)


def test_a_register_that_jumps_back_too_far_for_a_roll_over_falls():
    register = cumulative(day(), start=40_000_000)
    register[20:] = [value - 39_000_000 for value in register[20:]]
    # a roll-over would mean 61 000 kWh in half an hour
    assert found(sheet(day(), register_wh=[register], digits=5), Flag.REGISTER_FALLS) == [20]


@pytest.mark.parametrize(("off", "fails"), [(500, False), (501, True), (-501, True)])
def test_blocks_and_register_may_differ_by_half_a_unit(off, fails):
    # Σ blocks 47 × 100 = 4700 Wh between the first and the last register read; 1 % of it is less than 500 Wh
    register = [-1] * 48
    register[0], register[47] = 1_000, 1_000 + 4_700 + off
    assert on_day(sheet(day(), register_wh=[register]), Flag.SUM) is fails


@pytest.mark.parametrize(("off", "fails"), [(940, False), (960, True)])
def test_of_large_use_they_may_differ_by_one_percent(off, fails):
    # 47 × 2000 = 94 000 Wh: 1 % of the register's 94 940 is 949.4, of its 94 960 it is 949.6
    register = [-1] * 48
    register[0], register[47] = 0, 94_000 + off
    assert on_day(sheet(day(usual=2_000), register_wh=[register]), Flag.SUM) is fails


def test_the_register_at_the_next_midnight_witnesses_the_whole_day():
    register = [5_000, *[-1] * 47]
    assert not on_day(sheet(day(), register_wh=[register], after=5_000 + 4_800), Flag.SUM)
    assert on_day(sheet(day(), register_wh=[register], after=5_000 + 5_301), Flag.SUM)


def test_a_day_that_fails_its_sum_is_brought_in_line_with_the_register():
    register = [0, *[-1] * 47]
    result = settled(sheet(day(), register_wh=[register], after=9_600))
    assert result.wh[0].tolist() == [200] * 48
    assert set(result.quality[0]) == {Quality.REGISTER}


def test_a_spike_in_a_day_that_fails_its_sum_is_what_gives_way():
    # 47 blocks of 100 Wh and a spike of 6500; the register moved 4950: the spike was 4950 − 4700 = 250
    given = sheet(day({30: 6_500}), register_wh=[[0, *[-1] * 47]], after=4_950)
    result = settled(given)
    assert result.wh[0, 30] == 250 and result.quality[0, 30] == Quality.REGISTER
    assert result.quality[0].sum() == Quality.REGISTER


def test_eight_equal_blocks_in_a_row_are_a_stuck_meter_and_seven_are_not():
    noisy = [90 + slot % 7 for slot in range(48)]
    seven, eight = noisy.copy(), noisy.copy()
    seven[10:17], eight[10:18] = [55] * 7, [55] * 8
    assert found(sheet(seven), Flag.STUCK) == []
    assert found(sheet(eight), Flag.STUCK) == list(range(10, 18))


def test_a_meter_at_rest_is_not_stuck():
    assert found(sheet(day(usual=0)), Flag.STUCK) == []


def test_apparent_energy_below_active_is_flagged_beyond_rounding():
    # 0.98 × 1000 = 980 VAh; one VAh is spared as rounding
    noisy = day({4: 1_000, 5: 1_000})
    vah = day({4: 979, 5: 978}, usual=105)
    assert found(sheet(noisy, vah=[vah]), Flag.KVAH) == [5]


def test_export_needs_a_plant():
    export = day({12: 50, 13: 51}, usual=0)
    assert found(sheet(day(), export_wh=[export]), Flag.EXPORT) == [13]
    assert found(sheet(day(), export_wh=[export], solar=True), Flag.EXPORT) == []


def test_voltage_outside_six_percent_is_a_matter_of_quality():
    # 230 V ± 6 %: 216.2 to 243.8 V
    dv = day({1: 2162, 2: 2161, 3: 2438, 4: 2439, 5: 0}, usual=2300)
    assert found(sheet(day(), dv=[dv]), Flag.VOLTAGE) == [2, 4]


def test_no_energy_at_no_voltage_is_an_outage_and_counts_as_read():
    result = settled(sheet(day({5: 0, 6: 0}), dv=[day({5: 0}, usual=2300)]))
    assert result.quality[0].tolist() == day({5: Quality.OUTAGE}, usual=0)


def test_a_silent_day_is_flagged_where_energy_was_used_before():
    given = sheet(day(usual=0), dv=[day(usual=2300)])
    assert settled(given, totals=totals([501])).flags[0] == Flag.ZERO
    assert settled(given, totals=totals([500])).flags[0] == 0


def test_a_silent_day_without_voltage_is_no_zero():
    given = sheet(day(usual=0), dv=[day({4: 0}, usual=2300)])
    assert settled(given, totals=totals([9_000])).flags[0] == 0


@pytest.mark.parametrize(("silent", "inspect"), [(5, False), (6, True)])
def test_a_week_of_silence_calls_for_an_inspection(silent, inspect):
    flags = settled(sheet(day(usual=0), dv=[day(usual=2300)]), totals=totals([9_000] * 3 + [0] * silent)).flags[0]
    assert bool(flags & Flag.ZERO_INSPECT) is inspect


def test_what_its_sender_calls_an_estimate_is_one():
    said = day({9: Quality.MANUAL}, usual=-1)
    assert settled(sheet(day(), quality=[said])).quality[0, 9] == Quality.MANUAL


def totals(energies):
    """Energies of the days before, the last of them yesterday's."""
    numbers = number_of(MONDAY) - np.arange(len(energies), 0, -1)
    return Past(keys(np.full(len(energies), 7), numbers), np.array(energies, np.int32)[:, None])
