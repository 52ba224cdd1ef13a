"""The proof finds each thing that can be wrong, and nothing where nothing is."""
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from upay.cli import build
from upay.db import session
from upay.ledger import Account, Entry, Kind, Leg, post, reverse
from upay.ledger.check import check, trial_balance

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def books(database, connect) -> int:
    """Two bills and a payment that came back; without the triggers, so that they can be spoilt. The payment's id."""
    connection = connect()
    with session() as db:
        for n in (1, 2):
            legs = (Leg(Account.RECEIVABLE, 500, connection), Leg(Account.ENERGY_REVENUE, -500))
            post(db, Entry(f"bill:{n}", Kind.BILL, NOW, legs))
        paid = post(
            db, Entry("p", Kind.PAYMENT, NOW, (Leg(Account.RECEIVABLE, -500, 1), Leg(Account.GATEWAY_CLEARING, 500)))
        )
        assert paid is not None
        reverse(db, paid, "p:back", NOW)
    with session() as db:
        if database == "sqlite":
            for (name,) in db.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                db.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("posting", "ledgerentry"):
                db.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            db.execute(text("ALTER TABLE ledgerentry DROP CONSTRAINT uq_ledgerentry_key"))
            db.execute(text("DROP INDEX uq_ledgerentry_reverses"))
    return paid


def found() -> dict[str, tuple[int, list[str]]]:
    with session() as db:
        return {fault.code: (fault.count, fault.first) for fault in check(db).found}


def spoil(*statements: str) -> None:
    with session() as db:
        for statement in statements:
            db.execute(text(statement))


def test_sound_books_are_told_so_with_what_was_looked_at(books):
    with session() as db:
        report = check(db)
    assert (report.entries, report.postings, report.balances, report.reversals) == (4, 8, 1, 1)
    assert report.found == []


def test_a_leg_that_is_a_paisa_off_is_named(books):
    spoil("UPDATE posting SET paise = 501 WHERE entry_id = 1 AND leg = 1")
    assert found() == {"ledger.does_not_add_up": (1, ["1"]), "ledger.cache_differs": (1, ["1"])}


def test_an_entry_that_lost_its_legs_is_named(books):
    spoil("INSERT INTO ledgerentry (id, at_s, legs, kind, key, about) VALUES (9, 0, 2, 'bill', 'x', '')")
    assert found() == {"ledger.does_not_add_up": (1, ["9"])}


def test_legs_without_an_entry_are_named(books):
    spoil("INSERT INTO posting (entry_id, leg, account, connection_id, paise) VALUES (77, 1, 'tod', NULL, 5)")
    assert found() == {"ledger.orphan": (1, ["77"])}


@pytest.mark.parametrize(
    "change", ["account = 'petty_cash'", "connection_id = NULL", "connection_id = 4711", "account = 'tod'"]
)
def test_a_leg_of_an_unknown_account_or_connection_is_named(books, change):
    spoil(f"UPDATE posting SET {change} WHERE entry_id = 2 AND leg = 1")
    assert found()["ledger.stranger"] == (1, ["2"])


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accountbalance SET paise = paise + 1",
        "DELETE FROM accountbalance",
        "INSERT INTO accountbalance (connection_id, account, paise) VALUES (1, 'wallet', 3)",
    ],
)
def test_a_kept_balance_that_is_not_the_sum_is_named(books, change):
    spoil(change)
    assert found() == {"ledger.cache_differs": (1, ["1"])}


def test_a_reversal_that_is_no_mirror_is_named(books):
    spoil(
        f"UPDATE posting SET account = 'cash_collection' WHERE account = 'gateway_clearing' AND entry_id <> {books}"
    )
    assert found() == {"ledger.no_mirror": (1, ["4"])}


def test_a_reversal_of_nothing_is_named(books):
    spoil("UPDATE ledgerentry SET reverses = 4711 WHERE reverses IS NOT NULL")
    assert found() == {"ledger.no_mirror": (1, ["4"])}


def test_what_stands_twice_is_named_where_an_index_was_lost(books, database):
    if database == "sqlite":
        pytest.skip("SQLite's unique constraint cannot be dropped")
    spoil("UPDATE ledgerentry SET key = 'bill:1' WHERE key = 'bill:2'", "UPDATE ledgerentry SET reverses = 1")
    assert found()["ledger.doubled"] == (1, ["bill:1"])
    assert found()["ledger.reversed_twice"] == (1, ["1"])


def test_the_trial_balance_is_in_balance(books):
    with session() as db:
        sums = trial_balance(db)
    # two bills of 5 rupees, a payment of 5 and its reversal
    assert sums == {
        Account.RECEIVABLE: (1500, 500),
        Account.ENERGY_REVENUE: (0, 1000),
        Account.GATEWAY_CLEARING: (500, 500),
    }


def test_the_command_ends_with_1_on_a_fault(books):
    run = CliRunner().invoke(build("ledger"), ["ledger", "check", "--json"])
    assert (run.exit_code, json.loads(run.stdout)["found"]) == (0, [])
    spoil("UPDATE accountbalance SET paise = 3")
    run = CliRunner().invoke(build("ledger"), ["ledger", "check"])
    assert run.exit_code == 1
    assert "1: 1" in run.stdout
    assert CliRunner().invoke(build("ledger"), ["ledger", "trial-balance"]).exit_code == 0
    shown = CliRunner().invoke(build("ledger"), ["ledger", "show", "1048200001", "--last", "2026-11-30"])
    assert "10.00" in shown.stdout
