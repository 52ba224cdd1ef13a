"""Energy comes out of a file in whole watt-hours, exactly as its decimals say, half up."""
from decimal import ROUND_HALF_UP, Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upay.metering.files.energy import power_of_ten, whole_wh


def wh(cells: list[str | None], power: int = 3) -> list[int | None]:
    return whole_wh(pl.Series(cells, dtype=pl.String), power).to_list()


@settings(deadline=None)
@given(st.lists(st.decimals(-(10**6), 10**6, allow_nan=False, places=None), min_size=1), st.sampled_from([3, 0]))
def test_it_agrees_with_decimal_arithmetic_whatever_the_digits(numbers, power):
    # Decimal's own half up rounds the magnitude, as ours does.
    expected = [int(number.scaleb(power).quantize(Decimal(1), ROUND_HALF_UP)) for number in numbers]
    assert wh([str(number) for number in numbers], power) == expected


@settings(deadline=None)
@given(st.integers(-(10**9), 10**9), st.integers(-6, 6))
def test_a_multiplier_of_either_sign_shifts_the_point(number, power):
    expected = int(Decimal(number).scaleb(power).quantize(Decimal(1), ROUND_HALF_UP))
    assert whole_wh(pl.Series([number]), power).to_list() == [expected]
    assert wh([str(number)], power) == [expected]


def test_the_noise_of_floats_rounds_away():
    assert wh(["6.959999999999997", "0.082", " 1 ", "0.0005", "0.00049999", "-0.0005"]) == [6960, 82, 1000, 1, 0, -1]
    assert whole_wh(pl.Series([6.959999999999997, 1e-05, 2.5e-3]), 3).to_list() == [6960, 0, 3]


@pytest.mark.parametrize("cell", ["", "Null", "1,5", "--1", ".", "1e", "0x10", "nan", "inf", "9" * 40, "1e400"])
def test_what_is_no_number_stays_empty(cell):
    assert wh([cell, "1"]) == [None, 1000]


def test_an_empty_cell_stays_empty():
    assert wh([None, "2"]) == [None, 2000]


@pytest.mark.parametrize(
    ("heading", "power"),
    [
        ("t_kWh", 3),
        ("KWH/hh (per half hour) ", 3),
        ("Energy (Wh)", 0),
        ("wh", 0),
        ("export_wh", 0),
        ("Consumption [k W h]", 3),
        ("value", None),
        ("with", None),
        ("growth", None),
    ],
)
def test_a_heading_tells_the_unit(heading, power):
    assert power_of_ten(heading) == power
