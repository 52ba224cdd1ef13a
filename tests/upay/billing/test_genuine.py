"""A printed bill's code says whether it is ours, and opens no other."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.upay.billing.test_printed import billed
from upay.billing import Bill, bills_of, genuine
from upay.billing.genuine import verify_address
from upay.db import session
from upay.errors import Problem


def code_of(bill: Bill) -> tuple[str, str]:
    asked = parse_qs(urlsplit(verify_address(bill)).query)
    return asked["b"][0], asked["s"][0]


def test_the_code_on_a_bill_shows_what_the_paper_must_say(sqlite: None):
    bill = billed().bill
    with session() as db:
        found = genuine(db, *code_of(bill))
    assert found and (found.number, found.payable_paise, found.due_on) == (bill.number, bill.payable_paise, bill.due_on)
    assert found.stands and found.name == "A••••a"


def test_a_seal_of_another_amount_or_another_installation_opens_nothing(sqlite: None):
    bill = billed().bill
    number, seal = code_of(bill)
    _, other = code_of(Bill(**bill.model_dump() | {"payable_paise": bill.payable_paise + 100}))
    with session() as db:
        assert other != seal
        assert genuine(db, number, other) is None
        assert genuine(db, number, "") is None
        assert genuine(db, number, seal[:-1] + ("0" if seal[-1] != "0" else "1")) is None
        assert genuine(db, number, "ओम") is None


def test_a_number_that_is_none_is_said_to_be_none(sqlite: None):
    with session() as db, pytest.raises(Problem, match="bad_number"):
        genuine(db, "123", "")


def test_a_number_nobody_was_sent_opens_nothing(sqlite: None):
    bill = billed().bill
    number, seal = code_of(Bill(**bill.model_dump() | {"id": bill.id + 10}))
    with session() as db:
        assert genuine(db, number, seal) is None
        assert len(bills_of(db, 1)) == 1
