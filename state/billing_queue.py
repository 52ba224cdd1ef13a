"""The queue of billing exceptions: the address holds the view; decisions are made for those that are ticked."""

import asyncio
from typing import TypedDict
from urllib.parse import urlencode

import reflex as rx

from state.staff import StaffMember, permitted
from upay import clock
from upay.accounts import Permission
from upay.billing import cycle_of, next_cycle, settle
from upay.billing.desk import SORTS, Queued, Wanted, queue, use_before
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem

ROWS = 25
_STATES = ("open", "held", "approved", "corrected", "")


class Line(TypedDict):
    """A row of the queue. reference_wh: -1 where nothing is known.  ratio: percent of it; -1 where unknown."""

    id: str
    number: str
    consumer: str
    zone: str
    code: str
    units_wh: int
    reference_wh: int
    ratio: int
    state: str
    reason: str


class Bar(TypedDict):
    """A month before. height: percent of the highest shown."""

    cycle: str
    wh: int
    height: int


class BillingQueueState(rx.State):
    """The view, its page of exceptions, the one that is open, and those that are ticked."""

    cycle: str = ""
    shown_state: str = "open"
    code: str = ""
    zone: str = ""
    search: str = ""
    sort: str = "ratio"
    descending: bool = True
    page: int = 1
    pages: int = 1
    total: int = 0
    lines: list[Line] = []
    ticked: list[str] = []
    opened: str = ""
    history: list[Bar] = []
    may_settle: bool = False
    done: int = 0
    problem: str = ""
    problem_params: dict[str, str | int] = {}
    export_url: str = ""
    filled: bool = False

    @rx.event(supersedes=True)
    @permitted(Permission.SEE_BILLING)
    async def load(self, staff: StaffMember):
        """Show the view that the address asks for."""
        asked = self.router.url.query_parameters
        latest = f"{next_cycle(day_of(clock.now()).replace(day=1), -1):%Y-%m}"
        try:
            self.cycle = f"{cycle_of(asked.get('cycle', '') or latest):%Y-%m}"
        except Problem as problem:
            self.problem, self.problem_params, self.cycle = problem.code, problem.params, latest
        wanted = asked.get("state", "open")
        self.shown_state = wanted if wanted in _STATES else "open"
        self.code, self.zone = asked.get("code", "")[:32], asked.get("zone", "")[:16]
        self.search = asked.get("q", "")[:60]
        self.sort = asked.get("sort", "ratio") if asked.get("sort", "ratio") in SORTS else "ratio"
        self.descending = asked.get("order", "desc") != "asc"
        page = asked.get("page", "1")
        self.page = int(page) if page.isdecimal() and 0 < int(page) < 10_000 else 1
        self.may_settle = staff.may(Permission.SETTLE_BILLING)
        self.done, self.opened, self.ticked = 0, "", []
        await self._fill(staff)

    @rx.event
    @permitted(Permission.SEE_BILLING)
    async def filter(self, staff: StaffMember, form: dict[str, str]):
        """Another view, from the form above the table."""
        wanted = {name: form.get(name, "") for name in ("state", "code", "zone", "q")}
        return rx.redirect(self._address(**wanted, page=1))

    @rx.event
    @permitted(Permission.SEE_BILLING)
    async def order(self, staff: StaffMember, key: str):
        """Sort by a column; a second time the other way round."""
        return rx.redirect(self._address(sort=key, order="asc" if key == self.sort and self.descending else "desc"))

    @rx.event
    @permitted(Permission.SEE_BILLING)
    async def turn(self, staff: StaffMember, by: int):
        """Another page."""
        return rx.redirect(self._address(page=min(max(1, self.page + by), self.pages)))

    @rx.event
    @permitted(Permission.SEE_BILLING)
    async def open(self, staff: StaffMember, identity: str):
        """Show what the connection was billed for before, and what may be decided; a second time close it."""
        wanted = "" if identity == self.opened or not identity.isdecimal() else identity
        await self._show(staff, wanted)

    @rx.event
    @permitted(Permission.SETTLE_BILLING)
    async def tick(self, staff: StaffMember, identity: str):
        """Take one to those that are decided together, or out of them."""
        known = identity in self.ticked
        self.ticked = [each for each in self.ticked if each != identity] if known else [*self.ticked, identity]

    @rx.event
    @permitted(Permission.SETTLE_BILLING)
    async def tick_all(self, staff: StaffMember):
        """All of the page, or none."""
        every = [line["id"] for line in self.lines]
        self.ticked = [] if len(self.ticked) == len(every) else every

    @rx.event
    @permitted(Permission.SETTLE_BILLING)
    async def decide(self, staff: StaffMember, form: dict[str, str]):
        """Approve, correct or hold: the open one, else those that are ticked."""
        ids = [self.opened] if self.opened else self.ticked
        self.problem, self.done = "", 0
        yield
        try:
            self.done = await asyncio.to_thread(_decide, [int(each) for each in ids], form, staff)
        except Problem as problem:
            self.problem, self.problem_params = problem.code, problem.params
        except ValueError:
            self.problem, self.problem_params = "billing.bad_units", {}
        else:
            self.ticked, following = [], self._following()
            await self._fill(staff)
            await self._show(staff, following if any(line["id"] == following for line in self.lines) else "")

    async def _show(self, staff: StaffMember, identity: str) -> None:
        """Open an exception with the months before it, or none."""
        self.opened, self.history = "", []
        if not identity:
            return
        try:
            self.history = await asyncio.to_thread(_history, int(identity), staff)
        except Problem as problem:
            self.problem, self.problem_params = problem.code, problem.params
        else:
            self.opened = identity

    def _following(self) -> str:
        """The row below the open one: after a decision the next is at hand."""
        ids = [line["id"] for line in self.lines]
        place = ids.index(self.opened) + 1 if self.opened in ids else len(ids)
        return ids[place] if place < len(ids) else ""

    async def _fill(self, staff: StaffMember) -> None:
        wanted = Wanted(
            cycle_of(self.cycle), self.shown_state, self.code, self.zone, self.search, self.sort, self.descending,
            self.page,
        )  # fmt: skip
        rows, self.total = await asyncio.to_thread(_look, wanted, staff)
        self.lines = [_line(each) for each in rows]
        self.pages = max(1, -(-self.total // ROWS))
        self.export_url = "/api/v1/desk/billing/exceptions?" + self._query(page=1)
        self.filled = True

    def _address(self, **changed: str | int) -> str:
        return "/desk/billing/exceptions?" + self._query(**changed)

    def _query(self, **changed: str | int) -> str:
        view: dict[str, str | int] = {
            "cycle": self.cycle, "state": self.shown_state, "code": self.code, "zone": self.zone, "q": self.search,
            "sort": self.sort, "order": "desc" if self.descending else "asc", "page": self.page,
        }  # fmt: skip
        return urlencode({name: value for name, value in (view | changed).items() if value != "" or name == "state"})


def _look(wanted: Wanted, staff: StaffMember) -> tuple[list[Queued], int]:
    with session() as db:
        return queue(db, wanted, staff.zone_ids(Permission.SEE_BILLING), ROWS)


def _history(identity: int, staff: StaffMember) -> list[Bar]:
    """The months before. What is opened may have been named by anybody: the zone is asked again, the look recorded."""
    with session() as db:
        found = settle.seen(db, identity, _by(staff, Permission.SEE_BILLING), clock.now())
        months = [*use_before(db, found.connection_id, found.cycle), (found.cycle, found.units_wh)]
    highest = max(1, *(wh for _, wh in months))
    return [Bar(cycle=month.isoformat(), wh=wh, height=max(2, 100 * max(0, wh) // highest)) for month, wh in months]


def _decide(ids: list[int], form: dict[str, str], staff: StaffMember) -> int:
    """Decide, bill what follows, and tell how many."""
    now, what, reason = clock.now(), form.get("what", ""), form.get("reason", "")
    by = _by(staff, Permission.SETTLE_BILLING)
    if not reason.strip():
        raise Problem("billing.reason_needed")
    with session() as db:
        if what == "hold":
            settle.hold(db, ids, reason, by, now)
            return len(ids)
        if what == "correct":
            units_wh = round(float(form.get("units", "").replace(",", "")) * 1000)
            decided = [each for one in ids[:1] for each in settle.correct(db, one, units_wh, reason, by, now)]
        else:
            decided = settle.approve(db, ids, reason, by, now)
    settle.bill_decided(decided, now, person_id=staff.person_id)
    return len(decided)


def _by(staff: StaffMember, permission: Permission) -> settle.By:
    return settle.By(staff.person_id, staff.where, staff.zone_ids(permission))


def _line(each: Queued) -> Line:
    reference = each.reference_wh or -1
    return Line(
        id=str(each.id),
        number=each.number,
        consumer=each.consumer,
        zone=each.zone,
        code=each.code,
        units_wh=each.units_wh,
        reference_wh=reference,
        ratio=round(100 * each.units_wh / reference) if reference > 0 else -1,
        state=each.state,
        reason=each.reason,
    )
