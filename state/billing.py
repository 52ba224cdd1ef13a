"""The billing desk: cycles of the zones with what they came to, live while one runs; dry runs and runs."""

import asyncio
from typing import TypedDict

import reflex as rx

from state.staff import StaffMember, permitted
from upay import clock
from upay.accounts import Permission, record
from upay.billing import Asked, cycle_of, next_cycle, run_cycle
from upay.billing.desk import ZoneCycle, exception_counts, zone_cycles
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem

_TICK_S = 1.0


class ZoneRow(TypedDict):
    """A zone's cycle for the table. before_paise: -1 where the cycle before was not billed; dry_…: -1 before a dry run.

    percent: share of the shards that are done, of a run under way.
    """

    code: str
    name: str
    name_hi: str
    state: str
    connections: int
    billed: int
    unbilled: int
    provisional: int
    exceptions: int
    units_wh: int
    current_paise: int
    before_paise: int
    dry_paise: int
    dry_billed: int
    dry_exceptions: int
    percent: int


class Kind(TypedDict):
    """How many exceptions of a kind wait."""

    code: str
    count: int


class BillingState(rx.State):
    """The cycle shown, by zone and in all."""

    cycle: str = ""
    earlier: str = ""
    later: str = ""
    zones: list[ZoneRow] = []
    kinds: list[Kind] = []
    total_paise: int = 0
    before_paise: int = -1
    connections: int = 0
    billed: int = 0
    provisional: int = 0
    waiting: int = 0
    asked_zone: str = ""
    running: bool = False
    may_run: bool = False
    problem: str = ""
    problem_params: dict[str, str | int] = {}
    filled: bool = False

    @rx.event(supersedes=True)
    @permitted(Permission.SEE_BILLING)
    async def load(self, staff: StaffMember):
        """Show the cycle that the address names, else the latest that is over."""
        self.problem, self.asked_zone = "", ""
        try:
            month = cycle_of(self.router.url.query_parameters.get("cycle", "") or _latest())
        except Problem as problem:
            self.problem, self.problem_params = problem.code, problem.params
            month = cycle_of(_latest())
        self.cycle = f"{month:%Y-%m}"
        self.earlier = f"{next_cycle(month, -1):%Y-%m}"
        self.later = f"{next_cycle(month):%Y-%m}" if f"{next_cycle(month):%Y-%m}" <= _latest() else ""
        self.may_run = staff.may(Permission.RUN_BILLING)
        await self._fill(staff)

    @rx.event
    @permitted(Permission.RUN_BILLING)
    async def ask(self, staff: StaffMember, zone: str):
        """Try a zone's cycle, and then ask whether to bill it."""
        self.asked_zone = "" if zone == self.asked_zone else zone
        if self.asked_zone:
            self.problem = ""
            yield
            await self._run(staff, zone, dry_run=True)
            await self._fill(staff)

    @rx.event
    @permitted(Permission.RUN_BILLING)
    async def forget(self, staff: StaffMember):
        """Do not bill it now."""
        self.asked_zone = ""

    @rx.event(background=True)
    @permitted(Permission.RUN_BILLING)
    async def bill(self, staff: StaffMember, zone: str):
        """Bill the zone's cycle, and show how far it is until it is done."""
        async with self:
            if not self._is_theirs(staff, zone):
                return
            self.running, self.asked_zone = True, ""
        work = asyncio.create_task(self._work(staff, zone, dry_run=False))
        while not work.done():
            await asyncio.wait([work], timeout=_TICK_S)
            async with self:
                await self._fill(staff)
        async with self:
            self.running = False
            if (problem := work.result()) is not None:
                self.problem, self.problem_params = problem.code, problem.params

    async def _run(self, staff: StaffMember, zone: str, dry_run: bool) -> None:
        if not self._is_theirs(staff, zone):
            return
        problem = await self._work(staff, zone, dry_run)
        if problem is not None:
            self.problem, self.problem_params, self.asked_zone = problem.code, problem.params, ""

    async def _work(self, staff: StaffMember, zone: str, dry_run: bool) -> Problem | None:
        try:
            await asyncio.to_thread(_bill, self.cycle, zone, staff, dry_run)
        except Problem as problem:
            return problem
        return None

    def _is_theirs(self, staff: StaffMember, zone: str) -> bool:
        """Whether a zone is among those shown, and theirs to bill."""
        mine = staff.zone_ids(Permission.RUN_BILLING)
        with session() as db:
            found = {row.code: row.zone_id for row in zone_cycles(db, cycle_of(self.cycle), mine)}
        return zone in found

    async def _fill(self, staff: StaffMember) -> None:
        rows, kinds = await asyncio.to_thread(_look, self.cycle, staff)
        self.zones = [_row(each) for each in rows]
        self.kinds = kinds
        self.total_paise = sum(each.current_paise for each in rows)
        before = [each.before_paise for each in rows if each.before_paise is not None]
        self.before_paise = sum(before) if before else -1
        self.connections = sum(each.connections for each in rows)
        self.billed = sum(each.billed for each in rows)
        self.provisional = sum(each.provisional for each in rows)
        self.waiting = sum(each["count"] for each in kinds)
        self.filled = True


def _latest() -> str:
    """The month before this one: the latest whose days are over."""
    return f"{next_cycle(day_of(clock.now()).replace(day=1), -1):%Y-%m}"


def _look(cycle: str, staff: StaffMember) -> tuple[list[ZoneCycle], list[Kind]]:
    zones = staff.zone_ids(Permission.SEE_BILLING)
    with session() as db:
        rows = zone_cycles(db, cycle_of(cycle), zones)
        counts: dict[str, int] = {}
        for code, state, count in exception_counts(db, cycle_of(cycle), zones):
            if state in ("open", "held"):
                counts[code] = counts.get(code, 0) + count
    return rows, [Kind(code=code, count=count) for code, count in sorted(counts.items(), key=lambda each: -each[1])]


def _bill(cycle: str, zone: str, staff: StaffMember, dry_run: bool) -> None:
    now = clock.now()
    if not dry_run:
        with session() as db:
            record(
                db, actor=staff.person_id, what="billing.audit_run", about=f"{cycle} {zone}", where=staff.where, now=now
            )
    run_cycle(cycle_of(cycle), [zone], now, Asked(dry_run, person_id=staff.person_id))


def _row(each: ZoneCycle) -> ZoneRow:
    return ZoneRow(
        code=each.code,
        name=each.name,
        name_hi=each.name_hi,
        state=each.state,
        connections=each.connections,
        billed=each.billed,
        unbilled=max(0, each.connections - each.billed),
        provisional=each.provisional,
        exceptions=each.exceptions,
        units_wh=each.units_wh,
        current_paise=each.current_paise,
        before_paise=-1 if each.before_paise is None else each.before_paise,
        dry_paise=-1 if each.dry_paise is None else each.dry_paise,
        dry_billed=each.dry_billed or 0,
        dry_exceptions=each.dry_exceptions or 0,
        percent=100 * each.shards_done // each.shards if each.shards else 0,
    )
