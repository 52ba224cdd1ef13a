"""What the pack says of unpaid dues; `packs/central/dues.toml` says what each value means."""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any

import holidays

from upay.packs import pack


class Step(StrEnum):
    """What is done about unpaid dues, in the order in which it comes."""

    REMIND = "remind"
    FIRST = "first"
    SECOND = "second"
    NOTICE = "notice"
    ORDER = "order"
    PERMANENT = "permanent"


ORDERS = (Step.ORDER, Step.PERMANENT)


@dataclass(frozen=True)
class Rules:
    """The pack's `dues` row in force on a day."""

    dunning: dict[str, int]
    blocked: dict[str, Any]
    instalments: dict[str, Any]
    deposit: dict[str, int]

    @staticmethod
    def on(day: date) -> "Rules":
        """The rules in force on a day."""
        row = pack().row("dues", day)
        return Rules(**{name: row[name] for name in Rules.__dataclass_fields__})


def is_blocked(day: date, rules: Rules, is_holiday: Callable[[date], bool]) -> bool:
    """Whether nobody is disconnected on this day, and no order for it given."""
    second_saturday = day.weekday() == 5 and 8 <= day.day <= 14
    return (
        day.weekday() in rules.blocked["weekdays"]
        or (rules.blocked["second_saturday"] and second_saturday)
        or (rules.blocked["holidays"] and is_holiday(day))
    )


def clear_from(notice: date, clear_days: int) -> date:
    """The first day on which what a notice threatens may be done: so many whole days lie between, neither day counted.

    A notice of the 1st with 15 clear days (2nd to 16th) allows it on the 17th. Source: Electricity Act 2003, 56(1).
    """
    return notice + timedelta(days=clear_days + 1)


def is_holiday(day: date) -> bool:
    """Whether a day is a public holiday of the installation's state."""
    return day in _holidays(pack().holiday_subdivision)


@lru_cache
def _holidays(subdivision: str) -> holidays.HolidayBase:
    return holidays.country_holidays("IN", subdiv=subdivision)
