"""The audit page: the log, filtered as the address says, and the proof that it is whole."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypedDict
from urllib.parse import urlencode

import reflex as rx

from state.said import Said, said
from state.staff import StaffMember, permitted
from upay.accounts import Permission, Sought, Told, Verdict, actors, entries, verify
from upay.clock import day_of, day_start
from upay.db import session

SHOWN = 50
KINDS = ("", "staff.", "consumers.", "security.", "billing.", "tariff.", "audit.")
"""What an entry may be about: beginnings of the keys."""
_FILTERS = ("who", "number", "what", "from", "to", "before")


class AuditRow(TypedDict):
    """An entry as the page lists it. who: "" for a command or a job.  number: the consumer number, "" for none."""

    id: int
    day: str
    at_s: int
    who: str
    what: Said
    about: str
    number: str
    why: Said
    place: str


class Actor(TypedDict):
    """Somebody who stands in the log."""

    id: str
    name: str


class AuditState(rx.State):
    """older_url: the next page, "" on the last.  broken_at: the first entry that is not right, 0 when all are."""

    rows: list[AuditRow] = []
    people: list[Actor] = []
    who: str = ""
    number: str = ""
    what: str = ""
    first: str = ""
    last: str = ""
    older_url: str = ""
    newest_url: str = ""
    export_url: str = ""
    filled: bool = False
    verified: bool = False
    verifying: bool = False
    counted: int = 0
    seal: str = ""
    broken_at: int = 0
    broken_why: str = ""

    @rx.event(supersedes=True)
    @permitted(Permission.SEE_AUDIT)
    async def load(self, staff: StaffMember):
        """Show what the address asks for."""
        asked = self.router.url.query_parameters
        sought = sought_of(asked, staff.zone_ids(Permission.SEE_AUDIT))
        before = asked.get("before", "")
        found, people = await asyncio.to_thread(_page, sought, int(before) if before.isdecimal() else None)
        self.rows = [audit_row(each) for each in found[:SHOWN]]
        self.people = [Actor(id=str(person_id), name=name) for person_id, name in people]
        self.who, self.number, self.what = asked.get("who", ""), asked.get("number", ""), asked.get("what", "")
        self.first, self.last = asked.get("from", ""), asked.get("to", "")
        older = found[SHOWN - 1].entry.id if len(found) > SHOWN else 0
        self.older_url = audit_address(asked, before=str(older)) if older else ""
        self.newest_url = audit_address(asked, before="") if before else ""
        self.export_url = "/api/v1/desk/audit.csv?" + audit_address(asked, before="").partition("?")[2]
        self.filled = True

    @rx.event
    @permitted(Permission.SEE_AUDIT)
    async def seek(self, staff: StaffMember, form: dict[str, str]):
        """Other filters."""
        return rx.redirect(audit_address({**form, "before": ""}))

    @rx.event
    @permitted(Permission.SEE_AUDIT)
    async def verify(self, staff: StaffMember):
        """Look over the whole log."""
        self.verifying, self.verified = True, False
        yield
        found = await asyncio.to_thread(_verify)
        self.counted, self.seal = found.entries, found.seal
        self.broken_at, self.broken_why = found.broken_at or 0, found.why
        self.verifying, self.verified = False, True


def sought_of(asked: Mapping[str, str], zones: frozenset[int] | None) -> Sought:
    """What an address seeks; a value that cannot be read seeks nothing."""
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    who = asked.get("who", "")
    return Sought(
        who=int(who) if who.isdecimal() and len(who) < 10 else None,
        number="".join(str(int(sign)) for sign in asked.get("number", "") if sign.isdecimal()),
        what=asked.get("what", "") if asked.get("what", "") in KINDS else "",
        first=day_start(first) if first else None,
        last=day_start(last + timedelta(days=1)) if last else None,
        zones=zones,
    )


def audit_address(asked: Mapping[str, str], **other: str) -> str:
    """The page's address with these filters."""
    held = {name: value for name in _FILTERS if (value := {**asked, **other}.get(name, ""))}
    return f"/desk/audit?{urlencode(held)}" if held else "/desk/audit"


def audit_row(told: Told) -> AuditRow:
    """An entry as the page and the export show it."""
    entry = told.entry
    return AuditRow(
        id=entry.id,
        day=day_of(entry.at).isoformat(),
        at_s=int(entry.at.timestamp()),
        who=told.who,
        what=said(entry.what),
        about=entry.about,
        number=told.number,
        why=said(entry.why),
        place=entry.place,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _page(sought: Sought, before: int | None) -> tuple[list[Told], list[tuple[int, str]]]:
    with session() as db:
        return entries(db, sought, SHOWN + 1, before), actors(db)


def _verify() -> Verdict:
    with session() as db:
        return verify(db)
