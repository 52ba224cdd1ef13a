"""The usage page: a span of one connection, as its address asks for it. The address holds the whole view."""

import asyncio
from collections.abc import Sequence
from datetime import date

import reflex as rx

from state.choice import ChoiceState
from state.person import SignedIn, signed_in
from state.usage_address import VIEWS, address, against_of, asked_address, chart_url, download_url, is_whole, span_of
from state.usage_lines import Cut, Line, cut_of, line_of
from upay import clock
from upay.accounts import Right
from upay.billing import costs_of
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.metering.history import History, history
from upay.metering.span import Against, Span, View, span


class UsageState(ChoiceState):
    """What the address asked for, and what was found. Energies in Wh; -1 where unknown."""

    view: View = "day"
    on: str = ""
    to: str = ""
    against: Against = "none"
    step: str = "block"
    first: str = ""
    last: str = ""
    chart_url: str = ""
    download_url: str = ""
    earlier_url: str = ""
    later_url: str = ""
    lines: list[Line] = []
    cuts: list[Cut] = []
    cut_minutes: int = 0
    total_wh: int = 0
    export_wh: int = 0
    vs_wh: int = -1
    matched_wh: int = 0
    mean_wh: int = -1
    paise: int = -1
    peak_w: int = -1
    peak_start_s: int = 0
    estimated: int = 0
    blocks: int = 0
    has_export: bool = False
    has_volts: bool = False
    has_outage: bool = False
    has_data: bool = True
    why_empty: str = ""
    filled: bool = False
    problem: str = ""
    problem_params: dict[str, str | int] = {}

    @rx.var
    def against_percent(self) -> int:
        """Percent more (or, negative, less) than what it is compared with; -1000 when that cannot be said."""
        return round((self.matched_wh - self.vs_wh) * 100 / self.vs_wh) if self.vs_wh >= 500 else -1000

    @rx.event(supersedes=True)
    @signed_in
    async def open(self, person: SignedIn):
        """Show what the address asks for. One that leaves something open is first made whole, to be kept and shared."""
        asked = self.router.url.query_parameters
        own = self._choose(person, Right.USAGE, asked.get("c", ""))
        if own is None:
            self.lines, self.cuts, self.total_wh, self.chart_url, self.download_url = [], [], 0, "", ""
            self.filled = False
            return None
        try:
            shown = span_of(asked, day_of(clock.now()))
        except Problem as problem:
            self.problem, self.problem_params = problem.code, problem.params
            return None
        self.problem, self.problem_params = "", {}
        self.against = against_of(asked.get("vs", ""))
        if not is_whole(asked, own.number):
            return rx.redirect(address(own.number, shown, self.against), replace=True)
        self._fill(shown, *await asyncio.to_thread(_history, own.id, shown, self.against))
        return None

    @rx.event
    @signed_in
    async def choose(self, person: SignedIn, number: str):
        """Another connection, same view."""
        self._choose(person, Right.USAGE, number)
        return rx.redirect(self._address(self._span()))

    @rx.event
    @signed_in
    async def show_view(self, person: SignedIn, view: str):
        """Another view around the same day; a range begins with the days that are shown."""
        shown = self._span()
        if view == "range":
            return rx.redirect(self._address(span("range", shown.first, shown.last)))
        about = self.on or self.first or shown.first.isoformat()
        anchor = min(max(shown.first, date.fromisoformat(about)), shown.last)
        return rx.redirect(self._address(span(VIEWS.get(view, "day"), anchor)))

    @rx.event
    @signed_in
    async def show_against(self, person: SignedIn, against: str):
        """Compare with something else."""
        self.against = against_of(against)
        return rx.redirect(self._address(self._span()))

    @rx.event
    @signed_in
    async def show_dates(self, person: SignedIn, form: dict[str, str]):
        """A range of the person's own."""
        first, last = form.get("from", ""), form.get("to", "")
        return rx.redirect(asked_address(self.number, "range", first, last, self.against))

    def _span(self) -> Span:
        today = day_of(clock.now())
        return span_of({"view": self.view, "on": self.on, "to": self.to}, today)

    def _address(self, shown: Span) -> str:
        return address(self.number, shown, self.against)

    def _fill(self, shown: Span, found: History, costs: Sequence[int | None]) -> None:
        self.view, self.step = shown.view, shown.step
        self.first, self.last = shown.first.isoformat(), shown.last.isoformat()
        self.on, self.to = self.first, self.last if shown.view == "range" else ""
        told = [line_of(row, cost) for row, cost in zip(found.rows, costs, strict=True)]
        self.lines = [line for line, row in zip(told, found.rows, strict=True) if row.reason != "future"] or told[:1]
        known = [cost for cost in costs if cost is not None]
        self.paise = sum(known) if known else -1
        self.total_wh, self.export_wh, self.has_export = found.total_wh, found.export_wh, found.has_export
        self.vs_wh, self.matched_wh = -1 if found.vs_wh is None else found.vs_wh, found.matched_wh
        known_days = sum(row.minutes for row in found.rows if row.wh is not None) // 1440
        self.mean_wh = found.total_wh // known_days if known_days and shown.step != "block" else -1
        self.peak_w, self.peak_start_s = found.peak_w or -1, found.peak_start_s or 0
        self.estimated, self.blocks = found.estimated, found.blocks
        self.has_volts = any(row.min_dv for row in found.rows)
        self.has_outage = any(row.outage_minutes for row in found.rows)
        self.has_data = any(row.wh is not None for row in found.rows)
        self.why_empty = "" if self.has_data else self.lines[-1]["said"]
        self.cuts = [cut_of(each, shown) for each in found.outages]
        self.cut_minutes = sum(row.outage_minutes for row in found.rows)
        self.chart_url = chart_url(self.number, shown, self.against)
        self.download_url = download_url(self.number, shown)
        self.earlier_url = self._address(shown.shifted(-1))
        later = shown.shifted(1)
        self.later_url = self._address(later) if later.first <= day_of(clock.now()) else ""
        self.filled = True


def _history(connection_id: int, shown: Span, against: Against) -> tuple[History, list[int | None]]:
    with session() as db:
        found = history(db, connection_id, shown, shown.against(against), int(clock.now().timestamp()))
        return found, costs_of(db, connection_id, found.rows)
