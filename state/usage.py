"""The usage page: a span of one connection, as its address asks for it. The address holds the whole view."""
import asyncio
from datetime import date
from typing import Any, TypedDict
from urllib.parse import urlencode

import reflex as rx

from state.choice import ChoiceState, own_connections
from state.person import signed_in
from upay import clock
from upay.accounts.models import Person
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.metering.history import History, Row, history
from upay.metering.models import Quality
from upay.metering.span import Span, span

_VIEWS = ("day", "week", "month", "year", "range")
_AGAINST = ("none", "before", "year")


class Line(TypedDict):
    """A row of the table. wh, export_wh, vs_wh: -1 where unknown.  said: code of what is to be said of the reading."""

    start_s: int
    day: str
    wh: int
    export_wh: int
    vs_wh: int
    said: str
    estimated: int
    blocks: int
    min_dv: int
    max_dv: int
    outage_minutes: int


class UsageState(ChoiceState):
    """What the address asked for, and what was found. Energies in Wh; -1 where unknown."""

    view: str = "day"
    on: str = ""
    to: str = ""
    against: str = "none"
    step: str = "block"
    first: str = ""
    last: str = ""
    chart_url: str = ""
    download_url: str = ""
    earlier_url: str = ""
    later_url: str = ""
    lines: list[Line] = []
    total_wh: int = 0
    export_wh: int = 0
    vs_wh: int = -1
    matched_wh: int = 0
    mean_wh: int = -1
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
    async def open(self, person: Person):
        """Show what the address asks for."""
        asked = self.router.url.query_parameters
        own = self._choose(await own_connections(person), asked.get("c", ""))
        if own is None:
            return
        try:
            shown = _span(asked, day_of(clock.now()))
        except Problem as problem:
            self.problem, self.problem_params = problem.code, problem.params
            return
        self.problem, self.problem_params = "", {}
        self.against = asked.get("vs", "none") if asked.get("vs") in _AGAINST else "none"
        self._fill(shown, await asyncio.to_thread(_history, own.id, shown, self.against))

    @rx.event
    @signed_in
    async def choose(self, person: Person, number: str):
        """Another connection, same view."""
        self._choose(await own_connections(person), number)
        return rx.redirect(self._address(self._span()))

    @rx.event
    @signed_in
    async def show_view(self, person: Person, view: str):
        """Another view around the same day; a range begins with the days that are shown."""
        shown = self._span()
        if view == "range":
            return rx.redirect(self._address(span("range", shown.first, shown.last)))
        anchor = min(max(shown.first, date.fromisoformat(self.on or self.first)), shown.last)
        return rx.redirect(self._address(span(view if view in _VIEWS else "day", anchor)))  # pyright: ignore[reportArgumentType]

    @rx.event
    @signed_in
    async def show_against(self, person: Person, against: str):
        """Compare with something else."""
        self.against = against if against in _AGAINST else "none"
        return rx.redirect(self._address(self._span()))

    @rx.event
    @signed_in
    async def show_dates(self, person: Person, form: dict[str, str]):
        """A range of the person's own."""
        first, last = form.get("from", ""), form.get("to", "")
        query = {"c": self.number, "view": "range", "on": first, "to": last, "vs": self.against}
        return rx.redirect(f"/usage?{urlencode(query)}")

    def _fill(self, shown: Span, found: History) -> None:
        self.view, self.step = shown.view, shown.step
        self.first, self.last = shown.first.isoformat(), shown.last.isoformat()
        self.on, self.to = self.first, self.last if shown.view == "range" else ""
        come = [row for row in found.rows if row.reason != "future"]
        self.lines = [_line(row) for row in come or found.rows[:1]]
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
        door = f"/api/v1/connections/{self.number}/usage"
        query = {"view": self.view, "on": self.on, "against": self.against} | ({"to": self.to} if self.to else {})
        self.chart_url = f"{door}/chart?{urlencode(query)}"
        self.download_url = f"{door}/download?{urlencode({'first': self.first, 'last': self.last})}"
        self.earlier_url = self._address(shown.shifted(-1))
        later = shown.shifted(1)
        self.later_url = self._address(later) if later.first <= day_of(clock.now()) else ""
        self.filled = True

    def _span(self) -> Span:
        today = day_of(clock.now()).isoformat()
        return _span({"view": self.view, "on": self.on or today, "to": self.to}, day_of(clock.now()))

    def _address(self, shown: Span) -> str:
        """The page's address for a span, with everything else as it stands."""
        query = {"c": self.number, "view": shown.view, "on": shown.first.isoformat()}
        if shown.view == "range":
            query["to"] = shown.last.isoformat()
        if self.against != "none":
            query["vs"] = self.against
        return f"/usage?{urlencode(query)}"


def _span(asked: Any, today: date) -> Span:
    """The span that an address names; the present day where it names none. Raises Problem usage.bad_date."""
    view = asked.get("view", "day")
    on, to = _date(asked.get("on", ""), today), _date(asked.get("to", ""), None)
    return span(view if view in _VIEWS else "day", on or today, to)


def _date(text: str, otherwise: date | None) -> date | None:
    if not text:
        return otherwise
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Problem("usage.bad_date", {"text": text[:40]}) from error


def _history(connection_id: int, shown: Span, against: str) -> History:
    with session() as db:
        return history(db, connection_id, shown, shown.against(against), int(clock.now().timestamp()))  # pyright: ignore[reportArgumentType]


def _line(row: Row) -> Line:
    quality = Quality(row.quality if row.blocks == 1 else Quality.ACTUAL)
    said = f"usage.reason_{row.reason}" if row.reason else f"quality.{quality.name.lower()}"
    local = date.fromordinal((row.start_s + clock.IST_OFFSET_S) // clock.DAY_S + date(1970, 1, 1).toordinal())
    return Line(
        start_s=row.start_s,
        day=local.isoformat(),
        wh=-1 if row.wh is None else row.wh,
        export_wh=-1 if row.export_wh is None else row.export_wh,
        vs_wh=-1 if row.vs is None else row.vs,
        said=said,
        estimated=row.estimated,
        blocks=row.blocks,
        min_dv=row.min_dv or 0,
        max_dv=row.max_dv or 0,
        outage_minutes=row.outage_minutes,
    )
