"""Collections of counters and banks: each receipt once, good rows beside bad ones, cheques that come back."""
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from upay import clock
from upay.cli import build
from upay.db import session
from upay.errors import Problem
from upay.ledger import Account, balance
from upay.ledger.check import check
from upay.ledger.collect import bounce
from upay.ledger.receipts import paise_of

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
HEAD = "Receipt,Connection,Amount,Date,Mode,Reference\n"


def receive(folder: Path, text: str) -> dict:
    file = folder / "counter.csv"
    file.write_text(HEAD + text, "utf-8")
    with clock.at(NOW):
        run = CliRunner().invoke(build("ledger"), ["ledger", "receive", str(file), "--json"])
    assert run.exit_code == (1 if json.loads(run.stdout)["refused"] else 0)
    return json.loads(run.stdout)


def owed(connection: int, account: Account = Account.RECEIVABLE) -> int:
    with session() as db:
        assert check(db).found == []
        return balance(db, connection, account)


def test_good_rows_are_taken_and_bad_ones_named(database, connect, home):
    connect()
    report = receive(
        home,
        'R1,1048200001,"1,250.50",2026-11-20,cash,\n'
        "R2,1048200001,-5,2026-11-20,cash,\n"
        "R3,1048200001,०५,2026-11-20,cash,\n"
        "R4,1048299999,100,2026-11-20,cash,\n"
        "R5,1048200001,100,2026-11-25,cash,\n"
        "R6,1048200001,100,31-02-2026,cash,\n"
        "R7,1048200001,100,20-11-2026,barter,\n"
        "=R8,1048200001,100,20-11-2026,cash,\n"
        "R9,104820000,100,20-11-2026,cash,\n"
        "R10,1048200001,₹100,20-11-2026,NEFT,UTR77\n",
    )
    assert (report["rows"], report["taken"], report["taken_paise"]) == (10, 2, 135_050)
    assert sorted((row["row"], row["code"]) for row in report["refused"]) == [
        (2, "ledger.bad_amount"),
        (3, "ledger.bad_amount"),
        (4, "ledger.unknown_row_connection"),
        (5, "ledger.date_out_of_range"),
        (6, "ledger.bad_date"),
        (7, "ledger.bad_mode"),
        (8, "ledger.bad_receipt"),
        (9, "ledger.bad_connection"),
    ]
    assert owed(1) == -135_050


def test_the_same_file_again_changes_nothing_and_a_receipt_that_says_something_else_is_refused(database, connect, home):
    connect()
    connect()
    rows = "R1,1048200001,100,2026-11-20,cash,\nR2,1048200002,50,2026-11-20,upi,\n"
    receive(home, rows)
    report = receive(home, rows + rows + "R1,1048200001,101,2026-11-20,cash,\nR2,1048200001,50,2026-11-20,upi,\n")
    assert (report["taken"], report["known"], len(report["refused"])) == (0, 4, 2)
    assert {row["code"] for row in report["refused"]} == {"ledger.receipt_differs"}
    assert (owed(1), owed(2)) == (-10_000, -5_000)


def test_a_prepaid_connections_money_goes_to_its_wallet(database, connect, home):
    connect(prepaid=True)
    receive(home, "R1,1048200001,300,2026-11-20,upi,\n")
    assert (owed(1), owed(1, Account.WALLET)) == (0, -30_000)


def test_a_returned_cheque_is_taken_back_and_charged_once(database, connect, home):
    connect()
    receive(home, "R1,1048200001,800,2026-11-20,cheque,000123\nR2,1048200001,1,2026-11-20,cash,\n")
    for _ in range(2):
        with session() as db:
            assert bounce(db, "R1", date(2026, 11, 23)) == 50_000
    # − 800 − 1 + 800 + 500 charged
    assert owed(1) == 49_900
    for number, code in (("R2", "ledger.no_cheque"), ("R9", "ledger.no_receipt")):
        with pytest.raises(Problem, match=code), session() as db:
            bounce(db, number, date(2026, 11, 23))


@given(st.integers(1, 10**10))
def test_an_amount_is_read_as_it_is_written(paise):
    assert paise_of(f"{paise // 100}.{paise % 100:02d}") == paise
    assert paise_of(f"{paise // 100:,}.{paise % 100:02d}") == paise


@pytest.mark.parametrize("text", ["", "१००", "1e9", "5.123", "1.2.3", "0x10", "12,5", "1 000", "+5", "-5", "₹", "NaN"])
def test_what_is_no_amount_is_none(text):
    assert paise_of(text) is None
