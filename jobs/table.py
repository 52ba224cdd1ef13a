"""The table of jobs: what runs, when, in how many parts, and how far back a missed slot is still made up for."""
from datetime import timedelta

from jobs import (
    bill_cycles,
    close_days,
    compact,
    dues,
    exports,
    fold,
    inbox,
    people,
    purge_live,
    retention,
    sweep_orphans,
)
from jobs.job import Job, cron, every
from upay.settings import settings


def table() -> tuple[Job, ...]:
    """All jobs of this installation."""
    hours, days = timedelta(hours=1), timedelta(days=1)
    first_close = f"5 {settings().close_after_hours % 24} * * *"
    return (
        Job("inbox", every(timedelta(seconds=10)), inbox.work, catch_up=timedelta(minutes=1), timeout=2 * hours),
        Job("exports", every(timedelta(seconds=10)), exports.work, catch_up=timedelta(minutes=1), timeout=2 * hours),
        Job("people", every(timedelta(minutes=10)), people.work, catch_up=hours),
        Job("fold", every(timedelta(minutes=settings().fold_minutes)), fold.work, catch_up=hours, timeout=hours),
        Job("close_days", cron(first_close), close_days.work, 7 * days, 2 * hours, every_slot=True),
        Job("close_late", cron("20 * * * *"), close_days.late, catch_up=hours, timeout=2 * hours),
        Job("sweep_orphans", cron("40 * * * *"), sweep_orphans.work, catch_up=hours),
        Job("purge_live", cron("30 0 * * *"), purge_live.work, catch_up=days),
        Job("retention", cron("30 3 * * *"), retention.work, catch_up=days, timeout=hours),
        Job("bill_cycles", cron("30 6 * * *"), bill_cycles.work, catch_up=7 * days, timeout=6 * hours),
        Job("compact", cron("0 4 * * *"), compact.work, catch_up=days, timeout=6 * hours),
        Job("dues_steps", cron("0 10 * * *"), dues.steps, catch_up=10 * hours, timeout=2 * hours),
        Job("dues_interest", cron("30 2 5 4 *"), dues.deposit_interest, catch_up=366 * days, timeout=6 * hours),
    )
