"""A counter rises by one each time, from nothing, whoever raises it."""
from concurrent.futures import ThreadPoolExecutor

from upay.db import session
from upay.work import bump


def test_it_begins_at_one_and_rises(database):
    with session() as opened:
        assert [bump(opened, "registry") for _ in range(3)] == [1, 2, 3]
        assert bump(opened, "tariffs") == 1


def test_no_rise_is_lost_between_processes(database):
    def raise_it(_: int) -> int:
        with session() as opened:
            return bump(opened, "registry")

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(raise_it, range(20))) == list(range(1, 21))
