"""The stretch of time that a usage page shows, and the stretch it is compared with."""
import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from upay.errors import Problem

View = Literal["day", "week", "month", "year", "range"]
Step = Literal["block", "day", "month"]
Against = Literal["none", "before", "year"]

# A chart stays readable and light up to about this many bars.
_MOST_DAYS_OF_BLOCKS = 2
_MOST_DAYS_OF_DAYS = 100
_LONGEST_DAYS = 366 * 5
# What the intake doors take; years at the calendar's ends have no neighbours to be compared with.
EARLIEST, LATEST = date(2010, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Span:
    """IST days from `first` to `last`, both included, drawn block by block, day by day or month by month."""

    view: View
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it covers."""
        return (self.last - self.first).days + 1

    @property
    def step(self) -> Step:
        """What one bar stands for."""
        if self.view == "day" or (self.view == "range" and self.days <= _MOST_DAYS_OF_BLOCKS):
            return "block"
        if self.view == "year" or self.days > _MOST_DAYS_OF_DAYS:
            return "month"
        return "day"

    def shifted(self, by: int) -> "Span":
        """The span `by` places earlier (negative) or later: the next week, the month before …"""
        if self.view == "month":
            return _around("month", _add_months(self.first, by))
        if self.view == "year":
            return _around("year", _add_months(self.first, 12 * by))
        move = timedelta(days=self.days * by)
        return Span(self.view, self.first + move, self.last + move)

    def against(self, other: Against) -> "Span | None":
        """What to compare with: the period before, or the same period a year ago (same weekdays for day and week)."""
        if other == "none":
            return None
        if other == "before":
            return self.shifted(-1)
        if self.view in ("month", "year"):
            return _around(self.view, _add_months(self.first, -12))
        return Span(self.view, self.first - timedelta(days=364), self.last - timedelta(days=364))


def span(view: View, on: date, to: date | None = None) -> Span:
    """The span of a view around a day: its week from Monday, its calendar month or year, or the range on…to.

    Raises Problem `usage.date_out_of_reach`, `usage.range_reversed` or `usage.range_too_long`.
    """
    within_reach(on, to or on)
    return _around(view, on, to)


def within_reach(*days: date) -> None:
    """Raises Problem `usage.date_out_of_reach` for a day of which there can be no readings."""
    for day in days:
        if not EARLIEST <= day <= LATEST:
            params = {"date": day.isoformat(), "first": EARLIEST.year, "last": LATEST.year}
            raise Problem("usage.date_out_of_reach", params)


def _around(view: View, on: date, to: date | None = None) -> Span:
    if view == "day":
        return Span(view, on, on)
    if view == "week":
        monday = on - timedelta(days=on.weekday())
        return Span(view, monday, monday + timedelta(days=6))
    if view == "month":
        return Span(view, on.replace(day=1), on.replace(day=calendar.monthrange(on.year, on.month)[1]))
    if view == "year":
        return Span(view, date(on.year, 1, 1), date(on.year, 12, 31))
    last = to or on
    if last < on:
        raise Problem("usage.range_reversed", {"first": on.isoformat(), "last": last.isoformat()})
    if (last - on).days >= _LONGEST_DAYS:
        raise Problem("usage.range_too_long", {"days": _LONGEST_DAYS})
    return Span(view, on, last)


def _add_months(day: date, months: int) -> date:
    """The first of the month `months` later."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
