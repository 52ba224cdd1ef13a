"""No handler runs for a stranger: every one is guarded, or is on the short list of what anybody may call."""

import inspect
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from reflex.event import EventHandler
from sqlmodel import delete, select, update

from state.person import SignedIn, signed_in
from state.staff import StaffMember, permitted
from tests.upay.metering.house import build_house
from upay import clock
from upay.accounts import SESSION_COOKIE, Permission, Role, link, open_session, person_with
from upay.accounts.models import AccountLink, Person, SignInSession, StaffRole
from upay.db import session

PUBLIC = {"state.inbox.load", "state.inbox.watch", "state.security.check", "state.verify.look"}
"""What anybody may call, by module and name. The inbox refuses by itself outside the demonstration."""


def our_handlers() -> Iterator[tuple[str, EventHandler]]:
    """Every handler of ours that a browser can name."""
    import upay_web.upay_web  # noqa: F401 - registers every state

    def below(state: type[rx.State]) -> Iterator[type[rx.State]]:
        for each in state.get_substates():
            yield each
            yield from below(each)

    for state in below(rx.State):
        for handler in state.event_handlers.values():
            if not handler.fn.__module__.startswith(("reflex.", "reflex_")):
                yield f"{handler.fn.__module__}.{handler.fn.__name__}", handler


def test_every_handler_is_guarded_or_public_by_name():
    open_ones = {name for name, handler in our_handlers() if not hasattr(handler.fn, "guarded_for")}
    assert open_ones == PUBLIC


def test_no_handler_takes_who_is_asking_from_the_browser():
    for name, handler in our_handlers():
        assert not {"person", "staff"} & set(inspect.signature(handler.fn).parameters), name


def test_no_state_has_setters_that_a_browser_could_call():
    assert [name for name, _ in our_handlers() if name.rsplit(".", 1)[1].startswith("set_")] == []


class Diary:
    """A state as a handler sees it: the request it came with, and what it did."""

    def __init__(self, cookie: str) -> None:
        url = SimpleNamespace(path="/usage", query="c=1048217730&view=day")
        self.router = SimpleNamespace(headers=SimpleNamespace(cookie=cookie), url=url)
        self.done: list[Any] = []

    @signed_in
    async def write(self, person: SignedIn, text: str) -> None:
        self.done.append((person.mobile, text))

    @signed_in
    async def write_slowly(self, person: SignedIn, text: str):
        yield "begun"
        self.done.append((person.mobile, text))

    @signed_in
    async def list_own(self, person: SignedIn) -> None:
        self.done.append([connection.number for connection in person.connections])


@pytest.fixture
def cookie(database: str) -> str:
    """The cookie of somebody who is signed in."""
    now = clock.now()
    with session() as db:
        person = person_with(db, "+919876543210", "hi", now)
        return f"theme=dark; {SESSION_COOKIE}={open_session(db, person.id or 0, '', '', now)}"


async def test_a_signed_in_person_is_handed_to_the_handler(cookie: str):
    diary = Diary(cookie)
    await diary.write("a")
    assert [event async for event in diary.write_slowly("b")] == ["begun"]
    assert diary.done == [("+919876543210", "a"), ("+919876543210", "b")]


@pytest.mark.parametrize("held", ["", "theme=dark", f"{SESSION_COOKIE}=made-up", "\x00;;=", f"{SESSION_COOKIE}="])
async def test_a_stranger_is_sent_to_sign_in_and_nothing_runs(sqlite: None, held: str):
    diary = Diary(held)
    for answer in (await diary.write("a"), *[event async for event in diary.write_slowly("b")]):
        assert "/sign-in?next=%2Fusage%3Fc%3D1048217730%26view%3Dday" in str(answer)
    assert diary.done == []


async def test_a_browser_that_names_a_person_itself_gets_an_error(cookie: str):
    diary = Diary(cookie)
    with pytest.raises(TypeError):
        await diary.write("a", person=SignedIn(1, "", "+910000000000", []))
    assert diary.done == []


async def test_a_session_that_ended_or_a_link_that_was_removed_counts_from_the_next_event_on(cookie: str):
    """By another process, for all that this one knows: straight in the database."""
    diary, house = Diary(cookie), build_house()
    await diary.list_own()
    with session() as db:
        person_id = db.exec(select(Person.id)).one() or 0
        link(db, person_id, house, clock.now())
    await diary.list_own()
    with session() as db:
        db.exec(delete(AccountLink))
    await diary.list_own()
    assert diary.done == [[], ["1000000018"], []]
    with session() as db:
        db.exec(update(SignInSession).values(ended_at=clock.now()))
    assert "/sign-in" in str(await diary.list_own())
    assert len(diary.done) == 3


class Ledger(Diary):
    """A state of a desk page."""

    def __init__(self, cookie: str) -> None:
        super().__init__(cookie)
        self.router.session = SimpleNamespace(client_ip="10.0.0.9")

    @permitted(Permission.SEE_AUDIT)
    async def read(self, staff: StaffMember, text: str) -> None:
        self.done.append((staff.person_id, staff.where, staff.zone_ids(Permission.SEE_AUDIT), text))

    @permitted()
    async def enter(self, staff: StaffMember) -> None:
        self.done.append(staff.roles)


def employ(role: Role, *zones: int | None, strong: bool = True, **dates: datetime | None) -> None:
    """Give the one person of this test a role, and let their session have shown a second factor, or not."""
    now = clock.now()
    with session() as db:
        person_id = db.exec(select(Person.id)).one() or 0
        for zone in zones or (None,):
            facts = {"since": now, "accepted_at": now} | dates
            db.add(StaffRole(person_id=person_id, role=role, zone_id=zone, **facts))
        db.exec(update(SignInSession).values(strong=strong))


async def test_a_member_of_staff_is_handed_to_the_handler_with_zones_and_address(cookie: str):
    build_house()
    employ(Role.ADMINISTRATOR)
    employ(Role.OFFICER, 1)
    ledger = Ledger(cookie)
    await ledger.read("a")
    await ledger.enter()
    assert ledger.done == [(1, "10.0.0.9", None, "a"), {Role.ADMINISTRATOR, Role.OFFICER}]


async def test_who_works_elsewhere_in_the_house_is_told_that_this_is_not_for_them(cookie: str):
    employ(Role.BILLING)
    ledger = Ledger(cookie)
    assert "/desk/closed" in str(await ledger.read("a"))
    assert ledger.done == []


async def test_who_does_not_work_here_is_told_so_too(cookie: str):
    ledger = Ledger(cookie)
    assert "/desk/closed" in str(await ledger.enter())
    assert ledger.done == []


async def test_without_a_second_factor_no_desk_page_opens(cookie: str):
    employ(Role.ADMINISTRATOR, strong=False)
    ledger = Ledger(cookie)
    assert "/sign-in/second?next=%2Fusage" in str(await ledger.read("a"))
    assert ledger.done == []


async def test_a_stranger_at_a_desk_page_goes_to_sign_in(sqlite: None):
    ledger = Ledger(f"{SESSION_COOKIE}=made-up")
    assert "/sign-in?next=" in str(await ledger.read("a"))
    assert ledger.done == []


@pytest.mark.parametrize(
    "dates",
    [
        {"until": timedelta(seconds=-1)},
        {"since": timedelta(hours=1)},
        {"accepted_at": None, "accept_by": timedelta(seconds=-1)},
    ],
)
async def test_a_role_counts_only_when_accepted_begun_and_not_ended(cookie: str, dates: dict[str, timedelta | None]):
    now = clock.now()
    employ(Role.ADMINISTRATOR, **{name: None if off is None else now + off for name, off in dates.items()})
    assert "/desk/closed" in str(await Ledger(cookie).read("a"))


async def test_who_is_invited_is_led_to_the_invitation(cookie: str):
    employ(Role.ADMINISTRATOR, accepted_at=None, accept_by=clock.now() + timedelta(days=1))
    assert "/desk/invitation" in str(await Ledger(cookie).read("a"))


async def test_a_browser_that_names_a_member_of_staff_itself_gets_an_error(cookie: str):
    employ(Role.ADMINISTRATOR)
    ledger = Ledger(cookie)
    with pytest.raises(TypeError):
        await ledger.read("a", staff=StaffMember(99, "", {Role.ADMINISTRATOR: None}))
    assert ledger.done == []
