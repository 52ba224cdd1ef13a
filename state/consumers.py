"""The consumer look-up: found within one's zones, looked at for a reason, and nothing changed.

What is typed stands in no address: it may be a name or a mobile number, and addresses are kept and logged.
"""

import asyncio
from datetime import datetime, timedelta
from typing import TypedDict

import reflex as rx

from state.said import Said, said
from state.staff import StaffMember, permitted
from upay import clock
from upay.accounts import FOUND_MOST, Consumer, Found, Permission, look, record, search
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.metering.models import ConnectionDay
from upay.metering.usage import days, last_read_s

REASONS = ("staff.why_complaint", "staff.why_bill", "staff.why_meter", "staff.why_visit", "staff.why_asked")
_DAYS_SHOWN = 7


class FoundRow(TypedDict):
    """A connection that was found."""

    number: str
    name: str
    address: str
    zone: str
    ended: bool


class MeterRow(TypedDict):
    """A meter's stay; until_s: 0 while it stands."""

    serial: str
    since_s: int
    until_s: int


class DayRow(TypedDict):
    """A day's energy. estimated: of its blocks."""

    day: str
    wh: int
    estimated: int
    blocks: int


class LinkRow(TypedDict):
    """Somebody who looks after the connection. rights: one sentence of their names."""

    name: str
    mobile: str
    relation: str
    rights: Said


class Shown(TypedDict):
    """The connection that is looked at."""

    number: str
    name: str
    mobile: str
    address: str
    category: str
    tariff: str
    load_w: int
    prepaid: bool
    has_solar: bool
    since: str
    ended: str
    place: str
    last_read_s: int


_NOTHING = Shown(
    number="", name="", mobile="", address="", category="", tariff="", load_w=0, prepaid=False, has_solar=False,
    since="", ended="", place="", last_read_s=0,
)  # fmt: skip


class ConsumersState(rx.State):
    """wanted: the number for which a reason is asked, "" for none.  shown: what is looked at; number "" for nothing."""

    text: str = ""
    found: list[FoundRow] = []
    more: bool = False
    searched: bool = False
    wanted: str = ""
    shown: Shown = _NOTHING
    meters: list[MeterRow] = []
    days: list[DayRow] = []
    links: list[LinkRow] = []
    problem: str = ""
    problem_params: dict[str, str | int] = {}

    @rx.event
    @permitted(Permission.SEE_CONSUMERS)
    async def load(self, staff: StaffMember):
        """An empty page: what was looked at before needs a reason again."""
        self._forget()
        self.text, self.found, self.more, self.searched = "", [], False, False

    @rx.event
    @permitted(Permission.SEE_CONSUMERS)
    async def search(self, staff: StaffMember, form: dict[str, str]):
        """Find connections in one's zones."""
        self._forget()
        self.text = form.get("text", "")[:80]
        try:
            found = await asyncio.to_thread(_search, self.text, staff, clock.now())
        except Problem as problem:
            self._say(problem)
            self.found, self.searched = [], False
            return
        self.more, self.searched = len(found) > FOUND_MOST, True
        self.found = [
            FoundRow(number=one.number, name=one.name, address=one.address, zone=one.zone, ended=one.ended)
            for one in found[:FOUND_MOST]
        ]

    @rx.event
    @permitted(Permission.SEE_CONSUMERS)
    async def want(self, staff: StaffMember, number: str):
        """Ask for the reason."""
        self._forget()
        self.wanted = number[:10]

    @rx.event
    @permitted(Permission.SEE_CONSUMERS)
    async def look(self, staff: StaffMember, form: dict[str, str]):
        """Look, for the reason chosen or typed; the look is written down before anything is shown."""
        chosen, typed = form.get("reason", ""), form.get("words", "").strip()
        why = typed or (chosen if chosen in REASONS else "")
        number = self.wanted
        try:
            one, energy, read_s = await asyncio.to_thread(_look, number, why, staff, clock.now())
        except Problem as problem:
            self._say(problem)
            return
        self._forget()
        self._show(one, energy, read_s)

    def _show(self, one: Consumer, energy: list[ConnectionDay], read_s: int | None) -> None:
        self.shown = Shown(
            number=one.number,
            name=one.name,
            mobile=one.mobile,
            address=one.address,
            category=one.category,
            tariff=one.tariff_id,
            load_w=one.sanctioned_load_w,
            prepaid=one.prepaid,
            has_solar=one.has_solar,
            since=one.energised_on.isoformat() if one.energised_on else "",
            ended=one.ended_on.isoformat() if one.ended_on else "",
            place=" › ".join((one.zone, one.substation, one.feeder, one.dtr)),
            last_read_s=read_s or 0,
        )
        self.meters = [
            MeterRow(serial=m.serial, since_s=_seconds(m.since), until_s=_seconds(m.until) if m.until else 0)
            for m in one.meters
        ]
        self.days = [
            DayRow(day=day.day.isoformat(), wh=day.import_wh, estimated=day.estimated, blocks=day.blocks)
            for day in reversed(energy)
        ]
        self.links = [
            LinkRow(name=p.name, mobile=p.mobile, relation=p.relation, rights=_rights(sorted(p.rights)))
            for p in one.people
        ]

    def _forget(self) -> None:
        self.wanted, self.shown, self.meters, self.days, self.links = "", _NOTHING, [], [], []
        self._say(None)

    def _say(self, problem: Problem | None) -> None:
        self.problem, self.problem_params = (problem.code, problem.params) if problem else ("", {})


def _rights(rights: list[str]) -> Said:
    names = [said(f"staff.right_{right}") for right in rights] or [said("staff.right_none")]
    return Said(hi=", ".join(name["hi"] for name in names), en=", ".join(name["en"] for name in names))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _search(text: str, staff: StaffMember, now: datetime) -> list[Found]:
    with session() as db:
        found = search(db, text, staff.zone_ids(Permission.SEE_CONSUMERS))
        about = f"found:{min(len(found), FOUND_MOST)}"
        record(db, actor=staff.person_id, what="consumers.searched", about=about, where=staff.where, now=now)
        return found


def _look(
    number: str, why: str, staff: StaffMember, now: datetime
) -> tuple[Consumer, list[ConnectionDay], int | None]:
    zones, today = staff.zone_ids(Permission.SEE_CONSUMERS), day_of(now)
    with session() as db:
        one = look(db, number, zones, actor=staff.person_id, why=why, where=staff.where, now=now)
    # The trace is committed before anything else is read.
    with session() as db:
        energy = days(db, one.connection_id, today - timedelta(days=_DAYS_SHOWN), today)
        return one, energy, last_read_s(db, one.connection_id)
