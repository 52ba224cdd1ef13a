"""The queue: what comes into it, what officers may do with it, and bills reversed and made anew."""
from datetime import date

import pytest
from sqlmodel import select

from tests.upay.billing.town import DEC, NOV, NOW, bill, build, change, closed, standing, used, waiting
from upay import ledger
from upay.accounts.models import AuditEntry
from upay.billing import Basis, Bill, BillException, BillingRun, bill_numbered, settle, whole
from upay.billing.numbers import bill_id
from upay.db import session
from upay.errors import Problem
from upay.ledger import Account

NOV_END, DEC_END = date(2025, 11, 30), date(2025, 12, 31)
OFFICER = settle.By(None)


@pytest.fixture
def queue(database):
    """Home 1 uses three times as much as before, home 2 a third, home 3 nothing, home 4 as ever."""
    build()
    used(dict.fromkeys((1, 2, 3, 4), 150_000), NOV, NOV_END)
    used({1: 450_000, 2: 50_000, 3: 0, 4: 150_000}, DEC, DEC_END)
    closed(NOV, DEC_END)
    bill()
    bill(DEC)


def identity(home: int) -> int:
    return bill_id(DEC, home)


def decide(action, *arguments) -> None:
    with session() as db:
        decided = action(db, *arguments, OFFICER, NOW)
    settle.bill_decided(decided or [], NOW, as_scheduled=True)


def test_far_more_far_less_and_nothing_wait_for_a_person(queue):
    assert waiting() == {1: "high", 2: "low", 3: "zero"}
    with session() as db:
        assert {each.connection_id for each in db.exec(select(Bill).where(Bill.cycle == DEC))} == {4}
        high = db.get_one(BillException, identity(1))
    # 150 units in 30 days: five a day, 155 in 31
    assert (high.units_wh, high.reference_wh) == (450_000, 155_000)


def test_an_approved_exception_is_billed_as_it_is_and_once(queue):
    decide(settle.approve, [identity(1)], "a new shop machine")
    found = standing(1, DEC)
    assert (found.units_wh, found.basis) == (450_000, Basis.ACTUAL)
    decide(settle.approve, [identity(1)], "again")
    bill(DEC)
    with session() as db:
        assert len(db.exec(select(Bill).where(Bill.connection_id == 1, Bill.cycle == DEC)).all()) == 1
        run = db.exec(select(BillingRun).where(BillingRun.cycle == DEC, BillingRun.zone_id == 1)).one()
    assert (run.connections, run.billed, run.exceptions) == (2, 1, 1)


def test_corrected_units_are_billed_with_who_and_why(queue):
    decide(settle.correct, identity(2), 140_000, "the display was read on site")
    found = standing(2, DEC)
    assert (found.units_wh, found.basis) == (140_000, Basis.CORRECTED)
    with session() as db:
        told = [(entry.what, entry.why) for entry in db.exec(select(AuditEntry))]
    assert told == [("billing.audit_corrected", "the display was read on site")]


def test_a_held_exception_stays_until_it_is_decided(queue):
    decide(settle.hold, [identity(3)], "the house is locked")
    bill(DEC)
    with session() as db:
        assert db.exec(select(Bill).where(Bill.connection_id == 3, Bill.cycle == DEC)).first() is None
    decide(settle.approve, [identity(3)], "seen: empty")
    assert standing(3, DEC).units_wh == 0


def test_an_exception_decided_by_a_process_that_died_is_billed_by_the_next_run(queue):
    with session() as db:
        settle.approve(db, [identity(1)], "seen", OFFICER, NOW)
    bill(DEC)
    assert standing(1, DEC).units_wh == 450_000


def test_what_is_refused(queue):
    with session() as db, pytest.raises(Problem, match=r"billing\.reason_needed"):
        settle.correct(db, identity(1), 10, " ", OFFICER, NOW)
    with session() as db, pytest.raises(Problem, match=r"billing\.bad_units"):
        settle.correct(db, identity(1), -1, "why", OFFICER, NOW)
    with session() as db, pytest.raises(Problem, match=r"billing\.no_such_exception"):
        settle.approve(db, [identity(1)], "why", settle.By(7, zone_ids={2}), NOW)
    change(4, tariff_id="no-such-tariff")
    closed(date(2026, 1, 1), date(2026, 1, 31))
    bill(date(2026, 1, 1))
    with session() as db, pytest.raises(Problem, match=r"billing\.cannot_approve"):
        settle.approve(db, [bill_id(date(2026, 1, 1), 4)], "why", OFFICER, NOW)


def test_a_reversed_bill_stands_as_it_was_and_another_takes_its_place(queue):
    old = standing(4, DEC)
    with session() as db:
        before = ledger.balance(db, 4, Account.RECEIVABLE)
        settle.reverse_bill(db, db.get_one(Bill, old.id), "the wrong meter was read", OFFICER, NOW, 90_000)
    with session() as db:
        owed = ledger.balance(db, 4, Account.RECEIVABLE)
    assert owed == before - (old.payable_paise - old.arrears_paise)
    settle.make_anew(old, NOW)
    new = standing(4, DEC)
    assert (new.id, new.replaces, new.units_wh) == (old.id + 1, old.id, 90_000)
    with session() as db:
        held = whole(db, bill_numbered(db, old.number))
        assert held.bill.model_dump() == old.model_dump()
        assert (held.state, held.replaced_by) == ("reversed", new.number)
        with pytest.raises(Problem, match=r"billing\.reversed_already"):
            settle.reverse_bill(db, old, "again", OFFICER, NOW)


def test_a_bill_that_others_build_on_is_not_reversed(queue):
    with session() as db, pytest.raises(Problem, match=r"billing\.later_bill"):
        settle.reverse_bill(db, standing(4), "too late", OFFICER, NOW)


def test_looking_at_one_asks_for_its_zone_again_and_is_audited(queue):
    with session() as db:
        with pytest.raises(Problem, match="no_such_exception"):
            settle.seen(db, identity(1), settle.By(None, zone_ids=frozenset({2})), NOW)
        with pytest.raises(Problem, match="no_such_exception"):
            settle.seen(db, identity(4), OFFICER, NOW)
        assert settle.seen(db, identity(1), settle.By(None, zone_ids=frozenset({1})), NOW).code == "high"
    with session() as db:
        looks = db.exec(select(AuditEntry).where(AuditEntry.what == "billing.audit_seen")).all()
    assert [each.connection_id for each in looks] == [1]
