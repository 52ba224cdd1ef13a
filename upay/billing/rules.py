"""What the pack says of the billing cycle, and what a cycle of a zone is."""
import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from upay.errors import Problem
from upay.packs import pack


@dataclass(frozen=True)
class Rules:
    """The pack's `billing` row in force on a day; see `packs/central/billing.toml` for what each value means."""

    reading_day: Mapping[str, int]
    issue_after_days: int
    due_days: Mapping[str, int]
    actual_least_ratio: float
    provisional_most_a_year: int
    provisional_lookback_cycles: int
    high_low_least: float
    high_low_most: float
    high_low_least_wh_per_day: int
    zero_earlier_wh_per_day: int
    absurd_load_ratio: float
    late_least_wh: int
    round_to_paise: int
    deposit_months: Mapping[str, int]
    deposit_review_month: int
    deposit_least_shortfall_ratio: float

    @staticmethod
    def on(day: date) -> "Rules":
        """The rules in force on a day."""
        row = pack().row("billing", day)
        return Rules(**{name: row[name] for name in Rules.__dataclass_fields__})


@dataclass(frozen=True)
class Schedule:
    """One cycle of the zones of a class: the days it bills, both included, and when its bills go out and fall due."""

    cycle: date
    first: date
    last: date
    issued_on: date
    due_on: date

    @property
    def days(self) -> int:
        """How many days it bills."""
        return (self.last - self.first).days + 1


def schedule(cycle: date, area_class: str) -> Schedule:
    """The cycle of a month for zones of a class. cycle: the month's first day.

    Raises Problem billing.no_schedule for a class that the pack does not name.
    """
    rules = Rules.on(cycle)
    try:
        reading, due_days = rules.reading_day[area_class], rules.due_days[area_class]
    except KeyError as missing:
        raise Problem("billing.no_schedule", {"area_class": area_class}) from missing
    following = next_cycle(cycle)
    read_on = _on(following, reading)
    issued_on = read_on + timedelta(days=rules.issue_after_days)
    return Schedule(
        cycle, _on(cycle, reading), read_on - timedelta(days=1), issued_on, issued_on + timedelta(days=due_days)
    )


def cycle_of(text: str) -> date:
    """The cycle that `2026-10` names. Raises Problem billing.bad_cycle."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise Problem("billing.bad_cycle", {"cycle": text[:20]}) from error


def next_cycle(cycle: date, by: int = 1) -> date:
    """The cycle so many months later (negative: earlier)."""
    number = cycle.year * 12 + cycle.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def _on(month: date, day: int) -> date:
    """The day of a month, its last where it has not so many."""
    return month.replace(day=min(day, calendar.monthrange(month.year, month.month)[1]))
