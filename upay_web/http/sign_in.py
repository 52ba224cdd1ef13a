"""Signing in and out over plain HTML forms: they work before the page's script has loaded, and the session token never
passes through a script."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from upay import clock
from upay.accounts import (
    SESSION_COOKIE,
    asked_for,
    check_code,
    end_session,
    mobile_of,
    open_session,
    person_of,
    person_with,
    send_code,
)
from upay.db import session
from upay.errors import Problem
from upay.settings import settings
from upay.text import LANGUAGES
from upay_web.http.address import address_of

WAITING_COOKIE = "upay_waiting"
WAITING_S = 600

router = APIRouter(tags=["sign-in"], include_in_schema=False)


@router.get("/")
def front_door(request: Request) -> RedirectResponse:
    """The bare address leads home, or to signing in."""
    with session() as db:
        known = person_of(db, request.cookies.get(SESSION_COOKIE), clock.now())
    return _to("/home" if known else "/sign-in")


@router.post("/api/v1/sign-in/code")
def ask_for_code(
    request: Request,
    mobile: Annotated[str, Form(max_length=40)] = "",
    language: Annotated[str, Form(max_length=5)] = "",
    next: Annotated[str, Form(max_length=300)] = "",
    again: Annotated[bool, Form()] = False,
) -> RedirectResponse:
    """Send a code to the number typed, or (`again`) once more to the number that is waiting."""
    here = "/sign-in/code" if again else "/sign-in"
    try:
        with session() as db:
            waiting = asked_for(db, request.cookies.get(WAITING_COOKIE, "")) if again else None
            number = waiting or mobile_of(mobile)
            spoken = language if language in LANGUAGES else LANGUAGES[0]
            challenge = send_code(db, number, spoken, address_of(request.scope), clock.now())
    except Problem as problem:
        return _back(here, problem, next)
    sent = _to("/sign-in/code", ending=challenge.ending, minutes=challenge.minutes, next=_inside(next))
    sent.set_cookie(WAITING_COOKIE, challenge.handle, WAITING_S, path="/api/v1/sign-in", **_kept_apart())
    return sent


@router.post("/api/v1/sign-in/verify")
def verify(
    request: Request,
    code: Annotated[str, Form(max_length=40)] = "",
    language: Annotated[str, Form(max_length=5)] = "",
    next: Annotated[str, Form(max_length=300)] = "",
    ending: Annotated[str, Form(max_length=2)] = "",
    minutes: Annotated[str, Form(max_length=3)] = "",
) -> RedirectResponse:
    """Check the code; right, the browser gets a session of its own, and an earlier one of it ends."""
    now = clock.now()
    with session() as db:
        mobile = check_code(db, request.cookies.get(WAITING_COOKIE, ""), code, now, address=address_of(request.scope))
        if isinstance(mobile, str):
            person = person_with(db, mobile, language if language in LANGUAGES else LANGUAGES[0], now)
            assert person.id is not None
            end_session(db, request.cookies.get(SESSION_COOKIE), now)
            token = open_session(db, person.id, request.headers.get("user-agent", ""), address_of(request.scope), now)
    if isinstance(mobile, Problem):
        return _back("/sign-in/code", mobile, next, ending=ending, minutes=minutes)
    home = RedirectResponse(_inside(next) or "/home", 303)
    home.set_cookie(SESSION_COOKIE, token, settings().session_days * 86_400, path="/", **_kept_apart())
    home.delete_cookie(WAITING_COOKIE, path="/api/v1/sign-in")
    return home


@router.post("/api/v1/sign-out")
def sign_out(request: Request) -> RedirectResponse:
    """End this browser's session."""
    with session() as db:
        end_session(db, request.cookies.get(SESSION_COOKIE), clock.now())
    gone = _to("/sign-in")
    gone.delete_cookie(SESSION_COOKIE, path="/")
    # What the page kept for offline use is a person's own.
    gone.headers["Clear-Site-Data"] = '"storage"'
    return gone


def _inside(address: str) -> str:
    """The address if it stays on this site, else "": `//evil` and `/\\evil` lead elsewhere, and browsers drop tabs."""
    return address if address.startswith("/") and address[1:2] not in ("/", "\\") and address.isprintable() else ""


def _back(page: str, problem: Problem, next: str, **more: str) -> RedirectResponse:
    return _to(page, e=problem.code, next=_inside(next), **more, **problem.params)


def _to(page: str, **query: str | int) -> RedirectResponse:
    said = {name: value for name, value in query.items() if value != ""}
    return RedirectResponse(f"{page}?{urlencode(said)}" if said else page, 303)


def _kept_apart() -> dict[str, object]:
    """No script reads these cookies, no other site sends them along, and over https they never travel in the open."""
    return {"httponly": True, "samesite": "lax", "secure": settings().public_url.startswith("https:")}
