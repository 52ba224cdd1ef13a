"""The fleet is a function of its seed, looks like Bareilly, and goes wrong where its manifest says so."""
from datetime import date
from pathlib import Path

import numpy as np
import phonenumbers
import polars as pl
import pytest
from phonenumbers import PhoneNumberType

from demo.people import mobile_of
from demo.plan import PER_DTR, PERSONS, SLOTS
from demo.readings import read_meters
from demo.seasons import date_of, ordinal
from tests.demo.fleets import UNTIL, during, everything, fleet, special

BAREILLY = Path(__file__).parents[3] / "shared/data/bareilly_daily_kwh.csv"


def test_the_same_seed_makes_the_same_readings_and_another_seed_others():
    day = np.arange(UNTIL - 3, UNTIL)
    one, same, other = (read_meters(fleet(seed=seed), day, 0, 3) for seed in (7, 7, 8))

    assert np.array_equal(one.wh, same.wh) and np.array_equal(one.dv, same.dv)
    assert not np.array_equal(one.wh, other.wh)


def test_a_part_of_the_fleet_and_of_its_days_reads_the_same_by_itself():
    of = fleet()
    whole, part = everything(of), read_meters(of, np.arange(UNTIL - 20, UNTIL - 15), 1, 2)
    meters = [*range(PER_DTR, 2 * PER_DTR), of.connections + 1]

    assert np.array_equal(whole.wh[-20:-15, meters], part.wh)
    assert np.array_equal(whole.dv[-20:-15, meters], part.dv)
    assert np.array_equal(whole.present[-20:-15, meters], part.present)


def test_a_larger_fleet_uses_as_much_a_connection():
    day = np.arange(UNTIL - 2, UNTIL)
    small, large = (read_meters(fleet(connections=n), day, 0, 1).wh[:, :PER_DTR].sum() for n in (100, 5000))

    assert small == large


def test_summer_nights_are_cooled_and_winter_mornings_heated():
    of = fleet(connections=500, days=395)
    homes = np.flatnonzero(~of.traits.shop & (of.traits.kwp == 0))

    def use(day, slots):
        first = ordinal(day)
        return read_meters(of, np.arange(first, first + 14), 0, of.dtrs).true_wh[:, homes, slots].mean()

    night, morning = slice(0, 6), slice(12, 15)
    assert use(date(2026, 6, 8), night) > 2 * use(date(2026, 3, 8), night)
    assert use(date(2026, 1, 8), morning) > 1.3 * use(date(2026, 3, 8), morning)


def test_shops_sell_from_ten_to_ten_and_rest_on_sundays():
    of = fleet()
    read = everything(of)
    shop = read.true_wh[:, PERSONS["shop"][0]].astype(float)
    sunday = np.array([date_of(day).weekday() == 6 for day in read.day])

    assert shop[~sunday, 20:44].mean() > 5 * shop[~sunday, :20].mean()
    assert shop[~sunday].sum(axis=1).mean() > 3 * shop[sunday].sum(axis=1).mean()


def test_panels_export_at_noon_and_only_where_there_are_panels():
    of = fleet()
    read = everything(of)
    solar = np.flatnonzero(of.traits.kwp > 0)
    export = read.export_wh[:, : of.connections]

    assert PERSONS["solar"][0] in solar
    assert export[:, solar, 22:26].mean() > 100
    assert export[:, solar, :10].sum() == 0
    assert export[:, np.setdiff1d(np.arange(of.connections), solar)].sum() == 0


def test_a_dtr_takes_in_what_is_used_behind_it_and_three_to_six_percent():
    of = fleet()
    read = everything(of)
    used = np.add.reduceat(read.true_wh, range(0, of.connections, PER_DTR), axis=1).sum(axis=2)
    export = read.export_wh[:, : of.connections]
    given_back = np.add.reduceat(export, range(0, of.connections, PER_DTR), axis=1).sum(axis=2)
    at_dtr = slice(of.connections, None)
    lost = read.wh[:, at_dtr].sum(axis=2) - read.export_wh[:, at_dtr].sum(axis=2) - used + given_back

    # rounding: half a Wh in each of 48 blocks
    assert ((lost >= 0.03 * used - 24) & (lost <= 0.06 * used + 24)).all()


def test_an_outage_darkens_a_whole_dtr():
    of = fleet()
    read, case = everything(of), special(of, "outage")
    dark = during(of, case)
    behind = [*range(PER_DTR), of.connections]

    assert (read.dv[:, behind].transpose(0, 2, 1)[dark] == 0).all()
    assert (read.wh[:, behind].transpose(0, 2, 1)[dark] == 0).all()
    assert read.dv[:, PER_DTR].max() > 2162


def test_a_sag_pulls_the_evening_below_what_is_allowed():
    of = fleet()
    read, case = everything(of), special(of, "sag")
    sagging = read.dv[:, 0][during(of, case)]

    assert (sagging < 2162).all() and (sagging > 1500).all()


def test_special_meters_go_wrong_where_the_plan_says():
    of = fleet()
    read = everything(of)

    def blocks(kind, of_what):
        case = special(of, kind)
        return of_what[:, case.connection][during(of, case)]

    assert (blocks("zero", read.wh) == 0).all() and (blocks("zero", read.dv) > 0).any()
    assert set(blocks("stuck", read.wh)) == {120} and len(blocks("stuck", read.wh)) == 3 * SLOTS
    assert blocks("spike", read.wh).tolist() == [6500]
    assert not blocks("long_gap", read.present).any() and len(blocks("long_gap", read.present)) == 9 * SLOTS
    assert not blocks("short_gap", read.present).any() and len(blocks("short_gap", read.present)) == 4


def test_the_register_of_a_stuck_or_spiking_meter_still_counts_the_truth():
    of = fleet()
    read = everything(of)
    for kind in ("stuck", "spike"):
        column = special(of, kind).connection
        assert np.array_equal(read.metered_wh[:, column], read.true_wh[:, column])


def test_two_thieves_on_one_dtr_use_more_than_they_are_metered():
    of = fleet()
    read = everything(of)
    cases = [special(of, kind) for kind in ("theft_magnet", "theft_neutral")]

    assert len({case.connection // PER_DTR for case in cases}) == 1
    for case in cases:
        mask = during(of, case)
        metered, used = (which[:, case.connection][mask].sum() for which in (read.wh, read.true_wh))
        assert metered < 0.45 * used
        assert np.array_equal(read.wh[:, case.connection][~mask], read.true_wh[:, case.connection][~mask])


def test_most_reads_arrive():
    missing = 1 - everything(fleet(connections=500, days=30)).present.mean()

    assert 0.001 < missing < 0.02


@pytest.mark.parametrize("days", [1, 2, 30])
def test_a_short_history_holds_its_special_cases_within_it(days):
    of = fleet(days=days)

    assert all(of.first_day * SLOTS <= case.first < of.until_day * SLOTS for case in of.specials)


def test_every_mobile_is_a_valid_indian_mobile():
    for index in (0, 1, 499, 99_999, 999_998):
        number = phonenumbers.parse(mobile_of(index))
        assert phonenumbers.is_valid_number(number)
        assert phonenumbers.number_type(number) is PhoneNumberType.MOBILE


@pytest.mark.data
@pytest.mark.skipif(not BAREILLY.exists(), reason="the real readings of ../shared/data are not here")
def test_level_spread_and_season_are_those_of_bareilly():
    real = pl.read_csv(BAREILLY, try_parse_dates=True).rename({"Date": "day", "t_kWh": "kwh"})
    of = fleet(connections=1000, days=365)
    days = np.arange(of.first_day, of.until_day)
    parts = [read_meters(of, days, first, first + 8).true_wh.sum(axis=2) for first in range(0, of.dtrs, 8)]
    daily = np.concatenate(parts, axis=1)[:, ~of.traits.shop] / 1000

    levels = real.group_by("meter").agg(pl.col("kwh").mean())["kwh"]
    for share in (0.1, 0.25, 0.5, 0.75, 0.9):
        assert np.quantile(daily.mean(axis=0), share) == pytest.approx(levels.quantile(share, "linear"), rel=0.3)
    for share in (0.25, 0.5, 0.75, 0.95):
        assert np.quantile(daily, share) == pytest.approx(real["kwh"].quantile(share), rel=0.25)

    month = np.array([date_of(day).month for day in range(of.first_day, of.until_day)])
    ours = [(daily[month == m] / daily.mean(axis=0)).mean() for m in range(1, 13)]
    ratio = real.with_columns(pl.col("kwh") / pl.col("kwh").mean().over("meter")).filter(pl.col("kwh").is_finite())
    theirs = ratio.group_by(pl.col("day").dt.month()).agg(pl.col("kwh").mean()).sort("day")["kwh"].to_numpy()
    assert np.corrcoef(ours, theirs)[0, 1] > 0.95
    assert np.abs(np.array(ours) - theirs).max() < 0.3
