"""What is due: not known before a bill, then what the ledger says, never less than nothing."""

from datetime import date
from types import SimpleNamespace

import pytest

from tests.upay.consent.village import build
from upay.consent import payable
from upay.consent.payable import Due, dues_of
from upay.db import session
from upay.ledger import Account

pytestmark = pytest.mark.usefixtures("sqlite")


def test_of_a_connection_that_was_never_billed_nothing_is_known():
    build()
    with session() as db:
        assert dues_of(db, [1, 2, 3]) == {}


@pytest.mark.parametrize(
    ("held", "due"),
    [
        # 1,250.00 billed, 200.00 of old arrears, 50.00 held in the wallet
        (
            {Account.RECEIVABLE: 125_000, Account.ARREARS: 20_000, Account.WALLET: -5_000, Account.DEPOSIT: -90_000},
            Due(140_000, date(2026, 12, 8)),
        ),
        ({Account.RECEIVABLE: 0}, Due(0, None)),
        ({Account.RECEIVABLE: 10_000, Account.WALLET: -30_000}, Due(0, None)),
    ],
)
def test_what_is_due_is_dues_less_what_is_held(monkeypatch: pytest.MonkeyPatch, held: dict[Account, int], due: Due):
    bill = SimpleNamespace(due_on=date(2026, 12, 8))
    monkeypatch.setattr(payable, "current_bills", lambda db, ids: {1: bill})
    monkeypatch.setattr(payable, "balances", lambda db, ids: {1: held})
    with session() as db:
        assert dues_of(db, [1]) == {1: due}
