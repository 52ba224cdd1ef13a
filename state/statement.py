"""The statement page: what moved a connection's balance. The address holds the days, the filter and the page."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypedDict
from urllib.parse import urlencode

import reflex as rx

from state.choice import ChoiceState
from state.person import SignedIn, signed_in
from upay import clock
from upay.accounts import Right
from upay.clock import day_of
from upay.db import session
from upay.ledger import Statement, StatementRow, statement

_A_PAGE = 25
_LONGEST_DAYS = 3660
_PERIODS = {"quarter": 91, "year": 365, "three_years": 1096}
_SIDES = {
    "all": lambda row: True,
    "charged": lambda row: row.paise > 0,
    "paid": lambda row: row.paise < 0,
}


class Entry(TypedDict):
    """A row of the page. kind: code of what happened.  paise: above zero is charged.  balance: owed after it."""

    id: int
    day: str
    kind: str
    about: str
    paise: int
    balance: int


class StatementState(ChoiceState):
    """The days asked for and what they hold. Money in paise; above zero is owed."""

    first: str = ""
    last: str = ""
    period: str = "year"
    side: str = "all"
    page: int = 1
    pages: int = 1
    opening: int = 0
    charged: int = 0
    paid: int = 0
    closing: int = 0
    entries: list[Entry] = []
    download_url: str = ""
    filled: bool = False
    problem: str = ""

    @rx.event(supersedes=True)
    @signed_in
    async def open(self, person: SignedIn):
        """Show what the address asks for."""
        asked = self.router.url.query_parameters
        own = self._choose(person, Right.BILLS, asked.get("c", ""))
        if own is None:
            return
        today = day_of(clock.now())
        span = _span_of(asked, today)
        if span is None:
            self._set(problem="ledger.bad_days")
            return
        found = await asyncio.to_thread(_statement, own.id, *span)
        self._fill(found, *span, _chosen(asked, today), asked)

    @rx.event
    @signed_in
    async def choose(self, person: SignedIn, number: str):
        """Another connection, the same days."""
        self._choose(person, Right.BILLS, number)
        return rx.redirect(self._address())

    @rx.event
    @signed_in
    async def show_period(self, person: SignedIn, period: str):
        """The days up to today."""
        last = day_of(clock.now())
        first = last - timedelta(days=_PERIODS.get(period, _PERIODS["year"]))
        self._set(first=first.isoformat(), last=last.isoformat(), page=1)
        return rx.redirect(self._address())

    @rx.event
    @signed_in
    async def show_dates(self, person: SignedIn, form: dict[str, str]):
        """Days of the person's own."""
        self._set(first=form.get("from", "")[:10], last=form.get("to", "")[:10], page=1)
        return rx.redirect(self._address())

    @rx.event
    @signed_in
    async def show_side(self, person: SignedIn, side: str):
        """Everything, what was charged, or what was paid."""
        self._set(side=side if side in _SIDES else "all", page=1)
        return rx.redirect(self._address())

    @rx.event
    @signed_in
    async def turn(self, person: SignedIn, by: int):
        """Another page of the list."""
        self._set(page=min(max(1, self.page + (1 if by > 0 else -1)), self.pages))
        return rx.redirect(self._address())

    def _address(self) -> str:
        asked = {"c": self.number, "from": self.first, "to": self.last, "show": self.side, "page": self.page}
        return "/statement?" + urlencode({name: value for name, value in asked.items() if value not in ("all", 1, "")})

    def _fill(self, found: Statement, first: date, last: date, period: str, asked: Mapping[str, str]) -> None:
        side = asked.get("show", "all")
        side = side if side in _SIDES else "all"
        rows = [row for row in reversed(found.rows) if _SIDES[side](row)]
        pages = max(1, -(-len(rows) // _A_PAGE))
        page = asked.get("page", "1")
        page = min(max(1, int(page)), pages) if page.isdecimal() and len(page) < 6 else 1
        download = urlencode({"first": first.isoformat(), "last": last.isoformat()})
        self._set(
            first=first.isoformat(),
            last=last.isoformat(),
            period=period,
            side=side,
            page=page,
            pages=pages,
            opening=found.opening,
            charged=found.debits,
            paid=found.credits,
            closing=found.closing,
            entries=[_entry(row) for row in rows[(page - 1) * _A_PAGE : page * _A_PAGE]],
            download_url=f"/api/v1/connections/{self.number}/statement/download?{download}",
            filled=True,
            problem="",
        )


def _span_of(asked: Mapping[str, str], today: date) -> tuple[date, date] | None:
    """The days that an address names, the last year where it names none; None where they cannot be."""
    try:
        last = date.fromisoformat(asked["to"]) if asked.get("to") else today
        first = date.fromisoformat(asked["from"]) if asked.get("from") else last - timedelta(days=_PERIODS["year"])
    except (ValueError, OverflowError):
        return None
    return (first, last) if timedelta() <= last - first <= timedelta(days=_LONGEST_DAYS) else None


def _chosen(asked: Mapping[str, str], today: date) -> str:
    """Which of the ready-made periods an address names, "" for days of one's own."""
    span = _span_of(asked, today)
    if span is None or span[1] != today:
        return ""
    return next((name for name, days in _PERIODS.items() if (today - span[0]).days == days), "")


def _entry(row: StatementRow) -> Entry:
    return Entry(
        id=row.entry_id,
        day=day_of(row.at).isoformat(),
        kind=f"ledger.kind_{row.kind}",
        about=row.about,
        paise=row.paise,
        balance=row.balance,
    )


def _statement(connection_id: int, first: date, last: date) -> Statement:
    with session() as db:
        return statement(db, connection_id, first, last)
