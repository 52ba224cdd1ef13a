"""One-time codes: six digits, five minutes, five tries, one use, few sends; hashed at rest."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from upay.accounts import asked_for, check_code, send_code
from upay.accounts.models import OneTimeCode
from upay.db import session
from upay.errors import Problem
from upay.notices import latest

MOBILE = "+919876543210"
NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def send(now: datetime = NOON, mobile: str = MOBILE, address: str = "10.0.0.1") -> tuple[str, str]:
    """Send a code; its handle, and the code as the phone received it."""
    with session() as db:
        handle = send_code(db, mobile, "en", address, now).handle
    with session() as db:
        return handle, latest(db, 1)[0].params["code"]


def check(handle: str, code: str, now: datetime = NOON) -> str | Problem:
    with session() as db:
        return check_code(db, handle, code, now)


def refused(handle: str, code: str, now: datetime = NOON) -> str:
    answer = check(handle, code, now)
    assert isinstance(answer, Problem)
    return answer.code


def another(code: str) -> str:
    """Six digits that are not the code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_code_that_was_sent_proves_the_number():
    handle, code = send()
    assert len(code) == 6
    assert check(handle, code) == MOBILE


def test_the_code_may_be_typed_in_devanagari_digits_and_with_spaces():
    handle, code = send()
    assert check(handle, " ".join(chr(0x0966 + int(digit)) for digit in code)) == MOBILE


def test_the_message_says_the_code_in_the_persons_language():
    _, code = send()
    with session() as db:
        message = latest(db, 1)[0]
    assert message.to == MOBILE
    assert message.text.startswith(f"{code} is your UPAY sign-in code")


def test_a_code_holds_for_five_minutes():
    handle, code = send()
    assert refused(handle, code, NOON + timedelta(minutes=5)) == "sign_in.code_expired"
    assert check(handle, code, NOON + timedelta(minutes=4, seconds=59)) == MOBILE


def test_a_code_is_good_for_one_use():
    handle, code = send()
    check(handle, code)
    assert refused(handle, code) == "sign_in.code_expired"


def test_five_wrong_tries_spend_a_code_even_for_who_then_knows_it():
    handle, code = send()
    answers = [check(handle, another(code)) for _ in range(5)]
    assert [answer.params.get("left") for answer in answers if isinstance(answer, Problem)] == [4, 3, 2, 1, None]
    assert refused(handle, code) == "sign_in.code_spent"


def test_what_is_not_six_digits_costs_no_try():
    handle, code = send()
    for typed in ("", "12345", "1234567", "abcdef"):
        assert refused(handle, typed) == "sign_in.code_missing"
    assert check(handle, code) == MOBILE


def test_a_code_works_only_in_the_browser_that_asked_for_it():
    _, code = send()
    other, _ = send(mobile="+919876543211")
    assert refused(other, code) in ("sign_in.code_wrong", "sign_in.code_spent")
    assert refused("made-up", code) == "sign_in.code_expired"


def test_neither_code_nor_handle_stands_in_the_table_of_codes():
    handle, code = send()
    with session() as db:
        row = db.exec(select(OneTimeCode)).one()
    assert handle not in row.model_dump_json()
    assert code not in row.code_hash


def test_a_new_code_may_be_asked_for_after_thirty_seconds():
    send()
    with pytest.raises(Problem) as early:
        send(NOON + timedelta(seconds=20))
    assert (early.value.code, early.value.params) == ("sign_in.too_soon", {"seconds": 10})
    send(NOON + timedelta(seconds=30))


def test_a_number_gets_three_codes_in_ten_minutes_from_whatever_address():
    for minute in range(3):
        send(NOON + timedelta(minutes=minute), address=f"10.0.0.{minute}")
    with pytest.raises(Problem) as fourth:
        send(NOON + timedelta(minutes=4), address="10.0.0.9")
    # The first code leaves the ten minutes at minute 10: six minutes from minute 4.
    assert (fourth.value.code, fourth.value.params) == ("sign_in.too_many", {"minutes": 6})
    assert fourth.value.status == 429
    send(NOON + timedelta(minutes=10))


def test_a_number_gets_ten_codes_a_day():
    for turn in range(10):
        send(NOON + timedelta(minutes=11 * turn))
    with pytest.raises(Problem) as eleventh:
        send(NOON + timedelta(minutes=11 * 10))
    assert eleventh.value.code == "sign_in.too_many"


def test_an_address_cannot_go_through_many_numbers():
    for turn in range(60):
        send(mobile=f"+9198765{turn:05d}")
    with pytest.raises(Problem) as next_one:
        send(mobile="+919876599999")
    assert next_one.value.code == "sign_in.too_many"
    send(mobile="+919876599999", address="10.0.0.2")


def test_a_refused_send_leaves_no_message_and_no_code():
    send()
    with pytest.raises(Problem):
        send(NOON + timedelta(seconds=1))
    with session() as db:
        assert len(latest(db, 10)) == 1
        assert len(db.exec(select(OneTimeCode)).all()) == 1


def test_a_waiting_browser_need_not_type_its_number_again():
    handle, _ = send()
    with session() as db:
        assert asked_for(db, handle) == MOBILE
        assert asked_for(db, "made-up") is None


def test_an_error_of_the_database_names_neither_the_number_nor_the_code():
    """Errors are logged in full."""
    with session() as db:
        db.exec(text("DROP TABLE onetimecode"))
    row = {"handle": "h", "mobile": MOBILE, "code_hash": "hash-of-482913", "created_at": NOON, "expires_at": NOON}
    with pytest.raises(DBAPIError) as told, session() as db:
        db.exec(insert(OneTimeCode), params=[row])
    assert MOBILE not in str(told.value) and "482913" not in str(told.value)
