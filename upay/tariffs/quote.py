"""What would I pay: one month, or some days of it, line by line, with how each line comes about."""
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from upay.errors import Problem
from upay.packs import Band
from upay.tariffs.explain import explain, title
from upay.tariffs.kernel import price
from upay.tariffs.periods import PERIODS
from upay.tariffs.schedule import Schedule, Source
from upay.tariffs.sheet import SUMS

Said = tuple[str, dict[str, str | int]]
_HOURS = 24
_MOST = 10**12
_EXPLAINED = ("kind", "detail", "quantity", "unit", "rate")
_PART = re.compile(r"(?:(\d{1,2})-(\d{1,2})|rest)=(\d+(?:\.\d{1,3})?)")


@dataclass(frozen=True)
class Question:
    """A use to be priced. first, last: both included.  bands_wh: by time of day, or None where it is not known."""

    schedule: Schedule
    first: date
    last: date
    wh: int
    load_w: int
    bands_wh: tuple[int, int, int] | None = None
    prepaid: bool = False


@dataclass(frozen=True)
class QuotedLine:
    """A line. name, how: codes and values of the sentences that name and explain it.  source: of the rate."""

    kind: str
    detail: str
    quantity: int
    unit: str
    rate: int
    paise: int
    name: Said
    how: Said
    source: Source


@dataclass(frozen=True)
class Quote:
    """What a use costs: `totals` as in `upay.tariffs.TOTALS`.  schedule: whose rates, which may be another tariff's."""

    question: Question
    schedule: Schedule
    lines: Sequence[QuotedLine]
    totals: dict[str, int]


def quotes(questions: Sequence[Question]) -> list[Quote]:
    """The answers, in order. Raises Problem for a use that cannot be priced."""
    rows = [_row(number, question) for number, question in enumerate(questions)]
    priced = price(pl.DataFrame(rows, schema=PERIODS), [question.schedule for question in questions])
    if len(priced.refused):
        raise Problem(str(priced.refused["code"][0]), status=422)
    lines: dict[int, list[dict[str, Any]]] = {number: [] for number in range(len(questions))}
    for line in priced.lines.iter_rows(named=True):
        lines[line["row"]].append(line)
    return [
        _quote(question, lines[number], totals)
        for (number, question), totals in zip(enumerate(questions), priced.totals.iter_rows(named=True), strict=True)
    ]


def thousandths(text: str) -> int:
    """kWh or kW as somebody wrote them → Wh or W, half up. Raises Problem tariff.bad_number."""
    try:
        value = Decimal(text)
        if not value.is_finite() or abs(value) > _MOST:
            raise InvalidOperation
    except InvalidOperation as error:
        raise Problem("tariff.bad_number", {"value": text[:40]}, 422) from error
    return int((value * 1000).to_integral_value("ROUND_HALF_UP"))


def stretch(on: date, days: int | None) -> tuple[date, date]:
    """The days a quote is for: the month of `on`; or `days` days, from `on` but within its month as long as they fit.

    Raises Problem tariff.absurd_days.
    """
    month_first = on.replace(day=1)
    month_last = (month_first + timedelta(31)).replace(day=1) - timedelta(1)
    if days is None:
        return month_first, month_last
    if not 1 <= days <= 400:
        raise Problem("tariff.absurd_days", status=422)
    first = max(month_first, min(on, month_last - timedelta(days - 1)))
    return first, first + timedelta(days - 1)


def bands_of(text: str, wh: int, bands: Sequence[Band]) -> tuple[int, int, int]:
    """Energy by time-of-day band of a text like `09-17=60,17-22=40,rest=100` (hours = kWh).

    Hours that reach over several bands are shared among them by the hour. `rest` is used in normal hours; without it,
    what is left is. Raises Problem: tariff.bad_tod, tariff.hours_twice, tariff.tod_sum.
    """
    found, named = [0, 0, 0], set[int]()
    rest: int | None = None
    for part in text.replace(" ", "").split(","):
        match = _PART.fullmatch(part)
        if match is None:
            raise Problem("tariff.bad_tod", {"part": part}, 422)
        part_wh = _wh(match[3])
        if match[1] is None:
            rest = (rest or 0) + part_wh
            continue
        hours = _hours(int(match[1]), int(match[2]), part)
        if named & set(hours):
            raise Problem("tariff.hours_twice", {"part": part}, 422)
        named |= set(hours)
        for place, share in enumerate(_shared(part_wh, [_place(bands, hour) for hour in hours])):
            found[place] += share
    left = wh - sum(found)
    if left < 0 or (rest is not None and rest != left):
        raise Problem("tariff.tod_sum", {"sum": _kwh(sum(found) + (rest or 0)), "kwh": _kwh(wh)}, 422)
    found[next((place for place, band in enumerate(bands) if band.key == "normal"), 0)] += left
    return found[0], found[1], found[2]


def _row(number: int, question: Question) -> dict[str, object]:
    normal = question.bands_wh or (0, 0, 0)
    return {
        "row": number,
        "tariff_id": question.schedule.tariff_id,
        "version": question.schedule.version,
        "first": question.first,
        "last": question.last,
        "import_wh": question.wh,
        **{f"band{place}_wh": wh for place, wh in enumerate(normal)},
        "export_wh": 0,
        "vah": None,
        "demand_w": None,
        "load_w": question.load_w,
        "prepaid": question.prepaid,
        "credit_wh": 0,
        "online": False,
    }


def _quote(question: Question, lines: Iterable[dict[str, Any]], totals: dict[str, Any]) -> Quote:
    schedule = question.schedule
    if schedule.otherwise and totals["priced_by"] == schedule.otherwise.schedule.version:
        schedule = schedule.otherwise.schedule
    told = [
        QuotedLine(
            kind=line["kind"],
            detail=line["detail"],
            quantity=line["quantity"],
            unit=line["unit"],
            rate=line["rate"],
            paise=line["paise"],
            name=title(line["kind"], line["detail"]),
            how=explain(**{name: line[name] for name in _EXPLAINED}, first=question.first, last=question.last),
            source=schedule.sources[line["kind"]],
        )
        for line in lines
    ]
    return Quote(question, schedule, told, {name: int(totals[name]) for name in SUMS})


def _hours(start: int, end: int, part: str) -> list[int]:
    """The hours of the day from `start` to `end`; 22-06 goes over midnight."""
    if not (0 <= start < _HOURS and 0 <= end <= _HOURS and start != end):
        raise Problem("tariff.bad_tod", {"part": part}, 422)
    return [hour % _HOURS for hour in range(start, end if end > start else end + _HOURS)]


def _place(bands: Sequence[Band], hour: int) -> int:
    return next(place for place, band in enumerate(bands) if band.covers(hour))


def _shared(wh: int, places: Sequence[int]) -> list[int]:
    """Energy spread evenly over hours, by the band that each lies in; whole Wh, which add up."""
    found, given = [0, 0, 0], 0
    for number, place in enumerate(places, 1):
        upto = wh * number // len(places)
        found[place] += upto - given
        given = upto
    return found


def _wh(kwh: str) -> int:
    return int(Decimal(kwh) * 1000)


def _kwh(wh: int) -> str:
    return f"{Decimal(wh) / 1000:f}"
