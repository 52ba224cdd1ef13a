"""Parts of months: how monthly slabs, thresholds and charges shrink or grow with the days of a period."""
from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction


def month_days(first: date, last: date) -> list[tuple[str, int]]:
    """The days of a period, both ends included, in each calendar month (YYYY-MM) it touches. Raises ValueError."""
    if last < first:
        raise ValueError("a period ends before it begins")
    found: list[tuple[str, int]] = []
    start = first
    while start <= last:
        end = min(last, start.replace(day=monthrange(start.year, start.month)[1]))
        found.append((f"{start:%Y-%m}", (end - start).days + 1))
        start = end + timedelta(1)
    return found


def month_share(first: date, last: date) -> Fraction:
    """How many months a period is: over the calendar months it touches, Σ days in it / days it has.

    A calendar month is exactly 1; the shares of a period's parts add up to the whole's.
    Source: MPERC retail supply tariff orders, general conditions: slabs and fixed charges pro rata to the days of
    the month; UPERC's rate schedule says the same in other words.
    """
    return sum(
        (Fraction(days, monthrange(int(month[:4]), int(month[5:]))[1]) for month, days in month_days(first, last)),
        Fraction(),
    )


def holds_year_end(first: date, last: date) -> bool:
    """Whether 31 March, the last day of the financial year, lies in the period."""
    return any(first <= date(year, 3, 31) <= last for year in range(first.year, last.year + 1))


def half_up(amount: Fraction) -> int:
    """To the nearest whole number; a half goes up, of a negative amount away from zero, as on the printed bill."""
    size = int(abs(amount) + Fraction(1, 2))
    return size if amount >= 0 else -size


def pro_rated(whole: int, share: Fraction) -> int:
    """A month's slab edge or threshold for a part of a month, to the whole Wh: energy is never counted finer."""
    return half_up(whole * share)
