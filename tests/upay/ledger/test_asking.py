"""What the ledger answers about a connection."""
from datetime import UTC, date, datetime

import pytest

from upay.db import session
from upay.ledger import Account, Entry, Kind, Leg, balance, balances, post, reverse, statement

pytestmark = pytest.mark.usefixtures("database")


def enter(key: str, kind: Kind, at: datetime, paise: int, account: Account = Account.RECEIVABLE) -> int:
    with session() as db:
        legs = (Leg(account, paise, 7), Leg(Account.SUSPENSE, -paise))
        number = post(db, Entry(key, kind, at, legs, key.upper()))
    assert number is not None
    return number


def test_a_statement_carries_the_balance_from_row_to_row():
    enter("b9", Kind.BILL, datetime(2026, 9, 1, 6, tzinfo=UTC), 40_000)
    enter("b10", Kind.BILL, datetime(2026, 10, 1, 6, tzinfo=UTC), 50_000)
    paid = enter("p10", Kind.PAYMENT, datetime(2026, 10, 9, 6, tzinfo=UTC), -90_000)
    with session() as db:
        reverse(db, paid, "p10:back", datetime(2026, 10, 12, 6, tzinfo=UTC))
        told = statement(db, 7, date(2026, 10, 1), date(2026, 10, 31))
    # ₹400 of September are carried over; 400 + 500 = 900, − 900 = 0, and the payment that came back: 900
    assert (told.opening, [row.balance for row in told.rows], told.closing) == (40_000, [90_000, 0, 90_000], 90_000)
    assert (told.debits, told.credits) == (140_000, 90_000)
    assert [(row.kind, row.about) for row in told.rows] == [("bill", "B10"), ("payment", "P10"), ("reversal", "P10")]


def test_days_are_indian_days():
    # 00:10 on 1 October in India is still 30 September in UTC.
    enter("late", Kind.BILL, datetime(2026, 9, 30, 18, 40, tzinfo=UTC), 100)
    with session() as db:
        assert statement(db, 7, date(2026, 9, 1), date(2026, 9, 30)).rows == ()
        assert len(statement(db, 7, date(2026, 10, 1), date(2026, 10, 1)).rows) == 1


def test_what_was_entered_late_stands_where_it_belongs():
    enter("second", Kind.BILL, datetime(2026, 10, 5, tzinfo=UTC), 100)
    enter("first", Kind.BILL, datetime(2026, 10, 2, tzinfo=UTC), 10)
    with session() as db:
        told = statement(db, 7, date(2026, 10, 1), date(2026, 10, 31))
    assert [row.balance for row in told.rows] == [10, 110]


def test_the_deposit_is_no_part_of_the_dues():
    enter("d", Kind.DEPOSIT, datetime(2026, 10, 5, tzinfo=UTC), -60_000, Account.DEPOSIT)
    with session() as db:
        assert statement(db, 7, date(2026, 10, 1), date(2026, 10, 31)).rows == ()
        assert balance(db, 7, Account.DEPOSIT) == -60_000
        assert balances(db, [7, 8]) == {7: {Account.DEPOSIT: -60_000}, 8: {}}
        assert balance(db, 8, Account.RECEIVABLE) == 0
