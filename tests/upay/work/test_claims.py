"""A slot of a job belongs to one process at a time, and to none once it is done."""
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from sqlmodel import select

from upay import work
from upay.db import session
from upay.work.models import JobRun

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SLOT = "2026-11-23T07:30:00+05:30"


def take(holder: str = "a", *, now: datetime = NOW, job: str = "fold", shard: int = 0, **kwargs) -> JobRun | None:
    with session() as opened:
        return work.claim(opened, job, SLOT, shard, now, holder=holder, **kwargs)


def test_the_first_to_ask_gets_the_slot_and_the_second_does_not(database):
    assert take("a") is not None
    assert take("b") is None


def test_of_many_who_ask_at_once_exactly_one_gets_it(database):
    with ThreadPoolExecutor(8) as pool:
        taken = [run for run in pool.map(lambda n: take(f"p{n}"), range(8)) if run is not None]
    assert len(taken) == 1


def test_each_shard_is_a_slot_of_its_own(database):
    assert take(shard=0) is not None
    assert take(shard=1) is not None


def test_a_finished_slot_is_never_taken_again(database):
    run = take()
    with session() as opened:
        assert work.finish(opened, run, NOW + timedelta(seconds=3), rows=48)
    assert take(now=NOW + timedelta(days=1)) is None
    with session() as opened:
        row = opened.exec(select(JobRun)).one()
    assert (row.state, row.rows, row.seconds, row.attempts) == ("done", 48, 3.0, 1)


def test_a_failed_slot_is_tried_until_its_attempts_are_used_up(database):
    for attempt in (1, 2, 3):
        run = take(attempts=3)
        assert run is not None and run.attempts == attempt
        with session() as opened:
            work.fail(opened, run, NOW, "the disk is full")
    assert take(attempts=3) is None


def test_a_person_may_run_a_finished_slot_again_but_not_one_that_runs(database):
    run = take()
    assert take("b", again=True) is None
    with session() as opened:
        work.finish(opened, run, NOW, rows=1)
    again = take("b", again=True)
    assert again is not None
    assert (again.attempts, again.rows, again.finished_at) == (2, None, None)


def test_a_run_whose_process_fell_silent_is_taken_over(database):
    take("a")
    assert take("b", now=NOW + timedelta(seconds=29)) is None
    assert take("b", now=NOW + timedelta(seconds=31)) is not None


def test_a_run_whose_process_keeps_beating_is_left_alone(database):
    take("a")
    with session() as opened:
        work.beat(opened, "a", NOW + timedelta(minutes=5))
    assert take("b", now=NOW + timedelta(minutes=5, seconds=20)) is None


def test_runs_whose_process_died_are_recorded_as_failed_and_named(database):
    take("a", shard=0)
    take("b", shard=1)
    with session() as opened:
        work.beat(opened, "b", NOW + timedelta(minutes=1))
        assert work.bury(opened, "fold", NOW + timedelta(minutes=1)) == [NOW]
        assert work.bury(opened, "fold", NOW + timedelta(minutes=1)) == []
        states = opened.exec(select(JobRun.state).order_by(JobRun.shard)).all()
    assert states == ["failed", "running"]


def test_one_thought_dead_cannot_end_what_its_successor_holds(database):
    late = take("a")
    taken = take("b", now=NOW + timedelta(minutes=2))
    with session() as opened:
        assert not work.finish(opened, late, NOW + timedelta(minutes=3), rows=1)
        assert work.finish(opened, taken, NOW + timedelta(minutes=4), rows=2)
    with session() as opened:
        assert opened.exec(select(JobRun.rows)).one() == 2


def test_an_abandoned_run_does_not_cost_an_attempt(database):
    run = take(attempts=1)
    with session() as opened:
        work.abandon(opened, run, NOW, "stopped")
    again = take("b", attempts=1)
    assert again is not None and again.attempts == 1


def test_open_slots_are_those_with_a_shard_neither_done_nor_given_up(database):
    slots = [NOW + timedelta(hours=n) for n in range(4)]
    with session() as opened:
        for shard in (0, 1):  # the first hour: both shards done
            work.finish(opened, work.claim(opened, "close", work.period_of(slots[0]), shard, NOW), NOW, 1)
        # the second hour: one shard done.  the third: one done, one given up after its only attempt
        work.finish(opened, work.claim(opened, "close", work.period_of(slots[1]), 0, NOW), NOW, 1)
        work.finish(opened, work.claim(opened, "close", work.period_of(slots[2]), 0, NOW), NOW, 1)
        work.fail(opened, work.claim(opened, "close", work.period_of(slots[2]), 1, NOW), NOW, "no")
        assert work.open_slots(opened, "close", slots, shards=2, attempts=1) == [slots[1], slots[3]]
        assert work.open_slots(opened, "close", slots, shards=2, attempts=2) == slots[1:]


def test_a_period_names_its_slot_by_the_indian_clock():
    assert work.period_of(NOW) == SLOT
    assert work.slot_of(SLOT) == NOW
    assert work.slot_of("2026-11-23T07:30") == NOW
