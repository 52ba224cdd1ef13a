"""What last month's bills would have been under other rates: counted, summed, and those that change most named."""
import json
from datetime import UTC, date, datetime

import pytest

from upay.billing import last_cycle, what_if
from upay.billing.models import Bill, BillPart, BillReversal
from upay.billing.numbers import bill_id, number_of
from upay.bulk import bulk
from upay.db import session
from upay.tariffs import pack_book, proposed_schedules

CYCLE = date(2026, 10, 1)
DEARER = {"from": "2026-10-01", "source": "s", "confidence": "C", "slabs": [{"from": 0, "rate": "6.50"}]}


def billed(connection_id: int, wh: int, paise: int, tariff_id: str = "up-lmv1-urban") -> int:
    """A bill of one part; returns its id."""
    identity = bill_id(CYCLE, connection_id)
    span = {"first": CYCLE, "last": date(2026, 10, 31)}
    version = pack_book().schedule(tariff_id, CYCLE).version
    common = {"tariff_id": tariff_id, "load_w": 1_000, "prepaid": False, "basis": "actual", **span}
    with session() as db:
        db.add(
            Bill(
                id=identity, connection_id=connection_id, run_id=1, cycle=CYCLE, issued_on=CYCLE, category="LMV-1",
                lake_version=1, from_quality=0, to_quality=0, units_wh=wh, current_paise=paise, **common,
            )
        )  # fmt: skip
        db.add(
            BillPart(
                bill_id=identity, part=0, kind="period", version=version, import_wh=wh, band0_wh=0, band1_wh=0,
                band2_wh=0, export_wh=0, total_paise=paise, **common,
            )
        )  # fmt: skip
    return identity


def asked():
    with session() as db:
        schedules, cycle = proposed_schedules(db, "up-lmv1-urban", "energy", json.dumps(DEARER)), last_cycle(db)
    assert cycle == CYCLE and set(schedules) == {"up-lmv1-urban", "up-lmv1-lifeline"}
    with bulk() as db:
        return what_if(db, cycle, schedules)


@pytest.mark.usefixtures("database")
def test_bills_are_priced_again_and_the_most_changed_come_first():
    # 100 × 5.50 + 110, and 5 %; dearer by 100 × 1.00 × 1.05.  The rural home and the reversed bill do not count.
    small = billed(1, 100_000, 69_300)
    large = billed(2, 140_000, 92_400)
    billed(3, 100_000, 40_000, "up-lmv1-rural")
    gone = billed(4, 100_000, 69_300)
    with session() as db:
        db.add(BillReversal(bill_id=gone, at=datetime(2026, 11, 2, tzinfo=UTC), reason="wrong meter"))
    found = asked()
    assert (found.bills, found.changed) == (2, 2)
    assert (found.before_paise, found.after_paise) == (69_300 + 92_400, 79_800 + 107_100)
    assert [mover.number for mover in found.movers] == [number_of(large), number_of(small)]


@pytest.mark.usefixtures("database")
def test_a_lifeline_home_that_leaned_on_the_rates_is_among_them():
    # 120 units of a lifeline home are billed as ordinary: 120 × 5.50 + 110, and 5 %
    billed(1, 120_000, 80_850, "up-lmv1-lifeline")
    found = asked()
    assert found.movers[0].after_paise - found.movers[0].before_paise == 12_600
