"""What holds of every tariff, whatever is used."""
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.upay.tariffs.cases import TARIFFS
from upay.tariffs import PERIODS, month_share, pack_book, price, totals

HEADS = ("energy", "tod", "fixed", "fppas", "duty", "subsidy", "rebate")
DAYS = st.dates(date(2024, 4, 1), date(2026, 12, 31))
tariffs = pytest.mark.parametrize("tariff_id", TARIFFS)


def rows(tariff_id, *measured):
    """Periods under one schedule."""
    first = measured[0].get("first", date(2026, 6, 1))
    schedule = pack_book().schedule(tariff_id, first)
    usual = dict.fromkeys(PERIODS, 0) | {"vah": None, "demand_w": None, "prepaid": False, "online": False}
    usual |= {"tariff_id": tariff_id, "version": schedule.version, "first": first, "last": date(2026, 6, 30)}
    usual |= {"load_w": 2_000}
    frame = pl.DataFrame([usual | {"row": n} | each for n, each in enumerate(measured)], schema=PERIODS)
    return frame, [schedule]


@tariffs
@pytest.mark.parametrize("rebate", [{}, {"prepaid": True}, {"online": True}])
@pytest.mark.parametrize("load_w", [100, 1_000, 4_000, 12_000])
def test_more_units_never_cost_less(tariff_id, rebate, load_w):
    """Every unit up to 700, and every Wh around the ends of slabs."""
    used = {unit * 1000 for unit in range(700)}
    used |= {end * 1000 + wh for end in (30, 50, 100, 150, 300) for wh in range(-9, 9)}
    cases = [{"import_wh": wh, "load_w": load_w, **rebate} for wh in sorted(used)]
    paid = totals(*rows(tariff_id, *cases)).sort("row")["total_paise"]
    # A rebate's own rounding can outrun a Wh by a paisa.
    assert (paid.diff().drop_nulls() >= (-1 if rebate else 0)).all()


@tariffs
@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 900_000), st.integers(1, 20_000), st.booleans()), min_size=1, max_size=20))
def test_lines_add_up_to_heads_and_heads_to_the_total(tariff_id, drawn):
    cases = [
        {"import_wh": wh, "load_w": load, "prepaid": prepaid, "band1_wh": wh // 3, "band2_wh": wh - wh // 3}
        for wh, load, prepaid in drawn
    ]
    found = price(*rows(tariff_id, *cases))
    heads = found.totals.select(paise=pl.sum_horizontal(f"{head}_paise" for head in HEADS))["paise"]
    assert heads.to_list() == found.totals["total_paise"].to_list()
    lines = found.lines.group_by("row").agg(pl.col("paise").sum())
    both = found.totals.join(lines, on="row", how="left").with_columns(pl.col("paise").fill_null(0))
    assert both["paise"].to_list() == both["total_paise"].to_list()


@tariffs
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2_000_000), st.integers(1, 30_000))
def test_net_and_duty_are_the_total_where_nothing_is_taken_off(tariff_id, wh, load_w):
    found = totals(*rows(tariff_id, {"import_wh": wh, "load_w": load_w})).row(0, named=True)
    net = sum(found[f"{head}_paise"] for head in HEADS if head != "duty")
    assert net + found["duty_paise"] == found["total_paise"]


@settings(max_examples=200, deadline=None)
@given(DAYS, st.integers(0, 60), st.integers(1, 60))
def test_shares_of_parts_add_up_to_the_share_of_the_whole(first, more, rest):
    middle, last = first + timedelta(more), first + timedelta(more + rest)
    assert month_share(first, middle) + month_share(middle + timedelta(1), last) == month_share(first, last)


@settings(max_examples=80, deadline=None)
@given(st.integers(2, 59), st.integers(1, 300_000), st.integers(1, 9_000))
def test_pricing_the_parts_of_a_period_equals_pricing_it_whole(cut, wh_a_day, load_w):
    """Steady use over two months, cut anywhere: slabs shrink with the days, so only roundings differ."""
    first, last = date(2026, 6, 1), date(2026, 7, 30)
    middle = first + timedelta(cut - 1)
    month_a, month_b = month_share(first, middle), month_share(middle + timedelta(1), last)
    whole = 600_000 * wh_a_day // 300_000
    part = round(whole * month_a / (month_a + month_b))
    spans = [(first, last, whole), (first, middle, part), (middle + timedelta(1), last, whole - part)]
    cases = [{"first": a, "last": b, "import_wh": wh, "load_w": load_w} for a, b, wh in spans]
    found = totals(*rows("up-lmv1-urban", *cases)).sort("row")
    for head in ("energy_paise", "fixed_paise", "total_paise"):
        at_once, one, other = found[head]
        # Three slabs a part, each with its paisa and the Wh of its edge.
        assert abs(at_once - one - other) <= 8


def test_a_period_over_a_change_of_rates_is_cut_there():
    segments = pack_book().segments("mp-lv1-2-urban", date(2025, 3, 20), date(2025, 4, 19))
    assert [(each.first, each.last) for each in segments] == [
        (date(2025, 3, 20), date(2025, 3, 31)),
        (date(2025, 4, 1), date(2025, 4, 19)),
    ]
    assert segments[0].schedule.energy[0].slabs[0].rate == 42_700
    assert segments[1].schedule.energy[0].slabs[0].rate == 44_500


def test_the_largest_amounts_do_not_overflow():
    """A million units, all in one band: the time-of-day product needs more than 64 bits."""
    wh = 10**9
    frame, schedules = rows("mp-lv1-2-urban", {"import_wh": wh, "band1_wh": wh - 1, "band2_wh": 1, "load_w": 9_999_999})
    found = totals(frame, schedules).row(0, named=True)
    # 50 × 4.45 + 100 × 5.41 + 150 × 6.79 + 999,700 × 6.98, in paise
    energy = 22_250 + 54_100 + 101_850 + 697_790_600
    assert found["energy_paise"] == energy
    assert found["tod_paise"] == -((energy * (wh - 1) * 2000 + wh * 5000) // (wh * 10_000)) + 0
