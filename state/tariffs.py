"""The tariff desk: versions with their sources, a new row with what it would have cost, and who decides."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session, col, select

from state.staff import StaffMember, permitted
from state.tariff_rows import (
    Both,
    Field,
    MoverRow,
    Named,
    Part,
    Proposal,
    Version,
    both,
    fields_of,
    parts_of,
    proposal_of,
    versions_of,
)
from upay import clock
from upay.accounts import Permission
from upay.accounts.models import Person
from upay.billing import WhatIf, last_cycle, what_if
from upay.bulk import bulk
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.settings import settings
from upay.tariffs import (
    as_row,
    book,
    can_grow,
    considered,
    decide,
    draft_of,
    grown,
    propose,
    proposed_schedules,
    shrunk,
    with_values,
)


class TariffState(rx.State):
    """What the address asks for: a tariff (t) and the part of it that a new row is written for (part).

    preview: "" before it was asked for, "running" or "done".  problem: a sentence in each language, none while all is
    well.  Amounts in paise.
    """

    tariffs: list[Named] = []
    tariff_id: str = ""
    category: str = ""
    versions: list[Version] = []
    parts: list[Part] = []
    topic: str = ""
    topic_name: Both = {}
    fields: list[Field] = []
    can_grow: bool = False
    proposals: list[Proposal] = []
    may_propose: bool = False
    may_decide: bool = False
    filled: bool = False
    problem: Both = {}
    done: str = ""
    preview: str = ""
    preview_cycle: str = ""
    preview_bills: int = 0
    preview_changed: int = 0
    preview_before: int = 0
    preview_after: int = 0
    movers: list[MoverRow] = []

    _draft: dict[str, Any] = {}

    @rx.event(supersedes=True)
    @permitted(Permission.SEE_TARIFFS)
    async def load(self, staff: StaffMember):
        """Show what the address asks for."""
        asked = self.router.url.query_parameters
        self.may_propose, self.may_decide = staff.may(Permission.PROPOSE_TARIFF), staff.may(Permission.APPROVE_TARIFF)
        await self._show(staff, asked.get("t", ""), asked.get("part", ""))

    @rx.event
    @permitted(Permission.PROPOSE_TARIFF)
    async def keep(self, staff: StaffMember, path: str, value: str):
        """What was just written stays when the form is drawn anew."""
        self._draft = with_values(self._draft, {path: value})

    @rx.event
    @permitted(Permission.PROPOSE_TARIFF)
    async def grow(self, staff: StaffMember):
        """One more slab, band, class or step."""
        self._write(grown(self._draft))

    @rx.event
    @permitted(Permission.PROPOSE_TARIFF)
    async def shrink(self, staff: StaffMember):
        """One less."""
        self._write(shrunk(self._draft))

    @rx.event(background=True, supersedes=True)
    @permitted(Permission.PROPOSE_TARIFF)
    async def look(self, staff: StaffMember, form: dict[str, str]):
        """Check the row, and price the last cycle's bills by it; the count grows as they are priced."""
        async with self:
            self._write(with_values(self._draft, form))
            tariff_id, topic, row = self.tariff_id, self.topic, as_row(self._draft)
            self.preview, self.preview_bills = "running", 0
        loop, counted = asyncio.get_running_loop(), asyncio.Queue[int]()

        def count(bills: int) -> None:
            loop.call_soon_threadsafe(counted.put_nowait, bills)

        work = asyncio.create_task(asyncio.to_thread(_previewed, tariff_id, topic, row, count))
        while not work.done():
            try:
                bills = await asyncio.wait_for(counted.get(), 0.3)
            except TimeoutError:
                continue
            async with self:
                self.preview_bills = bills
        async with self:
            self._tell(await work)

    @rx.event
    @permitted(Permission.PROPOSE_TARIFF)
    async def propose(self, staff: StaffMember, form: dict[str, str]):
        """Put the row that was looked at before somebody else."""
        where, now, row = staff.where, clock.now(), as_row(self._draft)
        try:
            await asyncio.to_thread(
                _proposed, self.tariff_id, self.topic, row, form.get("reason", ""), staff.person_id, where, now
            )
        except Problem as problem:
            self.problem = both(problem.code, **problem.params)
            return
        await self._show(staff, self.tariff_id, "")
        self.done = "proposed"

    @rx.event
    @permitted(Permission.APPROVE_TARIFF)
    async def decide(self, staff: StaffMember, form: dict[str, str]):
        """Approve or reject a proposal. form: number, verdict (approve or reject), reason."""
        text, approved = form.get("number", ""), form.get("verdict") == "approve"
        number = int(text) if text.isdecimal() else 0
        try:
            await asyncio.to_thread(
                _decided, number, approved, form.get("reason", ""), staff.person_id, staff.where, clock.now()
            )
        except Problem as problem:
            self.problem = both(problem.code, **problem.params)
            return
        await self._show(staff, self.tariff_id, "")
        self.done = "approved" if approved else "rejected"

    async def _show(self, staff: StaffMember, tariff_id: str, topic: str) -> None:
        found = await asyncio.to_thread(_desk, staff.person_id, tariff_id, topic)
        self.tariffs, self.tariff_id, self.category = found.tariffs, found.tariff_id, found.category
        self.versions, self.parts, self.proposals = found.versions, found.parts, found.proposals
        self.topic, self.problem, self.done, self.preview, self.movers = found.topic, {}, "", "", []
        self.topic_name = both(f"tariff.topic_{found.topic}") if found.topic else {}
        self._draft = found.draft
        self.fields, self.can_grow = fields_of(found.draft), can_grow(found.draft)
        self.filled = True

    def _write(self, draft: dict[str, Any]) -> None:
        self._draft, self.problem, self.preview, self.movers = draft, {}, "", []
        self.fields, self.can_grow = fields_of(draft), can_grow(draft)

    def _tell(self, found: WhatIf | Problem) -> None:
        if isinstance(found, Problem):
            self.problem, self.preview = both(found.code, **found.params), ""
            return
        self.preview, self.preview_cycle = "done", found.cycle.isoformat() if found.cycle else ""
        self.preview_bills, self.preview_changed = found.bills, found.changed
        self.preview_before, self.preview_after = found.before_paise, found.after_paise
        self.movers = [
            MoverRow(number=each.number, before_paise=each.before_paise, after_paise=each.after_paise)
            for each in found.movers
        ]


@dataclass(frozen=True)
class _Desk:
    """Everything the page shows at first."""

    tariffs: list[Named]
    tariff_id: str
    category: str
    versions: list[Version]
    parts: list[Part]
    topic: str
    draft: dict[str, Any]
    proposals: list[Proposal]


def _desk(person_id: int, wanted: str, topic: str) -> _Desk:
    today = day_of(clock.now())
    with session() as db:
        rates = book(db)
        own = rates.of_pack(settings().pack)
        tariff = next((each for each in own if each.id == wanted), own[0])
        rows = tariff.rows.get(topic, ())
        draft = draft_of(rows[-1].table) if rows else {}
        if draft:
            draft |= {"from": today.isoformat(), "source": "", "confidence": "C"}
            draft.pop("to", None)
        return _Desk(
            tariffs=[Named(id=each.id, name=dict(each.name), chosen=each is tariff) for each in own],
            tariff_id=tariff.id,
            category=tariff.category,
            versions=versions_of(rates.versions(tariff.id), today.isoformat()),
            parts=parts_of(tariff),
            topic=topic if draft else "",
            draft=draft,
            proposals=_proposals(db, person_id),
        )


def _proposals(db: Session, person_id: int) -> list[Proposal]:
    found = considered(db, 50)
    ids = {each.proposal.proposed_by for each in found} | {each.decision.decided_by for each in found if each.decision}
    people = {person.id or 0: person for person in db.exec(select(Person).where(col(Person.id).in_(ids)))}
    return [proposal_of(each, people, person_id, json.loads(each.proposal.row)) for each in found]


def _previewed(tariff_id: str, topic: str, row: str, on_progress: Any) -> WhatIf | Problem:
    try:
        with session() as db:
            schedules, cycle = proposed_schedules(db, tariff_id, topic, row), last_cycle(db)
        if cycle is None:
            return WhatIf(None, 0, 0, 0, 0, ())
        with bulk() as db:
            return what_if(db, cycle, schedules, on_progress)
    except Problem as problem:
        return problem


def _proposed(tariff_id: str, topic: str, row: str, reason: str, person_id: int, where: str, now: Any) -> None:
    with session() as db:
        propose(db, tariff_id, topic, row, reason, person_id, where, now)


def _decided(number: int, approved: bool, reason: str, person_id: int, where: str, now: Any) -> None:
    with session() as db:
        decide(db, number, approved, reason, person_id, where, now)
