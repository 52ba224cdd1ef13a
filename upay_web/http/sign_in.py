"""Signing in and out over plain HTML forms: they work before the page's script has loaded, and the session token never
passes through a script."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from upay import clock
from upay.accounts import (
    SESSION_COOKIE,
    Arrival,
    Asked,
    Purpose,
    arrive,
    ask_by_name,
    asked_for,
    check_code,
    connections_of,
    end_session,
    hashed,
    in_turn,
    is_outdated,
    is_right,
    mobile_of,
    person_of,
    person_with,
    plain,
    renew_hash,
    roles_in_force,
    send_code,
    was_right,
)
from upay.accounts.models import Person
from upay.consent import Purpose as Agreement
from upay.consent import give_once
from upay.db import session
from upay.errors import Problem
from upay_web.http.forms import (
    WAITING_COOKIE,
    Short,
    Text,
    address,
    arrived,
    back,
    browser_of,
    inside,
    keep_waiting,
    spoken,
    to,
)

router = APIRouter(tags=["sign-in"], include_in_schema=False)

# The first page of each way that begins with a mobile number.
_BEGINNINGS = {Purpose.SIGN_IN: "/sign-in", Purpose.RESET: "/reset"}


@router.get("/")
def front_door(request: Request) -> RedirectResponse:
    """The bare address leads home, or to signing in; who works here and has no connection of their own, to the desk."""
    now = clock.now()
    with session() as db:
        known = person_of(db, request.cookies.get(SESSION_COOKIE), now)
        if known is None or known.id is None:
            return to("/sign-in")
        at_desk = bool(roles_in_force(db, {known.id}, now)) and not connections_of(db, known.id)
    return to("/desk" if at_desk else "/home")


@router.post("/api/v1/sign-in/code")
def ask_for_code(
    request: Request, mobile: Short = "", language: Short = "", next: Text = "", again: bool = Form(False)
) -> RedirectResponse:
    """Send a code to the number typed, or (`again`) once more to the number that is waiting."""
    return _ask(request, Purpose.SIGN_IN, mobile, language, next, again)


@router.post("/api/v1/reset/code")
def ask_for_reset(
    request: Request, mobile: Short = "", language: Short = "", next: Text = "", again: bool = Form(False)
) -> RedirectResponse:
    """The same for somebody who has forgotten the password."""
    return _ask(request, Purpose.RESET, mobile, language, next, again)


@router.post("/api/v1/sign-in/verify")
def verify(
    request: Request,
    code: Short = "",
    language: Short = "",
    next: Text = "",
    ending: Short = "",
    minutes: Short = "",
) -> RedirectResponse:
    """Check the code; right, the browser gets a session of its own, and an earlier one of it ends."""
    return _verify(request, Purpose.SIGN_IN, code, language, next, ending=ending, minutes=minutes)


@router.post("/api/v1/reset/verify")
def verify_reset(
    request: Request,
    code: Short = "",
    language: Short = "",
    next: Text = "",
    ending: Short = "",
    minutes: Short = "",
) -> RedirectResponse:
    """The same, and on to choosing a new password."""
    return _verify(request, Purpose.RESET, code, language, next, ending=ending, minutes=minutes)


@router.post("/api/v1/sign-in/password")
async def by_password(
    request: Request, name: Text = "", password: Annotated[str, Form(max_length=1000)] = "", next: Text = ""
) -> RedirectResponse:
    """User name (or mobile number) and password. Whoever the name is, or is not, the same work is done."""
    browser, typed = browser_of(request), plain(password)
    if not name.strip():
        return back("/sign-in/password", Problem("sign_in.name_missing"), next, at="name")
    if not password:
        return back("/sign-in/password", Problem("sign_in.password_missing"), next, at="password")
    asked = await run_in_threadpool(_ask_by_name, name, browser.address, browser.known)
    if isinstance(asked, Problem):
        return back("/sign-in/password", asked, next, at="password")
    try:
        right = await in_turn(is_right, asked.kept, typed)
        if not right or asked.kept is None:
            raise Problem("sign_in.password_wrong")
        renewed = await in_turn(hashed, typed) if is_outdated(asked.kept) else ""
    except Problem as problem:
        return back("/sign-in/password", problem, next, at="password")
    return arrived(await run_in_threadpool(_let_in, request, asked, renewed), next)


@router.post("/api/v1/sign-out")
def sign_out(request: Request) -> RedirectResponse:
    """End this browser's session."""
    with session() as db:
        end_session(db, request.cookies.get(SESSION_COOKIE), clock.now())
    gone = to("/sign-in")
    gone.delete_cookie(SESSION_COOKIE, path="/")
    # What the page kept for offline use is a person's own.
    gone.headers["Clear-Site-Data"] = '"storage"'
    return gone


def _ask(request: Request, purpose: Purpose, mobile: str, language: str, next: str, again: bool) -> RedirectResponse:
    beginning, browser = _BEGINNINGS[purpose], browser_of(request)
    try:
        with session() as db:
            waiting = asked_for(db, request.cookies.get(WAITING_COOKIE, ""), purpose) if again else None
            sent = send_code(
                db,
                waiting or mobile_of(mobile),
                spoken(language),
                browser.address,
                clock.now(),
                purpose=purpose,
                known=browser.known,
            )
    except Problem as problem:
        return back(f"{beginning}/code" if again else beginning, problem, next)
    answer = to(f"{beginning}/code", ending=sent.ending, minutes=sent.minutes, next=inside(next))
    keep_waiting(answer, WAITING_COOKIE, sent.handle)
    return answer


def _verify(
    request: Request, purpose: Purpose, code: str, language: str, next: str, ending: str, minutes: str
) -> RedirectResponse:
    now, browser, handle = clock.now(), browser_of(request), request.cookies.get(WAITING_COOKIE, "")
    with session() as db:
        mobile = check_code(db, handle, code, now, purpose, browser.address, browser.known)
        if isinstance(mobile, Problem):
            return back(f"{_BEGINNINGS[purpose]}/code", mobile, next, ending=ending[:2], minutes=minutes[:3])
        person = person_with(db, mobile, spoken(language), now)
        # The notice stands on the page where the number was typed.
        give_once(db, Agreement.ACCOUNT, person, "code", now)
        arrival = arrive(db, person, browser, now)
    if purpose is Purpose.RESET:
        return arrived(arrival, address("/account/password", next=inside(next) or "/home"))
    if not person.name:
        return arrived(arrival, address("/register/name", next=inside(next)))
    return arrived(arrival, next)


def _ask_by_name(name: str, address: str, known: str) -> Asked | Problem:
    with session() as db:
        return ask_by_name(db, name, address, known, clock.now())


def _let_in(request: Request, asked: Asked, renewed: str) -> Arrival:
    browser, now = browser_of(request), clock.now()
    with session() as db:
        person_id = was_right(db, asked, browser.address)
        if renewed and asked.kept:
            renew_hash(db, person_id, asked.kept, renewed)
        person = db.get_one(Person, person_id)
        return arrive(db, person, browser, now)
