"""Reminders, the notice with its clear days, the order: recomputed each day, each said once."""
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from upay.billing import Bill
from upay.clock import day_start
from upay.db import session
from upay.dues import (
    DunningStep,
    Instalment,
    InstalmentPlan,
    Rules,
    Step,
    agree,
    clear_from,
    dun,
    give_back,
    is_blocked,
    offer,
    open_items,
    pay_interest,
    plan_of,
    review,
    step_of,
)
from upay.dues.deposits import interest
from upay.dues.plans import schedule
from upay.errors import Problem
from upay.ledger import Account, Entry, Kind, Leg, balance, post
from upay.notices.models import Message

DUE = date(2026, 8, 3)


def rules() -> Rules:
    return Rules.on(DUE)


def test_fifteen_clear_days_lie_between_notice_and_order():
    # the 2nd to the 16th are fifteen whole days
    assert clear_from(date(2026, 9, 1), 15) == date(2026, 9, 17)


@pytest.mark.parametrize(
    ("day", "blocked"),
    [
        (date(2026, 8, 9), True),  # a Sunday
        (date(2026, 8, 8), True),  # the second Saturday
        (date(2026, 8, 1), False),  # the first
        (date(2026, 8, 10), False),
        (date(2026, 8, 15), True),  # Independence Day, by the calendar given
    ],
)
def test_blocked_days(day, blocked):
    assert is_blocked(day, rules(), lambda each: each == date(2026, 8, 15)) is blocked


def walk(due: date, days: int, blocked=lambda _: False, seen=lambda _: True) -> dict[Step, int]:
    """The steps as they come when every day (that `seen` holds for) is looked at: step → days from the due date."""
    given: dict[str, date] = {}
    for after in range(-5, days):
        today = due + timedelta(days=after)
        if seen(after) and (step := step_of(due, today, given, rules(), blocked(today))):
            assert step not in given
            given[step] = today
    return {Step(step): (day - due).days for step, day in given.items()}


def test_the_steps_come_on_their_days():
    # the notice of day 15 allows the order from day 31 on
    assert walk(DUE, 200) == {
        Step.REMIND: -3, Step.FIRST: 1, Step.SECOND: 7, Step.NOTICE: 15, Step.ORDER: 31, Step.PERMANENT: 180,
    }  # fmt: skip


def test_a_blocked_day_waits_for_the_next():
    first = walk(DUE, 60, blocked=lambda day: (day - DUE).days in (31, 32))
    assert first[Step.ORDER] == 33


def test_without_a_notice_there_is_no_order_however_old_the_dues():
    late = walk(DUE, 260, seen=lambda after: after >= 200)
    assert late == {Step.NOTICE: 200, Step.ORDER: 216, Step.PERMANENT: 217}


@given(st.sets(st.integers(-5, 259)), st.sets(st.integers(-5, 259)))
def test_whatever_days_are_missed_or_blocked_the_notice_has_its_clear_days(missed, closed):
    steps = walk(DUE, 260, lambda day: (day - DUE).days in closed, lambda after: after not in missed)
    for step in (Step.ORDER, Step.PERMANENT):
        if step in steps:
            assert steps[step] - steps[Step.NOTICE] >= 16
            assert steps[step] >= 30 and steps[step] not in closed


def charge(connection: int, paise: int, due: date, key: str, kind: Kind = Kind.BILL) -> None:
    """A charge that falls due on a day: a bill with its record, anything else on the day itself."""
    with session() as db:
        about = ""
        if kind == Kind.BILL:
            bill = Bill(
                id=int(key), connection_id=connection, run_id=1, cycle=due.replace(day=1), first=due, last=due,
                issued_on=due - timedelta(days=15), due_on=due, tariff_id="t", category="LMV-1", load_w=1,
                prepaid=False, basis="actual", lake_version=0, from_quality=0, to_quality=0, units_wh=0,
                current_paise=paise,
            )  # fmt: skip
            about = bill.number
            db.add(bill)
        legs = (Leg(Account.RECEIVABLE, paise, connection), Leg(Account.ENERGY_REVENUE, -paise))
        post(db, Entry(key, kind, day_start(due) - timedelta(days=15 * (kind == Kind.BILL)), legs, about))


def pay(connection: int, paise: int, key: str) -> None:
    with session() as db:
        legs = (Leg(Account.RECEIVABLE, -paise, connection), Leg(Account.CASH_COLLECTION, paise))
        post(db, Entry(key, Kind.COLLECTION, day_start(DUE), legs))


def run(day: date) -> int:
    with session() as db:
        return dun(db, 1, 1000, day, datetime(2026, 9, 1, 5, tzinfo=UTC))


def steps() -> list[tuple[date, str]]:
    with session() as db:
        return [(row.due_on, row.step) for row in db.exec(select(DunningStep).order_by(DunningStep.id))]


def test_each_step_is_said_once_and_begins_anew_with_the_next_bill(database, connect):
    connection = connect()
    charge(connection, 50_000, DUE, "2607000000011")
    charge(connection, 60_000, DUE + timedelta(days=31), "2608000000011")
    for day in (1, 1, 15, 15):
        run(DUE + timedelta(days=day))
    assert steps() == [(DUE, "first"), (DUE, "notice")]
    with session() as db:
        told = db.exec(select(Message).order_by(Message.id)).all()
    assert [message.template for message in told] == ["dues.dun_first", "dues.dun_notice"]
    assert "500.00" in told[1].text
    pay(connection, 50_000, "p1")
    assert run(DUE + timedelta(days=31)) == 0 or steps()[-1] == (DUE + timedelta(days=31), "remind")
    assert run(DUE + timedelta(days=33)) == 1
    assert steps()[-1] == (DUE + timedelta(days=31), "first")


def test_prepaid_and_small_dues_are_left_alone(database, connect):
    charge(connect(prepaid=True), 50_000, DUE, "2607000000011")
    charge(connect(), 9_999, DUE, "2607000000021")
    assert run(DUE + timedelta(days=10)) == 0


def test_a_payment_that_came_back_leaves_the_bill_open(database, connect):
    connection = connect()
    charge(connection, 100_000, DUE, "2607000000011")
    pay(connection, 100_000, "p1")
    with session() as db:
        assert open_items(db, 1, 10).is_empty()
    charge(connection, 30_000, DUE, "returned", Kind.CHARGE)
    with session() as db:
        assert open_items(db, 1, 10).select("kind", "open_paise").rows() == [("charge", 30_000)]


def test_a_plan_divides_what_is_overdue_and_nothing_else(database, connect):
    connection = connect()
    charge(connection, 250_050, DUE, "2607000000011")
    charge(connection, 60_000, DUE + timedelta(days=31), "2608000000011")
    today = DUE + timedelta(days=20)
    with session() as db:
        parts = agree(db, connection, 4, today, None)
    # ₹2,500.50 in four: ₹625 thrice, and the first bears what is over
    assert [part.paise for part in parts] == [62_550, 62_500, 62_500, 62_500]
    assert [(part.due_on - today).days for part in parts] == [30, 60, 90, 120]
    with session() as db:
        held = open_items(db, connection, connection)
    assert held["open_paise"].sum() == 310_050
    assert held["kind"].to_list() == ["bill", "instalment", "instalment", "instalment", "instalment"]
    with pytest.raises(Problem, match="plan_holds"), session() as db:
        offer(db, connection, 3, today)
    # the bill that came after and the first instalment are paid: the plan holds, and nothing is dunned
    pay(connection, 60_000 + 62_550, "p1")
    assert run(today + timedelta(days=31)) == 0
    with session() as db:
        assert review(db, 1, 10, today + timedelta(days=31)) == 0


def test_a_missed_instalment_ends_the_plan_and_the_old_dates_count_again(database, connect):
    connection = connect()
    charge(connection, 250_000, DUE, "2607000000011")
    today = DUE + timedelta(days=20)
    with session() as db:
        agree(db, connection, 4, today, None)
    missed = today + timedelta(days=31)
    with session() as db:
        assert review(db, 1, 10, missed) == 1
        plan, parts = plan_of(db, connection)
        assert (plan.state, plan.ended_on, len(parts)) == ("broken", missed, 4)
        assert open_items(db, 1, 10)["due_on"].to_list() == [DUE]
    assert run(missed) == 1
    assert steps() == [(DUE, "notice")]
    with pytest.raises(Problem, match="plans_used_up"), session() as db:
        offer(db, connection, 3, missed)


def test_a_plan_paid_to_the_end_is_kept(database, connect):
    connection = connect()
    charge(connection, 250_000, DUE, "2607000000011")
    with session() as db:
        agree(db, connection, 2, DUE + timedelta(days=20), None)
    pay(connection, 250_000, "p1")
    with session() as db:
        assert review(db, 1, 10, DUE + timedelta(days=25)) == 1
        assert db.exec(select(InstalmentPlan.state)).all() == ["kept"]
        assert len(db.exec(select(Instalment)).all()) == 2


@given(st.integers(100_000, 10**10), st.integers(2, 10))
def test_instalments_add_up(paise, count):
    try:
        parts = schedule(paise, count, DUE, rules())
    except Problem as problem:
        assert problem.code == "dues.instalments_too_small" and paise / count < 50_100
        return
    assert sum(part.paise for part in parts) == paise
    assert min(part.paise for part in parts) >= 50_000


def test_interest_on_a_deposit_counts_its_days(database, connect):
    connection = connect()
    april, october = date(2025, 4, 1), date(2025, 10, 1)
    with session() as db:
        for day, paise in ((april, 100_000), (october, 50_000)):
            legs = (Leg(Account.DEPOSIT, -paise, connection), Leg(Account.CASH_COLLECTION, paise))
            post(db, Entry(f"d{day}", Kind.DEPOSIT, day_start(day), legs))
    # 6.75 % of ₹1,000 for the year and of ₹500 for 182 of 365 days: 67.50 + 16.829
    assert interest([(0, 100_000)], 675, april, date(2026, 3, 31)) == 6_750
    for credited in (1, 0):
        with session() as db:
            assert pay_interest(db, 1, 10, 2025) == credited
            assert balance(db, connection, Account.RECEIVABLE) == -8_433
    with session() as db:
        assert give_back(db, connection, day_start(date(2026, 5, 1))) == 150_000
        assert give_back(db, connection, day_start(date(2026, 5, 2))) == 0
        assert balance(db, connection, Account.RECEIVABLE) == -158_433
        assert isinstance(open_items(db, 1, 10), pl.DataFrame)
