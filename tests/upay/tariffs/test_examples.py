"""Worked examples of every tariff, with the sum beside what is expected."""
from datetime import date

import polars as pl
import pytest

from upay.tariffs import PERIODS, late_surcharge, pack_book, price

JUNE = (date(2026, 6, 1), date(2026, 6, 30))
WINTER_24 = (date(2025, 1, 1), date(2025, 1, 31))


def bill(tariff_id, kwh, kw, span=JUNE, **measured):
    """The totals of one period, and its lines as (kind, detail) → paise."""
    schedule = pack_book().schedule(tariff_id, span[0])
    row = dict.fromkeys(PERIODS, 0) | {"vah": None, "demand_w": None, "prepaid": False, "online": False}
    row |= {"tariff_id": tariff_id, "version": schedule.version, "first": span[0], "last": span[1]}
    row |= {"import_wh": round(kwh * 1000), "load_w": round(kw * 1000), **measured}
    priced = price(pl.DataFrame([row], schema=PERIODS), [schedule])
    lines = {(line["kind"], line["detail"]): line["paise"] for line in priced.lines.to_dicts()}
    return priced.totals.drop("priced_by").row(0, named=True), lines


def rupees(amount):
    return round(amount * 100)


def test_an_urban_home_pays_three_slabs_for_350_units():
    totals, lines = bill("up-lmv1-urban", 350, 2)
    # 150 × ₹5.50 + 150 × ₹6.00 + 50 × ₹6.50 = 825 + 900 + 325
    assert totals["energy_paise"] == rupees(2050)
    # 2 kW × ₹110
    assert totals["fixed_paise"] == rupees(220)
    # 5 % of 2050 + 220
    assert totals["duty_paise"] == rupees(113.50)
    assert totals["total_paise"] == rupees(2383.50)
    assert lines["energy", "300-"] == rupees(325)


def test_a_load_counts_to_the_next_whole_kilowatt():
    # 2.1 kW count as 3: 3 × ₹110
    assert bill("up-lmv1-urban", 10, 2.1)[0]["fixed_paise"] == rupees(330)


def test_a_rural_home_pays_four_slabs():
    totals, _ = bill("up-lmv1-rural", 400, 1)
    # 100 × 3.35 + 50 × 3.85 + 150 × 5.00 + 100 × 5.50 = 335 + 192.50 + 750 + 550
    assert totals["energy_paise"] == rupees(1827.50)


def test_a_lifeline_home_keeps_its_rate_up_to_100_units():
    # 100 × ₹3.00, and ₹50 for its 1 kW
    totals, _ = bill("up-lmv1-lifeline", 100, 1)
    assert (totals["energy_paise"], totals["fixed_paise"]) == (rupees(300), rupees(50))


@pytest.mark.parametrize(("kwh", "kw"), [(100.001, 1), (20, 1.001)])
def test_a_lifeline_month_of_more_units_or_load_is_billed_as_ordinary(kwh, kw):
    assert bill("up-lmv1-lifeline", kwh, kw) == bill("up-lmv1-urban", kwh, kw)


@pytest.mark.parametrize(
    ("kwh", "kw", "energy", "fixed"),
    [
        # 300 × 7.50 + 200 × 8.40; 4 × ₹330
        (500, 4, 3930, 1320),
        # 1000 × 7.50 + 500 × 8.75; 5 × ₹450
        (1500, 5, 11_875, 2250),
    ],
)
def test_a_shop_pays_by_the_class_of_its_load(kwh, kw, energy, fixed):
    totals, _ = bill("up-lmv2-urban", kwh, kw)
    assert (totals["energy_paise"], totals["fixed_paise"]) == (rupees(energy), rupees(fixed))


def test_demand_above_the_load_pays_twice_the_fixed_charge():
    _, lines = bill("up-lmv1-urban", 100, 2, demand_w=2_600)
    # 0.6 kW × 2 × ₹110
    assert lines["excess", ""] == rupees(132)


def test_from_ten_kilowatts_on_energy_is_billed_in_kvah():
    # 1,000 kVAh measured: 150 × 5.50 + 150 × 6.00 + 700 × 6.50 = 825 + 900 + 4550
    assert bill("up-lmv1-urban", 950, 10, vah=1_000_000)[0]["energy_paise"] == rupees(6275)
    # Not measured: 900 / 0.90 = 1,000
    assert bill("up-lmv1-urban", 900, 10)[0]["energy_paise"] == rupees(6275)
    assert bill("up-lmv1-urban", 1000, 9.999, vah=1_100_000)[0]["energy_paise"] == rupees(6275)


@pytest.mark.parametrize(
    ("span", "energy"),
    [
        # 50 × 4.27 + 100 × 5.23 + 150 × 6.61 + 50 × 6.80 = 213.50 + 523 + 991.50 + 340
        (WINTER_24, 2068),
        # 50 × 4.45 + 100 × 5.41 + 150 × 6.79 + 50 × 6.98 = 222.50 + 541 + 1018.50 + 349
        (JUNE, 2131),
    ],
)
def test_a_home_in_madhya_pradesh_pays_the_rates_of_its_year(span, energy):
    assert bill("mp-lv1-2-urban", 350, 2, span)[0]["energy_paise"] == rupees(energy)


@pytest.mark.parametrize(
    ("kwh", "fixed"),
    [
        (50, 76),
        (50.001, 130),
        (150, 130),
        # 151 / 15 = 10.07 → 11 × 0.1 kW × ₹28
        (151, 308),
        # 350 / 15 = 23.33 → 24 × 0.1 kW × ₹28
        (350, 672),
    ],
)
def test_the_load_of_the_fixed_charge_follows_use(kwh, fixed):
    assert bill("mp-lv1-2-urban", kwh, 2)[0]["fixed_paise"] == rupees(fixed)


def test_a_tiny_home_pays_no_fixed_charge():
    totals, _ = bill("mp-lv1-1", 25, 0.1)
    # 25 × ₹3.60 = 90; duty 9 % = 8.10
    assert (totals["fixed_paise"], totals["total_paise"]) == (0, rupees(98.10))
    assert bill("mp-lv1-1", 30.001, 0.1) == bill("mp-lv1-2-urban", 30.001, 0.1)


def test_solar_hours_cost_a_fifth_less_and_peak_hours_more_only_above_ten_kilowatts():
    bands = {"band0_wh": 100_000, "band1_wh": 200_000, "band2_wh": 50_000}
    _, small = bill("mp-lv1-2-urban", 350, 10, **bands)
    _, large = bill("mp-lv1-2-urban", 350, 10.001, **bands)
    # ₹2131 × 200/350 × 20 % = 243.5428…; ₹2131 × 50/350 × 20 % = 60.8857…
    assert small["tod", "solar"] == large["tod", "solar"] == -rupees(243.54)
    assert ("tod", "peak") not in small and large["tod", "peak"] == rupees(60.89)


def test_up_to_150_units_the_first_hundred_cost_a_hundred_rupees():
    # 50 × 4.45 + 50 × 5.41 = 493; of which the home pays 100
    assert bill("mp-lv1-2-urban", 125, 1)[0]["subsidy_paise"] == -rupees(393)
    assert bill("mp-lv1-2-urban", 150, 1)[0]["subsidy_paise"] == -rupees(393)
    assert bill("mp-lv1-2-urban", 150.001, 1)[0]["subsidy_paise"] == 0
    # 20 × 4.45 = 89: less than a hundred, so nothing is given
    assert bill("mp-lv1-2-urban", 20, 1)[0]["subsidy_paise"] == 0


def test_prepaid_homes_get_two_percent_in_one_state_and_25_paise_a_unit_in_the_other():
    # 2 % of 2050 + 220
    assert bill("up-lmv1-urban", 350, 2, prepaid=True)[1]["prepaid", ""] == -rupees(45.40)
    assert bill("mp-lv1-2-urban", 350, 2, prepaid=True)[1]["prepaid", ""] == -rupees(87.50)


@pytest.mark.parametrize(
    ("kwh", "rebate"),
    [
        # 2 × 4.45 + 76 + 9 % duty = 92.54: half a percent is 0.46, the least is 5
        (2, 5),
        # 50 × 4.45 + 100 × 5.41 + 50 × 6.79 + 14 × 28 + 12 % = 1,495 × 1.12 = 1,674.40 → 8.372
        (200, 8.37),
        (2000, 20),
    ],
)
def test_paying_online_takes_off_half_a_percent_between_five_and_twenty_rupees(kwh, rebate):
    assert bill("mp-lv1-2-urban", kwh, 2, online=True)[1]["online", ""] == -rupees(rebate)


def test_slabs_and_charges_shrink_with_the_days():
    # 15 of 30 days: slabs of 75: 75 × 5.50 + 75 × 6.00 + 25 × 6.50 = 412.50 + 450 + 162.50; 2 kW × 110 / 2
    totals, _ = bill("up-lmv1-urban", 175, 2, (date(2026, 6, 10), date(2026, 6, 24)))
    assert (totals["energy_paise"], totals["fixed_paise"]) == (rupees(1025), rupees(110))


def test_the_surcharge_of_each_month_is_taken_of_its_days_part():
    totals, lines = bill("up-lmv1-urban", 350, 2, (date(2026, 1, 22), date(2026, 2, 10)))
    base = totals["energy_paise"] + totals["fixed_paise"]
    # 10 of 20 days in each month: −2.33 % and 10 % of half the base
    assert lines["fppas", "2026-01"] == -round(base * 0.5 * 0.0233)
    assert lines["fppas", "2026-02"] == round(base * 0.5 * 0.10)


def test_what_a_solar_home_sends_out_is_taken_off_and_banked():
    totals, _ = bill("up-lmv1-urban", 300, 3, export_wh=250_000, credit_wh=80_000)
    assert (totals["energy_paise"], totals["credit_wh_out"]) == (0, 30_000)
    # 300 − 250 − 20 = 30 × 5.50
    totals, _ = bill("up-lmv1-urban", 300, 3, export_wh=250_000, credit_wh=20_000)
    assert (totals["energy_paise"], totals["credit_wh_out"]) == (rupees(165), 0)


def test_at_the_end_of_the_financial_year_the_bank_is_paid_out():
    totals, lines = bill("up-lmv1-urban", 100, 3, (date(2026, 3, 1), date(2026, 3, 31)), export_wh=150_000)
    # 50 × ₹2.00
    assert (lines["solar", ""], totals["credit_wh_out"]) == (-rupees(100), 0)


def test_being_late_costs_more_from_the_fourth_month_on():
    schedule = pack_book().schedule("up-lmv1-urban", JUNE[0])
    # 1.25 % and 2 % of ₹1,000
    assert [late_surcharge(schedule, 100_000, month) for month in (1, 3, 4)] == [1250, 1250, 2000]
    assert late_surcharge(schedule, -5, 1) == 0


@pytest.mark.parametrize(
    ("measured", "code"),
    [
        ({"import_wh": -1}, "tariff.negative_energy"),
        ({"export_wh": -1}, "tariff.negative_energy"),
        ({"import_wh": 10**9 + 1}, "tariff.absurd_energy"),
        ({"load_w": 0}, "tariff.absurd_load"),
        ({"last": date(2026, 5, 31)}, "tariff.absurd_days"),
        ({"import_wh": None}, "tariff.value_missing"),
    ],
)
def test_what_cannot_be_is_refused_and_never_priced(measured, code):
    schedule = pack_book().schedule("up-lmv1-urban", JUNE[0])
    row = dict.fromkeys(PERIODS, 0) | {"version": schedule.version, "first": JUNE[0], "last": JUNE[1], "load_w": 1000}
    row |= {"tariff_id": "up-lmv1-urban", "prepaid": False, "online": False}
    priced = price(pl.DataFrame([row, row | {"row": 1} | measured], schema=PERIODS), [schedule])
    assert priced.refused.rows() == [(1, code)]
    assert priced.totals["row"].to_list() == [0] and 1 not in priced.lines["row"]
