"""What the plain forms have in common: where they lead, what they carry in cookies, whose session they came with."""

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse
from sqlmodel import Session
from starlette.responses import Response

from upay import clock
from upay.accounts import BROWSER_COOKIE, SESSION_COOKIE, Arrival, Browser, Visit, second_factor_due, visits_of
from upay.db import session
from upay.errors import Problem
from upay.settings import settings
from upay.text import LANGUAGES
from upay_web.http.address import address_of

WAITING_COOKIE = "upay_waiting"
STEP_COOKIE = "upay_step"
# Cookies of a way in that is not walked to its end yet: sent to the doors alone, and short-lived.
_DOORS, _DOORS_S = "/api/v1", 600
_BROWSER_S = 400 * 86_400

Text = Annotated[str, Form(max_length=300)]
Short = Annotated[str, Form(max_length=40)]


def inside(address: str) -> str:
    """The address if it stays on this site, else "": `//evil` and `/\\evil` lead elsewhere, and browsers drop tabs."""
    return address if address.startswith("/") and address[1:2] not in ("/", "\\") and address.isprintable() else ""


def spoken(language: str) -> str:
    """A language of ours: the one named, or the first."""
    return language if language in LANGUAGES else LANGUAGES[0]


def address(page: str, **query: str | int) -> str:
    """The address of a page of ours; what is empty is left out of it."""
    said = {name: value for name, value in query.items() if value != ""}
    return f"{page}?{urlencode(said)}" if said else page


def to(page: str, **query: str | int) -> RedirectResponse:
    """Lead the browser to a page of ours."""
    return RedirectResponse(address(page, **query), 303)


def back(page: str, problem: Problem, next: str = "", at: str = "", **more: str | int) -> RedirectResponse:
    """Lead back to a form with what is wrong. at: the field, where the form has several."""
    return to(page, e=problem.code, at=at, next=inside(next), **more, **problem.params)


def keep_waiting(answer: Response, cookie: str, handle: str) -> None:
    """Give the browser the handle of what is under way."""
    answer.set_cookie(cookie, handle, _DOORS_S, path=_DOORS, **_kept_apart())


def stop_waiting(answer: Response, cookie: str) -> None:
    """Nothing is under way any more."""
    answer.delete_cookie(cookie, path=_DOORS)


def keep_session(answer: Response, token: str) -> None:
    """Give the browser the token of its session."""
    answer.set_cookie(SESSION_COOKIE, token, settings().session_days * 86_400, path="/", **_kept_apart())


def arrived(arrival: Arrival, next: str) -> RedirectResponse:
    """Lead on who has shown a first factor: to where they wanted to be, or to the second one."""
    if arrival.step:
        answer = to("/sign-in/second", next=inside(next))
        keep_waiting(answer, STEP_COOKIE, arrival.step)
        return answer
    answer = RedirectResponse(inside(next) or "/home", 303)
    settle(answer, arrival)
    return answer


def settle(answer: Response, arrival: Arrival) -> None:
    """Cookies of a session that was opened: its token, and the mark by which the browser is known from now on."""
    keep_session(answer, arrival.token)
    answer.set_cookie(BROWSER_COOKIE, arrival.known, _BROWSER_S, path=_DOORS, **_kept_apart())
    for cookie in (WAITING_COOKIE, STEP_COOKIE):
        stop_waiting(answer, cookie)


def browser_of(request: Request) -> Browser:
    """What a request tells of its browser."""
    return Browser(
        session=request.cookies.get(SESSION_COOKIE, ""),
        known=request.cookies.get(BROWSER_COOKIE, ""),
        user_agent=request.headers.get("user-agent", ""),
        address=address_of(request.scope),
    )


def visit_in(db: Session, request: Request) -> Visit | None:
    """The visit that the request's session cookie tells of."""
    token = request.cookies.get(SESSION_COOKIE, "")
    return visits_of(db, [token], clock.now()).get(token) if token else None


def visit(request: Request) -> Visit:
    """Who is signed in in this browser. Raises Problem 401 sign_in.needed."""
    with session() as db:
        found = visit_in(db, request)
    if found is None:
        raise Problem("sign_in.needed", status=401)
    return found


def fresh_visit(found: Annotated[Visit, Depends(visit)]) -> Visit:
    """The same, of somebody who has lately proved who they are, by a second factor too where they have one.

    Raises Problem 401 sign_in.confirm_needed, sign_in.second_needed.
    """
    if not found.fresh:
        raise Problem("sign_in.confirm_needed", status=401)
    if not found.strong:
        with session() as db:
            if second_factor_due(db, found.person.id or 0, clock.now()):
                raise Problem("sign_in.second_needed", status=401)
    return found


Visiting = Annotated[Visit, Depends(visit)]
FreshVisiting = Annotated[Visit, Depends(fresh_visit)]


def _kept_apart() -> Mapping[str, Any]:
    """No script reads these cookies, no other site sends them along, and over https they never travel in the open."""
    return {"httponly": True, "samesite": "lax", "secure": settings().public_url.startswith("https:")}
