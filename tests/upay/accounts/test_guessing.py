"""Guessing one-time codes: slowed down for the number, the phone behind it and the address, but not for the person."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, func, select

from upay.accounts import Browser, Purpose, arrive, check_code, person_with, send_code
from upay.accounts.credentials.guesses import forgive, minutes_locked, take_try
from upay.accounts.models import OneTimeCode
from upay.db import engine, session
from upay.errors import Problem
from upay.notices import latest

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
    """Thirty-five hours of guessing, each try from a new address, a new code whenever one is given.

    Guesses are drawn like codes. What protects is how few are weighed: 5, then 5 after a quarter of an hour, 5 more
    after two hours, then none for a day: 15 of a million for each number, however many are tried.
    """
    draw, numbers = random.Random(1), [f"+9198765{place:05d}" for place in range(1000)]
    handles = dict.fromkeys(numbers, "")
    let_in, tried = [], 0
    with Session(engine()) as db:
        for hour in range(0, 35, 7):
            now = NOON + timedelta(hours=hour)
            for place, number in enumerate(numbers):
                try:
                    handles[number] = send_code(db, number, "en", f"10.{hour}.0.{place}", now).handle
                except Problem as refused:
                    assert refused.code == "sign_in.locked"
                for turn in range(20):
                    address, guess = f"10.{hour}.{turn}.{place}", f"{draw.randrange(10**6):06d}"
                    answer = check_code(db, handles[number], guess, now, address=address)
                    let_in += [answer] if isinstance(answer, str) else []
                    tried += 1
        weighed = db.exec(select(func.sum(OneTimeCode.tries))).one()
        db.rollback()
    assert (tried, let_in) == (100_000, [])
    assert weighed == 15 * len(numbers)
