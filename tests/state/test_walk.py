"""Every event handler and every route, tried by everybody with what is not theirs: nothing of it is shown or changed.

The victim is the house of these tests: its number, its consumer's name, its owner's mobile. Each handler is called as a
stranger, as another consumer and as every role with a zone elsewhere, with the victim's ids in every argument.
"""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import reflex as rx
from fastapi.routing import APIRoute, _IncludedRouter
from fastapi.testclient import TestClient
from reflex.event import EventHandler
from reflex.istate.data import RouterData
from sqlalchemy import inspect as tables_of
from sqlalchemy import text
from sqlmodel import select, update

from state.person import SignedIn
from state.staff import StaffMember
from tests.state.test_guard import our_handlers
from tests.upay.metering.house import build_house
from upay import clock
from upay.accounts import SESSION_COOKIE, Role, link, open_session, person_with
from upay.accounts.models import AccountLink, SignInSession, StaffRole
from upay.db import engine, session
from upay.errors import Problem
from upay.network.models import Connection, Zone
from upay_web.http.app import api

NUMBER, NAME, OWNER, OTHER = "1000000018", "Victim Vasundhara", "+919876543210", "+919876543211"
STRANGER, CONSUMER = "stranger", "consumer"
EVERYBODY = (STRANGER, CONSUMER, *(role.value for role in Role))
# What anybody may ask, each by its whole address; every other route names its guard.
PUBLIC_ROUTES = {
    "/", "/health", "/metrics", "/api/{rest:path}",
    "/api/v1/docs", "/api/v1/docs/start.js", "/api/v1/docs/{name}",
    "/api/v1/sign-in/code", "/api/v1/sign-in/verify", "/api/v1/sign-in/password", "/api/v1/sign-in/second",
    "/api/v1/sign-out", "/api/v1/reset/code", "/api/v1/reset/verify",
    "/api/v1/register/account/code", "/api/v1/register/account/verify",
    "/api/v1/passkeys/sign-in", "/api/v1/passkeys/sign-in/options",
    "/api/v1/quote",
}  # fmt: skip
GUARDS = {"person", "visit", "fresh_visit", "_sender", "OwnConnection", "StaffFor"}
# They run for as long as their page is open; that their guard stands first is tried for who is not let in.
FOLLOWING = {"follow", "watch"}


@pytest.fixture
def house(sqlite: None) -> int:
    """The victim, and somebody else who has nothing."""
    connection_id, now = build_house(), clock.now()
    with session() as db:
        home = db.exec(select(Connection)).one()
        home.consumer_name, home.mobile = NAME, OWNER
        db.add(Zone(code="ELSE", name="Elsewhere", name_hi="अन्यत्र"))
        link(db, person_with(db, OWNER, "en", now).id or 0, connection_id, now)
        person_with(db, OTHER, "en", now).name = "Other"
    return connection_id


def token_for(who: str) -> str:
    """A session of nobody, of another consumer, or of a role bound to another zone than the victim's."""
    if who == STRANGER:
        return "made-up"
    now = clock.now()
    with session() as db:
        person_id = person_with(db, OTHER, "en", now).id or 0
        token = open_session(db, person_id, "", "", now)
        if who != CONSUMER:
            zone = db.exec(select(Zone.id).where(Zone.code == "ELSE")).one()
            db.add(StaffRole(person_id=person_id, role=who, zone_id=zone, since=now, accepted_at=now))
        db.flush()
        db.exec(update(SignInSession).values(strong=True, proved_at=now))
    return token


def theirs() -> dict[str, list[Any]]:
    """Every row of every table that is about the victim, and (where nothing may be done at all) every other too."""
    with engine().connect() as connection:
        names = [name for name in tables_of(engine()).get_table_names() if name != "signinsession"]
        return {name: sorted(map(repr, connection.execute(text(f'SELECT * FROM "{name}"')))) for name in names}


def arguments(handler: EventHandler, connection_id: int) -> dict[str, Any]:
    """The victim's ids in every argument, by the argument's type."""
    form = dict.fromkeys(("number", "text", "mobile", "c", "consumer"), NUMBER) | {
        "reason": "staff.why_meter", "words": "curious", "why": "curious", "role": "administrator", "link_id": "1",
        "rights": "usage", "nickname": "mine", "name": "Mallory", "code": "000000", "relation": "family",
    }  # fmt: skip
    given: dict[type, Any] = {str: NUMBER, int: connection_id, bool: True}
    asked = list(inspect.signature(handler.fn).parameters.values())[1:]
    return {each.name: given.get(each.annotation, dict(form)) for each in asked}


def tab_of(token: str) -> Any:
    """All states of a tab of its own, whose address names the victim."""
    root: Any = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    headers = {"cookie": f"{SESSION_COOKIE}={token}", "origin": "http://localhost:3000"}
    told = {"headers": headers, "pathname": "/", "asPath": f"/?c={NUMBER}", "query": {"c": NUMBER}, "token": "tab"}
    root.router = RouterData.from_router_data(told)
    return root


async def called(handler: EventHandler, token: str, connection_id: int) -> str:
    """Everything that one call gives back or leaves in its state, as text."""
    root = tab_of(token)
    state = root.get_substate(handler.state_full_name.split("."))
    gave: list[Any] = []
    try:
        made = handler.fn(state, **arguments(handler, connection_id))
        gave = [event async for event in made] if hasattr(made, "__aiter__") else [await made]
    except Problem as problem:
        gave = [problem.code]
    return f"{gave} {root.dict()}"


HANDLERS = {f"{each.state_full_name}.{name.rsplit('.', 1)[1]}": each for name, each in our_handlers()}


@pytest.mark.parametrize("who", EVERYBODY)
async def test_no_handler_shows_or_changes_what_is_not_the_callers(house: int, who: str):
    token = token_for(who)
    before = theirs()
    for name, handler in sorted(HANDLERS.items()):
        kind = getattr(handler.fn, "guarded_for", None)
        permission = getattr(handler.fn, "permission", None)
        let_in = (kind is SignedIn and who != STRANGER) or (
            kind is StaffMember and who not in (STRANGER, CONSUMER) and _opens(permission, who)
        )
        if kind is None or (let_in and name.rsplit(".", 1)[1] in FOLLOWING):
            continue
        said = await called(handler, token, house)
        assert NAME not in said and OWNER not in said, f"{name} shows {who} the victim"
        if not let_in:
            assert theirs() == before, f"{name} did something for {who}"
            assert "sign-in" in said or "/desk/closed" in said, f"{name} does not say where {who} is to go"
        before = theirs()
    with session() as db:
        assert [one.rights for one in db.exec(select(AccountLink).where(AccountLink.relation == "owner"))]
        taken = db.exec(select(AccountLink).where(AccountLink.relation != "owner")).all()
        assert [one for one in taken if one.rights] == [], "rights without the owner's word"
        assert db.exec(select(Connection.consumer_name)).one() == NAME


def _opens(permission: Any, who: str) -> bool:
    return permission is None or StaffMember(0, "", {Role(who): None}).may(permission)


def routes() -> Iterator[APIRoute]:
    """Every route of the application beside the pages."""
    for each in api.routes:
        if isinstance(each, _IncludedRouter):
            yield from (route for route in each.original_router.routes if isinstance(route, APIRoute))
        elif isinstance(each, APIRoute):
            yield each


def guards_of(dependant: Any) -> set[str]:
    """The names of all dependencies of a route, however deep."""
    names = {getattr(dependant.call, "__name__", type(dependant.call).__name__)} if dependant.call else set()
    return names.union(*(guards_of(each) for each in dependant.dependencies))


def test_every_route_is_either_guarded_or_public_by_name():
    found = list(routes())
    assert len(found) > 20
    unguarded = {route.path for route in found if not guards_of(route.dependant) & GUARDS}
    assert unguarded - PUBLIC_ROUTES == set(), "neither guarded nor public by name"
    assert PUBLIC_ROUTES - unguarded == set(), "public by name, but guarded or gone"


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_route_shows_or_changes_what_is_not_the_callers(house: int, who: str):
    token = token_for(who)
    with TestClient(api, base_url="http://localhost:3000", follow_redirects=False) as browser:
        browser.cookies.set(SESSION_COOKIE, token)
        for route in routes():
            if route.path in PUBLIC_ROUTES:
                continue
            address = route.path.replace("{number}", NUMBER)
            while "{" in address:
                start, end = address.index("{"), address.index("}")
                address = f"{address[:start]}{house}{address[end + 1:]}"
            for method in sorted(route.methods):
                before = theirs()
                days = dict.fromkeys(("on", "first", "last"), "2026-11-20")
                asked = {"view": "day", "format": "csv"} | days
                answer = browser.request(method, address, params=asked, headers={"Origin": "http://localhost:3000"})
                where = f"{method} {route.path} for {who}"
                assert answer.status_code != 500, where
                assert NAME not in answer.text and OWNER not in answer.text, where
                if "{number}" in route.path:
                    assert answer.status_code in (401, 404), where
                if answer.status_code in (401, 403, 404):
                    assert theirs() == before, where
