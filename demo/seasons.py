"""The year of northern India as an electricity meter sees it."""
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays
import numpy as np
from numpy.typing import NDArray

from demo.noise import noise, normal

EPOCH = date(1970, 1, 1)

# Mean daily use of a month over the home's own mean, 46 homes of Bareilly 2019–2021 (CEEW smart-meter study):
# Jan .78, Feb .62, Mar .66, Apr .93, May 1.20, Jun 1.43, Jul 1.38, Aug 1.36, Sep 1.35, Oct .94, Nov .55, Dec .61.
# Split here into what cooling adds and what heating (geysers) adds to the rest, each 1 in its strongest month.
_COOLING = (0.0, 0.0, 0.08, 0.42, 0.73, 1.0, 0.94, 0.92, 0.91, 0.40, 0.0, 0.0)
_HEATING = (1.0, 0.4, 0.05, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.5)


@dataclass(frozen=True)
class Days:
    """A stretch of days since 1970 (IST). cooling, heating: 0 to 1.2; off: weekend or holiday. shape (days,)"""

    day: NDArray[np.int64]
    cooling: NDArray[np.float32]
    heating: NDArray[np.float32]
    off: NDArray[np.bool_]
    sunday: NDArray[np.bool_]
    diwali: NDArray[np.bool_]
    holi: NDArray[np.bool_]


def ordinal(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def date_of(day: int) -> date:
    """The date of a day since 1970."""
    return EPOCH + timedelta(days=int(day))


def describe(seed: int, day: NDArray[np.int64], subdivision: str) -> Days:
    """What kind of days these are. Hot and cool spells last a few days and are the same for the whole fleet."""
    dates = [date_of(d) for d in day]
    spell = sum(weight * normal(noise(seed, "weather", day - back)) for back, weight in enumerate((0.6, 0.6, 0.5)))
    weather = np.exp(np.float32(0.1) * spell).astype(np.float32)
    feasts = [_feasts(d.year, subdivision).get(d, "") for d in dates]
    weekday = np.array([d.weekday() for d in dates])
    return Days(
        day=day,
        cooling=(_through_year(dates, _COOLING) * weather).astype(np.float32),
        heating=(_through_year(dates, _HEATING) / weather).astype(np.float32),
        off=(weekday >= 5) | np.array([bool(feast) for feast in feasts]),
        sunday=weekday == 6,
        diwali=np.array(["Diwali" in feast for feast in feasts]),
        holi=np.array(["Holi" in feast for feast in feasts]),
    )


def _through_year(dates: list[date], months: tuple[float, ...]) -> NDArray[np.float64]:
    """A monthly curve between the middles of the months."""
    position = [d.month - 1 + (d.day - 15) / 30.5 for d in dates]
    return np.interp(position, np.arange(-1, 13), (months[-1], *months, months[0]))


@lru_cache
def _feasts(year: int, subdivision: str) -> dict[date, str]:
    """Public holidays by date, with their English names."""
    return dict(holidays.country_holidays("IN", subdiv=subdivision, years=year))
