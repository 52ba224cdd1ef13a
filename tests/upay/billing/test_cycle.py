"""Bills worked out by hand, and what a cycle does to the tables."""
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from tests.upay.billing.town import DEC, NOV, NOW, bill, build, change, closed, lines, parts, standing, used, waiting
from upay import ledger
from upay.billing import Asked, Bill, BillingRun, run_cycle
from upay.db import session
from upay.dues import Instalment, InstalmentPlan
from upay.errors import Problem
from upay.ledger import Account, Entry, Leg
from upay.network.models import ConnectionTerms

NOV_END, DEC_END = date(2025, 11, 30), date(2025, 12, 31)


def rupees(paise: int) -> float:
    return paise / 100


@pytest.fixture
def town(database):
    build()
    used({1: 350_000, 2: 100_000, 3: 0, 4: 90_000}, NOV, NOV_END)
    closed(NOV, NOV_END)


def balance(connection_id: int, account: Account) -> int:
    with session() as db:
        return ledger.balance(db, connection_id, account)


def test_an_urban_home_pays_three_slabs_for_350_units(town):
    bill()
    found = standing(1)
    energy = [paise for kind, paise in lines(found) if kind == "energy"]
    # 150 × ₹5.50, 150 × ₹6.00, 50 × ₹6.50
    assert [rupees(paise) for paise in energy] == [825, 900, 325]
    by_kind = dict(lines(found))
    # two kilowatts at ₹110; duty 5 % of 2,050 + 220 = ₹113.50
    assert (rupees(by_kind["fixed"]), rupees(by_kind["duty"])) == (220, 113.5)
    before = 205_000 + 22_000 + 11_350 + by_kind.get("fppas", 0)
    assert found.current_paise == before
    assert found.payable_paise % 100 == 0
    assert found.payable_paise == found.current_paise + found.round_paise
    assert abs(found.round_paise) <= 50


def test_what_a_bill_asks_for_is_owed_in_the_ledger_and_earned_line_by_line(town):
    bill()
    found = standing(1)
    assert balance(1, Account.RECEIVABLE) == found.payable_paise
    with session() as db:
        legs = db.exec(select(ledger.Posting)).all()
    assert sum(leg.paise for leg in legs) == 0
    assert -sum(leg.paise for leg in legs if leg.account == Account.ENERGY_REVENUE) == sum(
        paise for each in (1, 2, 3, 4) for kind, paise in lines(standing(each)) if kind == "energy"
    )


def test_a_cycle_that_is_run_again_changes_nothing(town):
    bill()
    with session() as db:
        before = [row.model_dump() for row in db.exec(select(Bill).order_by(Bill.id))]
    bill()
    with session() as db:
        assert [row.model_dump() for row in db.exec(select(Bill).order_by(Bill.id))] == before
        runs = db.exec(select(BillingRun)).all()
    assert [(run.state, run.connections, run.billed) for run in runs] == [("done", 2, 2)] * 2


def test_a_prepaid_connection_pays_from_its_wallet_and_nothing_falls_due(town):
    change(2, prepaid=True)
    bill()
    found = standing(2)
    assert (found.wallet_paise, found.payable_paise, found.due_on) == (found.current_paise, 0, None)
    assert balance(2, Account.WALLET) == found.current_paise
    assert balance(2, Account.RECEIVABLE) == 0


def test_a_zone_alone_is_billed_and_the_other_later(town):
    run_cycle(NOV, ["A"], NOW, Asked(as_scheduled=True))
    with session() as db:
        assert {each.connection_id for each in db.exec(select(Bill))} == {1, 3}
    bill()
    with session() as db:
        assert {each.connection_id for each in db.exec(select(Bill))} == {1, 2, 3, 4}


def test_a_dry_run_counts_and_sums_and_bills_nobody(town):
    run_cycle(NOV, None, NOW, Asked(dry_run=True))
    with session() as db:
        assert db.exec(select(Bill)).all() == []
        dry = db.exec(select(BillingRun)).all()
    bill()
    with session() as db:
        real = db.exec(select(BillingRun).where(BillingRun.dry_run == False)).all()  # noqa: E712
    assert [(run.billed, run.current_paise) for run in dry] == [(run.billed, run.current_paise) for run in real]


def test_a_cycle_waits_for_its_end_and_for_its_days(town):
    with pytest.raises(Problem, match=r"billing\.not_over"):
        run_cycle(NOV, None, datetime(2025, 11, 30, 12, tzinfo=UTC))
    with pytest.raises(Problem, match=r"billing\.days_open"):
        run_cycle(DEC, None, NOW)
    with pytest.raises(Problem, match=r"billing\.unknown_zone"):
        run_cycle(NOV, ["Z"], NOW)


def test_bills_made_late_bear_the_day_on_which_they_go_out(town):
    run_cycle(NOV, None, datetime(2025, 12, 20, 6, tzinfo=UTC))
    found = standing(1)
    assert (found.issued_on, found.due_on) == (date(2025, 12, 20), date(2026, 1, 4))


def test_what_was_owed_stands_on_the_next_bill_and_bears_a_surcharge(town):
    bill()
    used({1: 350_000, 2: 100_000, 3: 0, 4: 90_000}, DEC, DEC_END)
    closed(DEC, DEC_END)
    first, paid_off = standing(1), standing(2)
    with session() as db:
        paid = paid_off.payable_paise
        legs = (Leg(Account.CASH_COLLECTION, paid), Leg(Account.RECEIVABLE, -paid, 2))
        ledger.post(db, Entry("receipt:1", "collection", NOW, legs))
    bill(DEC)
    second, other = standing(1, DEC), standing(2, DEC)
    assert second.arrears_paise == first.payable_paise
    # 1.25 % a month of what is overdue, half up
    assert second.lpsc_paise == (first.payable_paise * 125 + 5_000) // 10_000
    assert second.payable_paise == balance(1, Account.RECEIVABLE)
    assert (other.arrears_paise, other.lpsc_paise) == (0, 0)


def test_no_surcharge_is_charged_on_a_surcharge(town):
    bill()
    months = [DEC, date(2026, 1, 1)]
    for month, end in zip(months, (DEC_END, date(2026, 1, 31)), strict=True):
        used({1: 350_000}, month, end)
        closed(month, end)
        bill(month)
    second, third = standing(1, DEC), standing(1, months[1])
    principal = third.arrears_paise - second.lpsc_paise
    assert third.lpsc_due_paise == second.lpsc_paise
    assert third.lpsc_paise == (principal * 125 + 5_000) // 10_000
    assert third.overdue_months == 2


def test_dues_under_a_plan_that_holds_bear_no_surcharge(town):
    """Home 1's November bill is in a plan that falls due in March; its December bill is outside."""
    bill()
    first = standing(1)
    with session() as db:
        db.add(InstalmentPlan(id=1, connection_id=1, agreed_on=date(2025, 12, 30), paise=first.payable_paise))
        db.flush()
        for number, paise in ((1, first.payable_paise - 50_000), (2, 50_000)):
            db.add(Instalment(plan_id=1, number=number, due_on=date(2026, 3, number), paise=paise))
    months = [DEC, date(2026, 1, 1)]
    for month, end in zip(months, (DEC_END, date(2026, 1, 31)), strict=True):
        used({1: 350_000}, month, end)
        closed(month, end)
        bill(month)
    second, third = standing(1, DEC), standing(1, months[1])
    # nothing but the plan is overdue: 0 × 1.25 %
    assert (second.arrears_paise, second.lpsc_paise, second.overdue_months) == (first.payable_paise, 0, 0)
    # December's charges alone, 1.25 % of them: what was owed less the plan
    outside = third.arrears_paise - first.payable_paise
    assert (third.lpsc_paise, third.overdue_months) == ((outside * 125 + 5_000) // 10_000, 1)


def test_a_load_that_changes_within_the_cycle_cuts_it_in_two(town):
    with session() as db:
        db.add(ConnectionTerms(connection_id=1, until=date(2025, 11, 16), category="LMV-1", tariff_id="up-lmv1-urban",
                               sanctioned_load_w=1_000, prepaid=False))  # fmt: skip
    bill()
    found = parts(standing(1))
    assert [(part.first.day, part.last.day, part.load_w) for part in found] == [(1, 15, 1_000), (16, 30, 2_000)]
    assert sum(part.import_wh for part in found) == 350_000
    fixed = [paise for kind, paise in lines(standing(1)) if kind == "fixed"]
    # half a month of one kilowatt, half of two: 55 + 110
    assert [rupees(paise) for paise in fixed] == [55, 110]


def test_a_conversion_within_the_cycle_takes_each_stretch_from_where_it_belongs(town):
    with session() as db:
        db.add(ConnectionTerms(connection_id=1, until=date(2025, 11, 11), category="LMV-1", tariff_id="up-lmv1-urban",
                               sanctioned_load_w=2_000, prepaid=True))  # fmt: skip
    bill()
    found = standing(1)
    first, second = parts(found)
    assert (found.prepaid, found.wallet_paise) == (False, first.total_paise)
    assert found.payable_paise == second.total_paise + found.round_paise
    assert balance(1, Account.WALLET) == first.total_paise


def test_a_connection_that_began_or_ended_is_billed_for_its_own_days(town):
    change(1, energised_on=date(2025, 11, 21))
    change(2, ended_on=date(2025, 11, 10))
    bill()
    new, last = standing(1), standing(2)
    assert (new.first, new.last, new.final) == (date(2025, 11, 21), NOV_END, False)
    assert new.units_wh == parts(new)[0].import_wh == 350_000 // 30 * 10 + 7
    assert (last.first, last.last, last.final) == (NOV, date(2025, 11, 10), True)
    used({2: 90_000}, DEC, DEC_END)
    closed(DEC, DEC_END)
    bill(DEC)
    with session() as db:
        assert db.exec(select(Bill).where(Bill.connection_id == 2, Bill.cycle == DEC)).all() == []


def test_the_deposit_is_asked_for_once_a_year_of_who_pays_afterwards(town):
    change(2, prepaid=True)
    bill()
    april = date(2026, 4, 1)
    end = april + timedelta(days=29)
    used({1: 350_000, 2: 100_000}, april, end)
    closed(april, end)
    for month in (DEC, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)):
        last = (month + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        closed(month, last)
    run_cycle(april, None, datetime(2026, 5, 5, tzinfo=UTC), Asked(as_scheduled=True))
    asked = standing(1, april)
    # twice the mean bill of the year, down to the rupee
    assert asked.deposit_paise == standing(1).current_paise * 2 // 100 * 100
    assert balance(1, Account.DEPOSIT) == -asked.deposit_paise
    assert standing(2, april).deposit_paise == 0


def test_checks_hold_up_what_nobody_should_get(town):
    change(3, tariff_id="no-such-tariff")
    change(4, tariff_id="up-lmv2-urban")
    bill()
    assert waiting() == {3: "tariff_unknown", 4: "tariff_category"}
