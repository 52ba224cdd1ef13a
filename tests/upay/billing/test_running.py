"""Rupees beside units: the steps of a month add up to its price."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from upay.billing.running import Step, step_costs
from upay.clock import DAY_S, day_start_s
from upay.network.models import Connection
from upay.tariffs import PERIODS, pack_book, totals

FIRST, LAST = date(2025, 10, 1), date(2025, 10, 31)


def home(tariff_id: str = "up-lmv1-urban", load_w: int = 2000) -> Connection:
    return Connection(
        number="1000000018", dtr_id=1, consumer_name="", tariff_id=tariff_id, sanctioned_load_w=load_w, prepaid=False
    )


def by_day(units: list[int], first: date = FIRST) -> list[Step]:
    return [
        Step(day_start_s(first + timedelta(days=place)), DAY_S, wh, 0, (wh, 0, 0)) for place, wh in enumerate(units)
    ]


def whole(connection: Connection, wh: int) -> int:
    """The price of October 2025."""
    schedule = pack_book().schedule(connection.tariff_id, FIRST)
    row = dict.fromkeys(PERIODS, 0) | {
        "tariff_id": schedule.tariff_id, "version": schedule.version, "first": FIRST, "last": LAST, "import_wh": wh,
        "band0_wh": wh, "vah": None, "demand_w": None, "load_w": connection.sanctioned_load_w, "prepaid": False,
        "online": False,
    }  # fmt: skip
    return totals(pl.DataFrame([row], schema=PERIODS), [schedule])["total_paise"][0]


def test_a_unit_costs_more_once_the_next_slab_is_reached():
    # 150 units at 5.50 by the 15th; from the 16th on 6.00 a unit. 5 % duty on top, and FPPAS of the month.
    costs = step_costs(home(), pack_book(), by_day([10_000] * 31), LAST)
    assert costs[14] < costs[15]
    assert costs[15] - costs[14] == pytest.approx(10 * 50 * 1.05, abs=40)


@pytest.mark.parametrize("tariff_id", ["up-lmv1-urban", "up-lmv1-rural", "up-lmv2-urban", "mp-lv1-2-urban"])
@settings(max_examples=30, deadline=None)
@given(units=st.lists(st.integers(0, 40_000), min_size=31, max_size=31))
def test_the_days_of_a_month_add_up_to_its_price_to_the_paisa(tariff_id: str, units: list[int]):
    connection = home(tariff_id)
    assert sum(step_costs(connection, pack_book(), by_day(units), LAST)) == whole(connection, sum(units))


def test_half_hours_add_up_to_their_day():
    days = by_day([9_600] * 12)
    start_s = days[-1].start_s
    blocks = [Step(start_s + 1800 * place, 1800, 200, 0, (200, 0, 0)) for place in range(48)]
    by_the_day = step_costs(home(), pack_book(), days, date(2025, 10, 12))
    by_the_block = step_costs(home(), pack_book(), [*days[:-1], *blocks], date(2025, 10, 12))
    assert sum(by_the_block[11:]) == by_the_day[11]


def test_a_day_without_a_unit_costs_its_share_of_the_fixed_charge():
    # 2 kW × ₹110, and 5 % duty on it: ₹231.00 a month; a day is 1/31 of it
    costs = step_costs(home(), pack_book(), by_day([0] * 31), LAST)
    assert sum(costs) == whole(home(), 0)
    assert {cost // 10 for cost in costs} == {whole(home(), 0) // 310}


def test_a_stretch_of_two_months_begins_anew_in_the_second():
    costs = step_costs(home(), pack_book(), by_day([12_000] * 45), LAST + timedelta(days=14))
    assert costs[31] < costs[30]
