"""Guessing one-time codes: slowed down for the number, the phone behind it and the address, but not for the person."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, func, select

from upay.accounts import Browser, Purpose, arrive, check_code, person_with, send_code
from upay.accounts.credentials.guesses import forgive, minutes_locked, take_try
from upay.accounts.models import OneTimeCode
from upay.db import engine, session
from upay.errors import Problem
from upay.notices import latest
from upay.notices.models import Message

MOBILE = "+919876543210"
NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
NUMBER = ("number", MOBILE)


def wrong_tries(count: int, now: datetime, subject: tuple[str, str] = NUMBER) -> list[int]:
    with session() as db:
        return [take_try(db, [subject], now) for _ in range(count)]


@pytest.mark.usefixtures("database")
def test_every_fifth_wrong_try_locks_for_longer():
    now = NOON
    for minutes in (15, 120, 1440, 1440):
        assert wrong_tries(6, now) == [0, 0, 0, 0, 0, minutes]
        now += timedelta(minutes=minutes)


@pytest.mark.usefixtures("database")
def test_tries_while_locked_prolong_nothing():
    wrong_tries(5, NOON)
    assert wrong_tries(50, NOON + timedelta(minutes=14)) == [1] * 50
    assert wrong_tries(1, NOON + timedelta(minutes=15)) == [0]


@pytest.mark.usefixtures("database")
def test_a_right_try_wipes_the_number_clean_but_takes_back_only_itself_from_an_address():
    address = ("address", "10.0.0.1")
    wrong_tries(4, NOON)
    wrong_tries(98, NOON, address)
    with session() as db:
        assert take_try(db, [NUMBER, address], NOON) == 0
        forgive(db, [NUMBER, address])
    assert wrong_tries(5, NOON) == [0] * 5
    assert wrong_tries(3, NOON, address) == [0, 0, 15]


@pytest.mark.usefixtures("database")
def test_a_week_without_a_wrong_try_is_a_new_beginning():
    wrong_tries(5, NOON)
    assert wrong_tries(6, NOON + timedelta(days=7)) == [0, 0, 0, 0, 0, 15]


@pytest.mark.usefixtures("database")
def test_a_locked_number_gets_no_further_code_and_says_when():
    wrong_tries(5, NOON)
    with session() as db, pytest.raises(Problem) as refused:
        send_code(db, MOBILE, "en", "10.0.0.1", NOON + timedelta(minutes=5))
    assert (refused.value.code, refused.value.params) == ("sign_in.locked", {"minutes": 10})


@pytest.mark.usefixtures("database")
def test_who_guesses_elsewhere_does_not_lock_a_person_out_of_their_own_phone():
    with session() as db:
        known = arrive(db, person_with(db, MOBILE, "en", NOON), Browser("", "", "a phone", "10.0.0.1"), NOON).known
    wrong_tries(5, NOON)
    with session() as db:
        handle = send_code(db, MOBILE, "en", "10.0.0.1", NOON, known=known).handle
        code = latest(db, 1)[0].params["code"]
        assert check_code(db, handle, code, NOON, known=known) == MOBILE
        assert minutes_locked(db, NUMBER, NOON) == 15


@pytest.mark.usefixtures("database")
def test_many_consumer_numbers_of_one_phone_do_not_multiply_the_tries():
    """Each is asked for by a name of its own, but all codes go to one phone."""
    with session() as db:
        for turn in range(4):
            handle = send_code(db, MOBILE, "en", "10.0.0.1", NOON, Purpose.ACCOUNT, asked=f"104821773{turn}").handle
            code = latest(db, 1)[0].params["code"]
            if turn < 3:
                for _ in range(2):
                    check_code(db, handle, f"{(int(code) + 1) % 10**6:06d}", NOON, Purpose.ACCOUNT)
        answer = check_code(db, handle, code, NOON, Purpose.ACCOUNT)
    assert isinstance(answer, Problem) and answer.code == "sign_in.code_wrong"


@pytest.mark.usefixtures("sqlite")
def test_a_hundred_thousand_guesses_against_a_thousand_numbers_let_nobody_in():
    """A hundred tries a number over thirty-three hours, every guess drawn like the code it is weighed against.

    What protects is how few are weighed: 5, then 5 after a quarter of an hour, 5 after two hours more, then none for a
    day, and 5 again: 20 of a million for each number, however many are tried.
    """
    draw, weighed, let_in = random.Random(1), 0, 0
    with Session(engine()) as db:
        for place in range(1000):
            for turn in range(100):
                if take_try(db, [("number", str(place))], NOON + timedelta(minutes=20 * turn)) == 0:
                    weighed += 1
                    let_in += draw.randrange(10**6) == draw.randrange(10**6)
        db.rollback()
    assert (weighed <= 20 * 1000, let_in) == (True, 0)


@pytest.mark.usefixtures("sqlite")
def test_guesses_through_every_door_are_weighed_as_rarely():
    """The same end to end: a new code whenever one is given, each try from a new address."""
    numbers = [f"+9198765{place:05d}" for place in range(10)]
    handles = dict.fromkeys(numbers, "")
    with session() as db:
        for hour in range(0, 35, 7):
            now = NOON + timedelta(hours=hour)
            for place, number in enumerate(numbers):
                try:
                    handles[number] = send_code(db, number, "en", f"10.{hour}.0.{place}", now).handle
                except Problem as refused:
                    assert refused.code == "sign_in.locked"
                for turn in range(20):
                    told = check_code(db, handles[number], _wrong(db, number), now, address=f"10.{hour}.{turn}.{place}")
                    assert isinstance(told, Problem)
        assert db.exec(select(func.sum(OneTimeCode.tries))).one() == 15 * len(numbers)


def _wrong(db: Session, number: str) -> str:
    """Six digits that are not the number's code."""
    told = db.exec(select(Message.params).where(Message.to == number).order_by(col(Message.id).desc())).first() or {}
    return f"{(int(told['code']) + 1) % 10**6:06d}"
