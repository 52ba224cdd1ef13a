"""The high/low check of a month."""
from datetime import date, timedelta

import pytest

from upay.db import session
from upay.metering.highlow import Unusual, unusual
from upay.metering.models import ConnectionDay

JUNE = date(2026, 6, 1)


def used(connection, first, wh, days=30):
    """The same energy on each of some days."""
    with session() as db:
        for number in range(days):
            day = first + timedelta(days=number)
            facts = {"dtr_id": 1, "bucket": 0, "version": 1, "blocks": 48, "actual": 48, "estimated": 0}
            db.add(ConnectionDay(connection_id=connection, day=day, import_wh=wh, **facts))


@pytest.mark.parametrize(("wh", "stands_out"), [(3_999, True), (4_000, False), (20_000, False), (20_001, True)])
def test_a_month_is_held_against_the_same_month_last_year(database, wh, stands_out):
    # 0.4 × and 2.0 × 10 kWh a day; what May was does not matter then
    used(1, date(2025, 6, 1), 10_000)
    used(1, date(2026, 5, 1), wh)
    used(1, JUNE, wh)
    assert unusual(JUNE) == ([Unusual(1, wh, 10_000, True)] if stands_out else [])


def test_without_last_year_the_three_months_before_speak(sqlite):
    used(1, date(2026, 3, 1), 5_000, days=92)
    used(1, JUNE, 11_000)
    assert unusual(JUNE + timedelta(days=9)) == [Unusual(1, 11_000, 5_000, False)]


def test_a_new_home_and_half_a_month_say_nothing(sqlite):
    used(1, JUNE, 11_000)
    used(2, date(2026, 5, 1), 1_000)
    used(2, JUNE, 9_000, days=14)
    assert unusual(JUNE) == []
