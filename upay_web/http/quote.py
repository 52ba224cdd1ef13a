"""What would I pay, over HTTP: for the public page, and for whoever asks."""
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from upay import clock
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.tariffs import Use, WouldPay, book, thousandths, would_pay
from upay.text import LANGUAGES, say

router = APIRouter(prefix="/api/v1/quote", tags=["tariffs"])

Texts = dict[str, str]
"""A sentence in each language."""


class Line(BaseModel):
    """A line of the quote: what it is, how it came about, and what it comes to."""

    kind: str
    name: Texts
    how: Texts
    paise: int


class Rate(BaseModel):
    """Where rates of the quote come from. confidence: A published, B reported by the press, C to be confirmed."""

    names: list[Texts]
    source: str
    since: date
    confidence: str


class Comparison(BaseModel):
    """The same use under a tariff."""

    tariff: str
    name: Texts
    chosen: bool
    postpaid_paise: int
    prepaid_paise: int


class Answer(BaseModel):
    """A use and what it costs."""

    tariff: str
    name: Texts
    version: str
    first: date
    last: date
    kwh: float
    total_paise: int
    per_unit_paise: int
    heads: dict[str, int]
    lines: list[Line]
    rates: list[Rate]
    compared: list[Comparison]


@router.get("")
def quote(
    tariff: Annotated[str, Query(max_length=32)],
    kwh: Annotated[str, Query(max_length=20)],
    load: Annotated[str, Query(max_length=20)],
    month: Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$", description="YYYY-MM; this month without it")] = "",
    solar: Annotated[int | None, Query(ge=0, le=100, description="Percent used in solar hours")] = None,
    peak: Annotated[int | None, Query(ge=0, le=100, description="Percent used in peak hours")] = None,
    prepaid: bool = False,
) -> Answer:
    """A month's use, line by line, with how each line is computed, beside the state's other tariffs."""
    shares = None if solar is None and peak is None else (solar or 0, peak or 0)
    use = Use(tariff, thousandths(kwh), thousandths(load), _day(month), shares, prepaid)
    with session() as db:
        rates = book(db)
    return _answer(would_pay(rates, use), use)


def _day(month: str) -> date:
    if not month:
        return day_of(clock.now())
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Problem("tariff.bad_number", {"value": month}, 422) from error


def _answer(found: WouldPay, use: Use) -> Answer:
    answered, totals = found.quote, found.quote.totals
    return Answer(
        tariff=use.tariff_id,
        name=dict(answered.schedule.name),
        version=answered.schedule.version,
        first=answered.question.first,
        last=answered.question.last,
        kwh=use.wh / 1000,
        total_paise=totals["total_paise"],
        per_unit_paise=round(totals["total_paise"] * 1000 / use.wh) if use.wh else 0,
        heads={name: paise for name, paise in totals.items() if name.endswith("_paise")},
        lines=[
            Line(kind=line.kind, name=_texts(line.name), how=_texts(line.how), paise=line.paise)
            for line in answered.lines
        ],
        rates=_rates(found),
        compared=[
            Comparison(
                tariff=each.tariff.id,
                name=dict(each.tariff.name),
                chosen=each.tariff.id == use.tariff_id,
                postpaid_paise=each.postpaid_paise,
                prepaid_paise=each.prepaid_paise,
            )
            for each in found.compared
        ],
    )


def _rates(found: WouldPay) -> list[Rate]:
    """Each source once, with the lines whose rates it gives."""
    by_source: dict[Any, list[Texts]] = {}
    for line in found.quote.lines:
        names = by_source.setdefault((line.source.source, line.source.since, line.source.confidence), [])
        name = _texts((f"tariff.part_{line.kind}", {}))
        if name not in names:
            names.append(name)
    return [
        Rate(names=names, source=source, since=since, confidence=confidence)
        for (source, since, confidence), names in by_source.items()
    ]


def _texts(said: tuple[str, dict[str, str | int]]) -> Texts:
    code, params = said
    return {language: say(code, language, **params) for language in LANGUAGES}
