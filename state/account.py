"""The account page: who is signed in, the connections on their list, and who is linked to their own."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import reflex as rx
from sqlmodel import Session

from state.attempt import attempt
from state.live import hub
from state.person import SignedIn, person_behind, signed_in
from upay import clock, consent
from upay.accounts import ALL_RIGHTS, LinkedConnection, Right, grouped, is_pay_only
from upay.clock import day_of
from upay.consent import Due, Linked
from upay.db import session
from upay.errors import Problem
from upay.metering.tail import nudge


class OwnLink(TypedDict):
    """A connection on the person's list. label: nickname, else the consumer's name (masked while pay-only).

    due_paise: -1 while it is not known.  due_on: ISO date, "" without one.
    """

    number: str
    shown: str
    label: str
    nickname: str
    relation: str
    rights: list[str]
    has_all: bool
    is_own: bool
    is_pay_only: bool
    is_first: bool
    is_last: bool
    due_paise: int
    due_on: str


class SharedLink(TypedDict):
    """Somebody linked to a connection of the person's own."""

    link_id: int
    shown: str
    name: str
    mobile: str
    relation: str
    by_office: bool
    rights: list[str]
    since: str


class AccountState(rx.State):
    """What the page shows. said: key of the sentence about what was just done; undo: what can be taken back of it."""

    name: str = ""
    mobile: str = ""
    links: list[OwnLink] = []
    shared: list[SharedLink] = []
    owns_any: bool = False
    loaded: bool = False
    said: str = ""
    said_name: str = ""
    undo: str = ""
    problem: str = ""
    problem_params: dict[str, str | int] = {}

    _undo_number: str = ""
    _undo_link: int = 0
    _undo_rights: tuple[str, ...] = ()

    @rx.event
    @signed_in
    async def load(self, person: SignedIn):
        """Fill the page, and follow what others change about it."""
        self.said, self.undo, self.problem = "", "", ""
        await self._fill(person)
        return AccountState.follow

    @rx.event(background=True, supersedes=True)
    @signed_in
    async def follow(self, person: SignedIn):
        """Show what the other side has just changed, for as long as this page is open."""
        async with self:
            tab = self.router.session.session_id
        async with hub.watch(()) as feed:
            while True:
                await feed.arrival()
                feed.take()
                asking = await person_behind(self)
                async with self:
                    gone = self.router.session.session_id != tab or self.router.url.path.strip("/") != "account"
                    if asking is None or gone:
                        return
                    await self._fill(asking)

    @rx.event
    @signed_in
    async def rename(self, person: SignedIn, form: dict[str, Any]):
        """Call a connection on the list by another name."""
        number, nickname = str(form.get("number", "")), str(form.get("nickname", ""))
        await self._do(lambda db: consent.rename(db, person.person_id, number, nickname), "account.saved")

    @rx.event
    @signed_in
    async def move(self, person: SignedIn, number: str, places: int):
        """Move a connection up (-1) or down (1) the list."""
        await self._do(lambda db: consent.move(db, person.person_id, number, places), "")

    @rx.event
    @signed_in
    async def make_first(self, person: SignedIn, number: str):
        """Show a connection first on every page."""
        await self._do(lambda db: consent.make_default(db, person.person_id, number), "account.saved")

    @rx.event
    @signed_in
    async def remove(self, person: SignedIn, number: str):
        """Take a connection off the list; the page offers to take that back."""
        label = next((row["label"] for row in self.links if row["number"] == number), "")
        done = await self._do(lambda db: consent.unlink(db, person.person_id, number, clock.now()), "account.removed")
        if done:
            self.said_name, self.undo, self._undo_number = label, "remove", number

    @rx.event
    @signed_in
    async def change_rights(self, person: SignedIn, form: dict[str, Any]):
        """The owner's word on what somebody linked may do."""
        link_id, rights = whole(form.get("link")), ticked(form)
        await self._do(
            lambda db: consent.change_rights(db, person.person_id, link_id, rights, clock.now()), "account.changed"
        )

    @rx.event
    @signed_in
    async def revoke(self, person: SignedIn, link_id: int):
        """End somebody's link to one's own connection; the page offers to take that back."""
        rights = next((tuple(row["rights"]) for row in self.shared if row["link_id"] == link_id), ())
        done = await self._do(
            lambda db: consent.revoke(db, person.person_id, whole(link_id), clock.now()), "account.revoked"
        )
        if done:
            self.undo, self._undo_link, self._undo_rights = "revoke", link_id, rights

    @rx.event
    @signed_in
    async def take_back(self, person: SignedIn):
        """Undo what was just done."""
        kind, number, link_id = self.undo, self._undo_number, self._undo_link
        rights = [Right(right) for right in self._undo_rights]
        mine = person.person_id

        def undone(db: Session) -> None:
            if kind == "remove":
                consent.undo_unlink(db, mine, number, clock.now())
            elif kind == "revoke":
                consent.undo_revoke(db, mine, link_id, rights, clock.now())

        await self._do(undone, "")

    async def _do(self, what: Callable[[Session], object], said: str) -> bool:
        """Do something in one transaction and show how things stand then; or the reason why not."""
        self.said, self.undo, self.problem = "", "", ""
        given = await attempt(what)
        if isinstance(given, Problem):
            self.problem, self.problem_params = given.code, given.params
        else:
            self.said = said
        nudge()
        asking = await person_behind(self)
        if asking is not None:
            await self._fill(asking)
        return not self.problem

    async def _fill(self, person: SignedIn) -> None:
        own = person.connections
        shared, dues = await asyncio.to_thread(_found, person.person_id, [each.id for each in own])
        self.name, self.mobile = person.name, person.mobile
        self.links = [_own_link(each, place, len(own), dues.get(each.id)) for place, each in enumerate(own)]
        self.owns_any = any(each.relation == "owner" for each in own)
        self.shared = [_shared_link(each) for each in shared]
        self.loaded = True


def _found(person_id: int, connection_ids: list[int]) -> tuple[Sequence[Linked], dict[int, Due]]:
    with session() as db:
        return consent.linked_to(db, person_id), consent.dues_of(db, connection_ids)


def _own_link(own: LinkedConnection, place: int, count: int, due: Due | None) -> OwnLink:
    return OwnLink(
        number=own.number,
        shown=grouped(own.number),
        label=own.nickname or own.consumer_name,
        nickname=own.nickname,
        relation=own.relation,
        rights=_listed(own.rights),
        has_all=own.rights == ALL_RIGHTS,
        is_own=own.relation == "owner",
        is_pay_only=is_pay_only(own.rights),
        is_first=place == 0,
        is_last=place == count - 1,
        due_paise=due.paise if due else -1,
        due_on=due.due_on.isoformat() if due and due.due_on else "",
    )


def _shared_link(linked: Linked) -> SharedLink:
    return SharedLink(
        link_id=linked.link_id,
        shown=grouped(linked.number),
        name=linked.name,
        mobile=linked.mobile,
        relation=linked.relation,
        by_office=linked.basis == "office",
        rights=_listed(linked.rights),
        since=day_of(linked.since).isoformat(),
    )


def _listed(rights: frozenset[Right]) -> list[str]:
    return [right.value for right in Right if right in rights]


def ticked(form: dict[str, Any]) -> list[Right]:
    """The rights whose boxes are ticked; what else a browser sends is none."""
    return [right for right in Right if form.get(f"right_{right}")]


def whole(value: Any) -> int:
    """An id that came from a browser: a number, or one that nothing has."""
    return int(value) if str(value).isascii() and str(value).isdigit() and len(str(value)) < 10 else 0
