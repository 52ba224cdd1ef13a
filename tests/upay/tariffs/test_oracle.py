"""The kernel that bills and the oracle that shares no code with it agree to the paisa."""
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.upay.tariffs.cases import TARIFFS, case, expected, frame, spans
from upay.tariffs import price, totals

SPANS = 60
CASES_A_TARIFF = 18_000


@pytest.mark.parametrize("tariff_id", TARIFFS)
def test_random_periods_of_every_tariff_cost_the_same(tariff_id):
    random = Random(tariff_id)
    stretches = spans(random, SPANS)
    cases = [case(random, tariff_id, *random.choice(stretches)) for _ in range(CASES_A_TARIFF)]
    periods, schedules = frame(cases)
    assert_frame_equal(totals(periods, schedules).sort("row").drop("priced_by"), expected(cases))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32), st.lists(st.sampled_from(TARIFFS), min_size=1, max_size=200))
def test_any_mixture_of_tariffs_costs_the_same_and_its_lines_add_up(seed, tariff_ids):
    random = Random(seed)
    cases = [case(random, tariff_id, *random.choice(spans(random, 6))) for tariff_id in tariff_ids]
    periods, schedules = frame(cases)
    found = price(periods, schedules)
    assert_frame_equal(found.totals.drop("priced_by"), expected(cases))
    lines = found.lines.group_by("row").agg(paise=pl.col("paise").sum())
    both = found.totals.join(lines, on="row", how="left").select("total_paise", pl.col("paise").fill_null(0))
    assert both["total_paise"].to_list() == both["paise"].to_list()
