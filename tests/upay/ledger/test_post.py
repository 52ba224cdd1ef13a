"""Entering one event: once, whole, for ever."""
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from upay.db import session
from upay.errors import Problem
from upay.ledger import Account, AccountBalance, Entry, Kind, LedgerEntry, Leg, Posting, WrongEntry, post, reverse

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def bill(key: str = "bill:1", connection: int = 7, rupees: int = 500) -> Entry:
    owed = Leg(Account.RECEIVABLE, rupees * 100, connection)
    return Entry(key, Kind.BILL, NOW, (owed, Leg(Account.ENERGY_REVENUE, -rupees * 100)), "B-1")


def put(entry: Entry) -> int | None:
    with session() as db:
        return post(db, entry)


def held(account: Account = Account.RECEIVABLE, connection: int = 7) -> int:
    with session() as db:
        kept = db.get(AccountBalance, (connection, account))
        summed = sum(
            leg.paise
            for leg in db.exec(select(Posting).where(Posting.connection_id == connection, Posting.account == account))
        )
    assert (kept.paise if kept else 0) == summed
    return summed


def test_an_event_is_entered_with_its_legs_and_moves_the_balance():
    number = put(bill())
    with session() as db:
        entry = db.exec(select(LedgerEntry)).one()
        legs = db.exec(select(Posting).order_by(Posting.leg)).all()
    assert (entry.id, entry.kind, entry.about, entry.legs) == (number, "bill", "B-1", 2)
    assert [(leg.account, leg.paise, leg.connection_id) for leg in legs] == [
        ("receivable", 50_000, 7),
        ("energy_revenue", -50_000, None),
    ]
    assert held() == 50_000


def test_an_event_is_entered_once_whatever_it_says_the_second_time():
    assert put(bill()) is not None
    assert put(bill(rupees=900)) is None
    assert held() == 50_000


def test_an_entry_that_does_not_add_up_cannot_be_made():
    for legs in (
        (Leg(Account.RECEIVABLE, 100, 7), Leg(Account.ENERGY_REVENUE, -99)),
        (),
    ):
        with pytest.raises(WrongEntry):
            Entry("k", Kind.BILL, NOW, legs)
    for account, connection in ((Account.RECEIVABLE, None), (Account.ENERGY_REVENUE, 7)):
        with pytest.raises(WrongEntry):
            Leg(account, 100, connection)
    with pytest.raises(WrongEntry):
        Leg(Account.WALLET, 0, 7)


def test_a_reversal_takes_an_entry_back_once():
    number = put(bill())
    assert number is not None
    with session() as db:
        assert reverse(db, number, "bill:1:back", NOW) is not None
    assert held() == 0
    with session() as db:
        assert reverse(db, number, "bill:1:back", NOW) is None
    with pytest.raises(Problem, match="reversed_already"), session() as db:
        reverse(db, number, "bill:1:again", NOW)
    assert held() == 0


def test_a_reversal_is_not_reversed():
    number = put(bill())
    assert number is not None
    with session() as db:
        back = reverse(db, number, "back", NOW)
    assert back is not None
    with pytest.raises(Problem, match="is_reversal"), session() as db:
        reverse(db, back, "forth", NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE posting SET paise = paise * 2",
        "DELETE FROM posting",
        "UPDATE ledgerentry SET about = 'x'",
        "DELETE FROM ledgerentry",
    ],
)
def test_what_stands_is_never_changed(change):
    put(bill())
    with pytest.raises(DBAPIError, match="never changed"), session() as db:
        db.execute(text(change))
    assert held() == 50_000


@pytest.mark.parametrize(
    "legs",
    [
        "(1, 1, 'wallet', 7, 100), (1, 2, 'tod', NULL, -99)",  # a paisa short
        "(1, 1, 'wallet', 7, 100), (1, 2, 'tod', NULL, -50), (1, 3, 'fppas', NULL, -50)",  # more than it says
        "(1, 2, 'wallet', 7, 100), (1, 3, 'tod', NULL, -100)",  # not counted from 1
        "(9, 1, 'wallet', 7, 100), (9, 2, 'tod', NULL, -100)",  # of no entry
    ],
)
def test_the_database_itself_refuses_legs_that_do_not_add_up(legs):
    with pytest.raises(DBAPIError, match="do not add up"), session() as db:
        db.execute(text("INSERT INTO ledgerentry (id, at_s, legs, kind, key, about) VALUES (1, 0, 2, 'bill', 'k', '')"))
        db.execute(text(f"INSERT INTO posting (entry_id, leg, account, connection_id, paise) VALUES {legs}"))


def test_no_leg_is_added_later():
    number = put(bill())
    with pytest.raises(DBAPIError, match="do not add up"), session() as db:
        db.execute(
            text(
                "INSERT INTO posting (entry_id, leg, account, connection_id, paise) "
                f"VALUES ({number}, 3, 'wallet', 7, 5), ({number}, 4, 'tod', NULL, -5)"
            )
        )


def test_postgresql_refuses_an_entry_without_legs(database):
    if database != "postgres":
        pytest.skip("SQLite checks nothing at commit; `ledger check` names such an entry")
    with pytest.raises(DBAPIError, match="has no legs"), session() as db:
        db.execute(text("INSERT INTO ledgerentry (id, at_s, legs, kind, key, about) VALUES (1, 0, 2, 'bill', 'k', '')"))


def test_of_many_who_post_the_same_event_at_once_one_does():
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: put(bill()), range(16)))
    assert sum(number is not None for number in told) == 1
    assert held() == 50_000


def test_posts_at_once_lose_no_money_and_wait_for_nobody_for_ever():
    start = threading.Barrier(8)

    def pay(n: int) -> None:
        start.wait()
        for turn in range(10):
            # Alternating orders would wait for each other for ever if balances were not taken in one order.
            legs = [Leg(Account.WALLET, -100, 1 + n % 2), Leg(Account.WALLET, 100, 2 - n % 2)]
            put(Entry(f"move:{n}:{turn}", Kind.ADJUSTMENT, NOW, tuple(legs)))
            put(bill(f"bill:{n}:{turn}", rupees=1))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(pay, range(8)))
    assert held() == 8 * 10 * 100
    assert held(Account.WALLET, 1) == held(Account.WALLET, 2) == 0
