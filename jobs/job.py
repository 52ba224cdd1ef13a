"""What a job is, and which of its slots are due."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from upay.clock import IST

Work = Callable[[datetime, int, datetime], int]


@dataclass(frozen=True)
class Job:
    """One row of the table.

    work: `(slot, shard, now) -> rows`, a module's function, run in a worker process; it commits, and may be repeated.
    every_slot: each missed slot has its own effect and is made up for in order; else only the latest counts.
    catch_up: how long after its time a slot is still worth running.  timeout: after it the worker is killed.
    attempts: how often a slot is tried before it waits for a person.
    """

    name: str
    trigger: BaseTrigger
    work: Work
    catch_up: timedelta
    timeout: timedelta = timedelta(minutes=10)
    shards: Callable[[], int] = lambda: 1
    every_slot: bool = False
    attempts: int = 3


def cron(expression: str) -> CronTrigger:
    """A crontab line read in Indian time."""
    return CronTrigger.from_crontab(expression, timezone=IST)


def every(interval: timedelta) -> IntervalTrigger:
    """Every so often, counted from one fixed midnight, so that all processes name the same slots."""
    midnight = datetime(2020, 1, 1, tzinfo=IST)
    return IntervalTrigger(seconds=int(interval.total_seconds()), start_date=midnight, timezone=IST)


def when(trigger: BaseTrigger) -> str:
    """A trigger as a person writes it: a crontab line, or the interval."""
    if isinstance(trigger, CronTrigger):
        fields = {field.name: str(field) for field in trigger.fields}
        return " ".join(fields[name] for name in ("minute", "hour", "day", "month", "day_of_week"))
    return str(getattr(trigger, "interval", trigger))


def slots_between(trigger: BaseTrigger, since: datetime, until: datetime) -> list[datetime]:
    """The scheduled instants of a trigger in [since, until], in order."""
    slots: list[datetime] = []
    slot = trigger.get_next_fire_time(None, since)
    while slot is not None and slot <= until:
        slots.append(slot)
        slot = trigger.get_next_fire_time(slot, slot)
    return slots


def missed(job: Job, now: datetime) -> list[datetime]:
    """The slots of the catch-up window that are worth running now: every one, or the latest alone."""
    slots = slots_between(job.trigger, now - job.catch_up, now)
    return slots if job.every_slot else slots[-1:]
