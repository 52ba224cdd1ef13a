"""The usage page's address, which holds the whole view: read, built, and where its chart and downloads are."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from upay.errors import Problem
from upay.metering.span import Against, Span, View, span

VIEWS: dict[str, View] = {"day": "day", "week": "week", "month": "month", "year": "year", "range": "range"}
_AGAINST: dict[str, Against] = {"none": "none", "before": "before", "year": "year"}


def span_of(asked: Mapping[str, str], today: date) -> Span:
    """The span that an address names, today where it names none.

    Raises Problem `usage.bad_date`, and those of `span`.
    """
    on = _date(asked.get("on", "")) or today
    return span(VIEWS.get(asked.get("view", ""), "day"), on, _date(asked.get("to", "")))


def against_of(name: str) -> Against:
    """What an address compares with; nothing where it names nothing known."""
    return _AGAINST.get(name, "none")


def is_whole(asked: Mapping[str, str], number: str) -> bool:
    """Whether an address tells everything, of this connection, so that it shows the same tomorrow."""
    return asked.get("c") == number and asked.get("view") in VIEWS and bool(asked.get("on"))


def address(number: str, shown: Span, against: Against) -> str:
    """The page's whole address for a span of a connection."""
    to = shown.last.isoformat() if shown.view == "range" else ""
    return asked_address(number, shown.view, shown.first.isoformat(), to, against)


def asked_address(number: str, view: View, on: str, to: str, against: Against) -> str:
    """The page's address for dates as a person entered them; the page itself says what is wrong with them."""
    versus = "" if against == "none" else against
    asked = {"c": number, "view": view, "on": on, "to": to, "vs": versus}
    return "/usage?" + urlencode({name: value for name, value in asked.items() if value})


def chart_url(number: str, shown: Span, against: Against) -> str:
    """Where the figure of a span is, without the language."""
    to = {"to": shown.last.isoformat()} if shown.view == "range" else {}
    query = {"view": shown.view, "on": shown.first.isoformat(), "against": against} | to
    return f"/api/v1/connections/{number}/usage/chart?{urlencode(query)}"


def download_url(number: str, shown: Span) -> str:
    """Where the blocks of a span can be downloaded, without form and language."""
    query = {"first": shown.first.isoformat(), "last": shown.last.isoformat()}
    return f"/api/v1/connections/{number}/usage/download?{urlencode(query)}"


def _date(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("usage.bad_date", {"text": text[:40]}) from error
