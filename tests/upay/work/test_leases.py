"""A role is held by one, and lost by whoever stops renewing it."""
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from upay import work
from upay.db import session

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def ask(holder: str, seconds_later: int = 0) -> bool:
    with session() as opened:
        return work.hold_lease(opened, "scheduler", holder, NOW + timedelta(seconds=seconds_later), 15)


def test_one_holds_it_and_may_renew_it(database):
    assert ask("a")
    assert not ask("b", 5)
    assert ask("a", 10)
    assert not ask("b", 20)  # renewed at 10 s, so held until 25 s


def test_it_passes_on_when_its_holder_falls_silent(database):
    assert ask("a")
    assert ask("b", 15)
    assert not ask("a", 16)


def test_it_passes_on_at_once_when_it_is_given_up(database):
    assert ask("a")
    with session() as opened:
        work.release(opened, "scheduler", "a")
    assert ask("b", 1)


def test_only_its_holder_can_give_it_up(database):
    assert ask("a")
    with session() as opened:
        work.release(opened, "scheduler", "b")
    assert not ask("b", 1)


def test_of_many_who_ask_at_once_one_gets_it(database):
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, [f"p{n}" for n in range(8)])) == 1
