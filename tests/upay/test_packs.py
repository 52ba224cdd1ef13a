"""What a pack's rows say of themselves."""
from datetime import date

import pytest

from upay.packs import pack


@pytest.mark.parametrize("hour", range(24))
def test_every_hour_of_the_day_lies_in_one_band(hour):
    assert sum(band.covers(hour) for band in pack("up").bands(date(2026, 11, 23))) == 1


def test_hours_that_no_order_has_set_say_so():
    row = pack("up").row("tod", date(2026, 11, 23))
    assert row["confidence"] == "C" and "not an order of this state" in row["source"]
