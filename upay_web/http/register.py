"""Becoming known: by a mobile number (then name and language), or by a consumer number (then name and password)."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from upay import clock
from upay.accounts import (
    Purpose,
    Visit,
    arrive,
    asked_for,
    check_code,
    check_rules,
    connections_of,
    consumer_number_of,
    end_sessions,
    hashed,
    in_turn,
    password_of,
    person_with,
    prove_again,
    send_code,
    set_password,
)
from upay.accounts.models import Person
from upay.clock import day_of
from upay.consent import Purpose as Agreement
from upay.consent import give_once
from upay.db import session
from upay.errors import Problem
from upay.network import connection_by_number
from upay_web.http.forms import (
    WAITING_COOKIE,
    FreshVisiting,
    Short,
    Text,
    Visiting,
    address,
    arrived,
    back,
    browser_of,
    inside,
    keep_session,
    keep_waiting,
    spoken,
    to,
)
from upay_web.http.told import tell_of_change

router = APIRouter(tags=["sign-in"], include_in_schema=False)

_LONGEST_NAME = 60


@router.post("/api/v1/register/name")
def give_name(visiting: Visiting, name: Text = "", language: Short = "", next: Text = "") -> RedirectResponse:
    """What a new person is called, and in which language messages come."""
    called = " ".join(name.split())
    if not called:
        return back("/register/name", Problem("register.name_missing"), next)
    if len(called) > _LONGEST_NAME or not called.isprintable():
        return back("/register/name", Problem("register.name_long", {"most": _LONGEST_NAME}), next)
    with session() as db:
        person = db.get_one(Person, visiting.person.id)
        person.name, person.language = called, spoken(language)
    return to(inside(next) or "/home")


@router.post("/api/v1/register/account/code")
def ask_by_account(
    request: Request, number: Text = "", language: Short = "", next: Text = "", again: bool = Form(False)
) -> RedirectResponse:
    """Send a code to the mobile registered for a consumer number; of one that has none, all looks the same."""
    browser, now = browser_of(request), clock.now()
    try:
        with session() as db:
            waiting = asked_for(db, request.cookies.get(WAITING_COOKIE, ""), Purpose.ACCOUNT) if again else None
            asked = waiting or consumer_number_of(number)
            found = connection_by_number(db, asked)
            standing = found is not None and (found.ended_on is None or found.ended_on > day_of(now))
            mobile = found.mobile if found is not None and standing and found.mobile else ""
            sent = send_code(
                db, mobile, spoken(language), browser.address, now, Purpose.ACCOUNT, asked=asked, known=browser.known
            )
    except Problem as problem:
        return back("/register/account/code" if again else "/register/account", problem, next)
    answer = to("/register/account/code", ending=sent.ending, minutes=sent.minutes, next=inside(next))
    keep_waiting(answer, WAITING_COOKIE, sent.handle)
    return answer


@router.post("/api/v1/register/account/verify")
def verify_account(
    request: Request,
    code: Short = "",
    language: Short = "",
    next: Text = "",
    ending: Short = "",
    minutes: Short = "",
) -> RedirectResponse:
    """Check the code: its holder is the owner, signed in, and goes on to choose a user name and password."""
    now, browser, handle = clock.now(), browser_of(request), request.cookies.get(WAITING_COOKIE, "")
    with session() as db:
        mobile = check_code(db, handle, code, now, Purpose.ACCOUNT, browser.address, browser.known)
        if isinstance(mobile, Problem):
            return back("/register/account/code", mobile, next, ending=ending[:2], minutes=minutes[:3])
        person = person_with(db, mobile, spoken(language), now)
        assert person.id is not None
        give_once(db, Agreement.ACCOUNT, person, "code", now)
        if not person.name and (own := connections_of(db, person.id)):
            person.name = own[0].consumer_name[:_LONGEST_NAME]
        has_password = password_of(db, person.id) is not None
        arrival = arrive(db, person, browser, now)
    wanted = inside(next) or "/home"
    return arrived(arrival, wanted if has_password else address("/account/password", next=wanted))


@router.post("/api/v1/account/password")
async def choose_password(
    request: Request,
    visiting: FreshVisiting,
    name: Text = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Text = "",
) -> RedirectResponse:
    """A user name and password, the first or another. Every other browser is signed out, and the person is told."""
    try:
        user_name, chosen = await run_in_threadpool(_checked, visiting, name, password)
        hash = await in_turn(hashed, chosen)
        token = await run_in_threadpool(_set, visiting, user_name, hash)
    except Problem as problem:
        field = "name" if problem.code.startswith("sign_in.name") else "password"
        return back("/account/password", problem, next, at=field)
    answer = to(inside(next) or "/account/security", done="" if inside(next) else "password")
    keep_session(answer, token)
    return answer


def _checked(visiting: Visit, name: str, password: str) -> tuple[str, str]:
    with session() as db:
        person = db.get_one(Person, visiting.person.id)
        standing = password_of(db, person.id or 0)
        named = name if name.strip() or standing is None else standing.user_name
        return check_rules(db, person, named, password, clock.now())


def _set(visiting: Visit, user_name: str, hash: str) -> str:
    """Keep the password and go on under a new token. Raises Problem sign_in.name_taken."""
    now, person = clock.now(), visiting.person
    assert person.id is not None
    with session() as db:
        before = password_of(db, person.id)
        changed = before is not None
        set_password(db, person.id, user_name, hash, now)
        end_sessions(db, person.id, now, but=visiting.session_id)
        if changed:
            tell_of_change(db, person, "password", now)
        return prove_again(db, visiting, now)
