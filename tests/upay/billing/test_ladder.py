"""What units stand on when blocks are missing, and what later readings make of it."""
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from tests.upay.billing.town import DEC, NOV, NOW, bill, build, closed, lines, parts, standing, used, waiting
from upay.billing import SELF_READING, Asked, Basis, Kind, RegisterQuality, run_cycle
from upay.clock import day_start
from upay.db import session
from upay.network import Meter, MeterInstallation, bump_registry

NOV_END, DEC_END = date(2025, 11, 30), date(2025, 12, 31)
JAN, JAN_END = date(2026, 1, 1), date(2026, 1, 31)


@pytest.fixture
def town(sqlite):
    build()
    used({1: 300_000, 2: 300_000}, NOV, NOV_END)
    closed(NOV, NOV_END)
    closed(DEC, DEC_END)
    closed(JAN, JAN_END)


def exchange(home: int, on: date, taken_wh: int, put_wh: int = 0) -> None:
    """The home's meter is taken down at `taken_wh` and another put up at `put_wh`."""
    with session() as db:
        old = db.get_one(MeterInstallation, home)
        old.to_at, old.to_register_wh = day_start(on), taken_wh
        db.add(old)
        new = Meter(serial=f"N{home}{on}")
        db.add(new)
        db.flush()
        db.add(MeterInstallation(meter_id=new.id, connection_id=home, dtr_id=old.dtr_id, from_at=day_start(on),
                                 from_register_wh=put_wh))  # fmt: skip
        bump_registry(db)


def test_enough_blocks_are_actual_and_too_few_are_not(town):
    used({1: 310_000, 2: 310_000}, DEC, DEC_END, actual=46)  # 95.8 %
    used({2: 310_000}, DEC, DEC_END, actual=45)  # 93.75 %
    bill()
    bill(DEC)
    assert standing(1, DEC).basis == Basis.ACTUAL
    assert standing(2, DEC).basis == Basis.PROVISIONAL


def test_a_provisional_bill_is_the_mean_of_the_bills_before_and_says_so(town):
    bill()
    bill(DEC)
    found = standing(1, DEC)
    # 300 units in 30 days: ten a day, for 31 days
    assert (found.basis, found.units_wh, found.to_quality) == (Basis.PROVISIONAL, 310_000, RegisterQuality.UNKNOWN)


def test_a_third_provisional_bill_in_a_year_becomes_an_exception(town):
    closed(date(2026, 2, 1), date(2026, 2, 28))
    bill()
    for month in (DEC, JAN):
        bill(month)
        assert standing(1, month).basis == Basis.PROVISIONAL
    run_cycle(date(2026, 2, 1), None, datetime(2026, 3, 2, tzinfo=UTC), Asked(as_scheduled=True))
    assert waiting()[1] == "missing"


def test_where_nothing_was_ever_billed_there_is_nothing_to_go_by(town):
    bill()
    assert waiting() == {3: "missing", 4: "missing"}


def test_a_meter_taken_down_tells_what_no_block_does(town):
    """Home 1: 300 units to November's end; the meter is taken down mid-December at 7,000 units, the new one too at the
    end of December."""
    exchange(1, date(2025, 12, 16), 1_000_000)
    exchange_again = date(2026, 1, 1)
    with session() as db:
        first = db.get_one(MeterInstallation, 1)
        first.from_register_wh = 0
        second = db.get_one(MeterInstallation, 5)
        second.to_at, second.to_register_wh = day_start(exchange_again), 50_000
        db.add_all([first, second])
    with session() as db:
        db.get_one(MeterInstallation, 1).from_at = day_start(DEC)
    bill(DEC)
    found = standing(1, DEC)
    assert (found.basis, found.units_wh) == (Basis.REGISTER, 1_050_000)
    assert (found.register_from_wh, found.register_to_wh) == (0, 50_000)


class _Read:
    def __init__(self, register_wh: int) -> None:
        self.register_wh = register_wh

    def accepted(self, db, connection_ids, first, last):
        rows = [(home, self.register_wh, last) for home in connection_ids if home == 1]
        return pl.DataFrame(rows, schema=SELF_READING, orient="row")


def test_an_accepted_reading_of_the_consumers_comes_before_an_estimate(town):
    with session() as db:
        db.get_one(MeterInstallation, 1).from_at = day_start(DEC)
    run_cycle(DEC, None, NOW, Asked(as_scheduled=True), _Read(280_000))
    found = standing(1, DEC)
    assert (found.basis, found.units_wh, found.to_quality) == (Basis.SELF_READING, 280_000, RegisterQuality.SELF)


def test_reads_that_come_late_are_put_right_on_the_next_bill_by_the_tariff_of_then(town):
    bill()
    used({1: 360_000}, NOV, NOV_END, version=2)
    closed(NOV, NOV_END, lake_version=5, version=2)
    used({1: 310_000, 2: 310_000}, DEC, DEC_END)
    bill(DEC)
    found = standing(1, DEC)
    late = [part for part in parts(found) if part.kind == Kind.LATE]
    assert [(part.of_bill_id, part.import_wh) for part in late] == [(standing(1).id, 360_000)]
    # 60 more units above 300: 60 × ₹6.50, and duty and fuel surcharge upon them
    assert found.adjustment_paise == late[0].total_paise - standing(1).current_paise
    assert 39_000 * 1.05 <= found.adjustment_paise <= 39_000 * 1.2
    assert ("adjustment_late", found.adjustment_paise) in lines(found)
    assert standing(2, DEC).adjustment_paise == 0


def test_what_was_put_right_once_is_not_put_right_again(town):
    bill()
    used({1: 360_000}, NOV, NOV_END, version=2)
    closed(NOV, NOV_END, lake_version=5, version=2)
    used({1: 310_000}, DEC, DEC_END)
    bill(DEC)
    used({1: 310_000}, JAN, JAN_END)
    closed(NOV, NOV_END, lake_version=9, version=3)
    used({1: 354_000}, NOV, NOV_END, version=3)
    bill(JAN)
    again = standing(1, JAN)
    late = [part for part in parts(again) if part.kind == Kind.LATE]
    assert [part.billed_paise for part in late] == [standing(1).current_paise + standing(1, DEC).adjustment_paise]
    assert again.adjustment_paise < 0


def test_a_provisional_month_whose_reads_came_after_all_is_billed_as_read(town):
    bill()
    bill(DEC)
    used({1: 200_000}, DEC, DEC_END, version=2)
    closed(DEC, DEC_END, lake_version=7, version=2)
    used({1: 310_000}, JAN, JAN_END)
    bill(JAN)
    found = standing(1, JAN)
    assert found.adjustment_paise < 0
    late = [part for part in parts(found) if part.kind == Kind.LATE]
    assert (late[0].of_bill_id, late[0].import_wh) == (standing(1, DEC).id, 200_000)


def test_a_register_after_provisional_bills_spreads_what_was_used_over_all_their_days(town):
    """300 units in November by the meter; December and January blind, billed at ten a day; a meter taken down at the
    end of February says that only 500 units were used in 90 days, of which February's blocks say 200."""
    feb, feb_end = date(2026, 2, 1), date(2026, 2, 28)
    closed(feb, feb_end)
    with session() as db:
        stay = db.get_one(MeterInstallation, 1)
        stay.from_at, stay.from_register_wh = day_start(NOV), 0
        stay.to_at, stay.to_register_wh = day_start(NOV_END + timedelta(days=1)), 300_000
        later = {"from_at": day_start(DEC), "to_at": day_start(feb_end + timedelta(days=1))}
        registers = {"from_register_wh": 300_000, "to_register_wh": 800_000}
        db.add(MeterInstallation(meter_id=1, connection_id=1, dtr_id=1, **later, **registers))
        bump_registry(db)
    bill()
    bill(DEC)
    bill(JAN)
    used({1: 200_000}, feb, feb_end)
    now = datetime(2026, 3, 2, tzinfo=UTC)
    run_cycle(feb, None, now, Asked(as_scheduled=True))
    found = standing(1, feb)
    again = [part for part in parts(found) if part.kind == Kind.WHOLE]
    # 500 − 200 = 300 units over 62 days, 31 in each month
    assert [part.import_wh for part in again] == [150_000, 150_000]
    assert found.adjustment_paise == sum(part.total_paise - part.billed_paise for part in again) < 0
    assert {kind for kind, _ in lines(found)} >= {"adjustment_whole"}
