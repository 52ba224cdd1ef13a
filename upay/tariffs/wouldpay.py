"""What would I pay: a month's use under one tariff, beside every other of the state, prepaid and postpaid."""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from upay.errors import Problem
from upay.tariffs.book import Book, Tariff
from upay.tariffs.quote import Question, Quote, quotes, stretch
from upay.tariffs.schedule import Schedule


@dataclass(frozen=True)
class Use:
    """A month's use. month: any of its days.  shares: percent in solar and in peak hours, None where not known."""

    tariff_id: str
    wh: int
    load_w: int
    month: date
    shares: tuple[int, int] | None = None
    prepaid: bool = False


@dataclass(frozen=True)
class Compared:
    """What the same use costs under a tariff, in paise."""

    tariff: Tariff
    postpaid_paise: int
    prepaid_paise: int


@dataclass(frozen=True)
class WouldPay:
    """The answer, and the same use under each tariff of the state that was in force."""

    quote: Quote
    compared: Sequence[Compared]


@lru_cache(maxsize=4096)
def would_pay(book: Book, use: Use) -> WouldPay:
    """Price a use. Raises Problem: as `quotes` and `Book.schedule`; tariff.bad_shares."""
    asked = _question(book.schedule(use.tariff_id, use.month), use)
    schedules = _in_force(book, book.tariff(use.tariff_id).pack, use.month)
    questions = [
        replace(_question(schedule, use), prepaid=prepaid) for schedule in schedules for prepaid in (False, True)
    ]
    answer, *others = quotes([asked, *questions])
    totals = [other.totals["total_paise"] for other in others]
    compared = [
        Compared(book.tariff(schedule.tariff_id), postpaid, prepaid)
        for schedule, postpaid, prepaid in zip(schedules, totals[::2], totals[1::2], strict=True)
    ]
    return WouldPay(answer, compared)


def _in_force(book: Book, pack: str, day: date) -> list[Schedule]:
    opened = [tariff for tariff in book.of_pack(pack) if book.versions(tariff.id)[0].first <= day]
    return [book.schedule(tariff.id, day) for tariff in opened]


def _question(schedule: Schedule, use: Use) -> Question:
    first, last = stretch(use.month, None)
    return Question(schedule, first, last, use.wh, use.load_w, _bands(schedule, use), use.prepaid)


def _bands(schedule: Schedule, use: Use) -> tuple[int, int, int] | None:
    """The use by time of day; what is neither in solar nor in peak hours is normal."""
    if use.shares is None:
        return None
    solar, peak = use.shares
    if min(solar, peak) < 0 or solar + peak > 100:
        raise Problem("tariff.bad_shares", {"solar": solar, "peak": peak}, 422)
    by_key = {"solar": use.wh * solar // 100, "peak": use.wh * peak // 100}
    by_key["normal"] = use.wh - sum(by_key.values())
    first, second, third = (by_key.get(band.key, 0) for band in schedule.bands)
    return first, second, third
