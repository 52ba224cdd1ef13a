"""Time, given rather than asked for: one source of `now`, and the Indian day.

India keeps UTC+05:30 the whole year. Instants are stored in UTC; a *day* is the IST calendar day.
"""
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta, timezone

IST = timezone(timedelta(hours=5, minutes=30), "IST")
IST_OFFSET_S = 19_800
DAY_S = 86_400


def _wall() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _wall


def now() -> datetime:
    """The present instant, in UTC."""
    return _source()


@contextmanager
def at(moment: datetime | Callable[[], datetime]) -> Generator[None]:
    """Hold the clock at `moment` (or let a function tell it) inside the block: for tests."""
    global _source
    before = _source
    _source = moment if callable(moment) else lambda: moment
    try:
        yield
    finally:
        _source = before


def day_of(moment: datetime) -> date:
    """The IST day that an instant belongs to."""
    return moment.astimezone(IST).date()


def day_start(day: date) -> datetime:
    """The instant (UTC) at which an IST day begins."""
    return datetime.combine(day, time(), IST).astimezone(UTC)


def day_start_s(day: date) -> int:
    """The start of an IST day in seconds since 1970-01-01T00:00Z."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY_S - IST_OFFSET_S
