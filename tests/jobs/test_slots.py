"""When a job is due is counted from its trigger alone, never from the moment at which somebody looks."""
from datetime import UTC, datetime, timedelta

from jobs.job import Job, cron, every, missed, slots_between


def ist(*args: int) -> datetime:
    """An instant given by the Indian clock."""
    return datetime(*args, tzinfo=UTC) - timedelta(hours=5, minutes=30)


def job(trigger, catch_up: timedelta, every_slot: bool) -> Job:
    return Job("job", trigger, lambda slot, shard, now: 0, catch_up=catch_up, every_slot=every_slot)


def test_crontab_lines_are_read_in_indian_time():
    slots = slots_between(cron("0 2 * * *"), ist(2026, 11, 20, 3), ist(2026, 11, 23, 2))
    assert slots == [ist(2026, 11, 21, 2), ist(2026, 11, 22, 2), ist(2026, 11, 23, 2)]


def test_intervals_fall_on_the_same_instants_whenever_one_begins_to_look():
    ten = every(timedelta(seconds=10))
    assert slots_between(ten, ist(2026, 11, 23, 9, 0, 3), ist(2026, 11, 23, 9, 0, 31)) == [
        ist(2026, 11, 23, 9, 0, second) for second in (10, 20, 30)
    ]


def test_after_three_days_down_each_missed_close_of_day_is_made_up_for_in_order():
    nightly = job(cron("0 2 * * *"), catch_up=timedelta(days=7), every_slot=True)
    now = ist(2026, 11, 23, 9)
    assert missed(nightly, now)[-3:] == [ist(2026, 11, day, 2) for day in (21, 22, 23)]
    assert len(missed(nightly, now)) == 7


def test_of_a_sweep_only_the_latest_slot_is_made_up_for():
    hourly = job(cron("40 * * * *"), catch_up=timedelta(hours=5), every_slot=False)
    assert missed(hourly, ist(2026, 11, 23, 9, 10)) == [ist(2026, 11, 23, 8, 40)]


def test_what_lies_beyond_the_window_is_not_made_up_for():
    daily = job(cron("30 0 * * *"), catch_up=timedelta(hours=2), every_slot=False)
    assert missed(daily, ist(2026, 11, 23, 9)) == []
