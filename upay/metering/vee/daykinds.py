"""Like days: weekdays resemble weekdays, weekends weekends, holidays holidays."""
from datetime import date
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from upay.clock import DAY_S, IST_OFFSET_S
from upay.packs import pack

_EPOCH = date(1970, 1, 1).toordinal()
WEEKDAY, WEEKEND, HOLIDAY = range(3)

# The same weekday around this time last year, nearest first.
LAST_YEAR_OFFSETS = np.array([364, 371, 357, 378, 350])


def day_number(day_s: NDArray[np.int64]) -> NDArray[np.int64]:
    """IST days as whole numbers since 1970-01-01, from the instants they begin (UTC s)."""
    return (day_s + IST_OFFSET_S) // DAY_S


def number_of(day: date) -> int:
    """One IST day as such a number."""
    return day.toordinal() - _EPOCH


def kind(number: int) -> int:
    """WEEKDAY, WEEKEND or HOLIDAY, by the public holidays of the pack's state."""
    day = date.fromordinal(number + _EPOCH)
    if day in _holidays(pack().holiday_subdivision, day.year):
        return HOLIDAY
    return WEEKEND if day.weekday() >= 5 else WEEKDAY


def like_offsets(number: int, lookback: int, most: int, least: int) -> NDArray[np.int64]:
    """How many days ago the latest like days were, nearest first, at most `most`.

    Holidays are too rare for `least` of them to lie in six weeks; then weekends stand in for them.
    """
    wanted = kind(number)
    ago = [offset for offset in range(1, lookback + 1) if kind(number - offset) == wanted]
    if len(ago) < least and wanted == HOLIDAY:
        ago = [offset for offset in range(1, lookback + 1) if kind(number - offset) == WEEKEND]
    return np.array(ago[:most], np.int64)


@lru_cache
def _holidays(subdivision: str, year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("IN", subdiv=subdivision, years=year))
