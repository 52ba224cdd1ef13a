"""Another mobile number: a code to the old one, then a code to the new one. Both numbers are told."""

from datetime import timedelta

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse

from upay import clock
from upay.accounts import Purpose, Visit, asked_for, change_mobile, check_code, mobile_of, proved_lately, send_code
from upay.db import session
from upay.errors import Problem
from upay_web.http.forms import (
    WAITING_COOKIE,
    FreshVisiting,
    Short,
    Text,
    back,
    browser_of,
    keep_waiting,
    stop_waiting,
    to,
)
from upay_web.http.told import tell_of_change

router = APIRouter(prefix="/api/v1/account/mobile", tags=["account"], include_in_schema=False)

OLD_COOKIE = "upay_old_mobile"
_OLD_HOLDS = timedelta(minutes=10)


@router.post("/old")
def ask_old(request: Request, visiting: FreshVisiting) -> RedirectResponse:
    """Send a code to the number that is."""
    standing = visiting.person.mobile
    return _send(request, visiting, standing, Purpose.OLD_MOBILE, "/account/mobile", "/account/mobile/old")


@router.post("/old/verify")
def verify_old(request: Request, visiting: FreshVisiting, code: Short = "", ending: Short = "") -> RedirectResponse:
    """The code of the number that is."""
    proved = _proved(request, Purpose.OLD_MOBILE, code)
    if proved != visiting.person.mobile:
        wrong = proved if isinstance(proved, Problem) else Problem("sign_in.code_expired")
        return back("/account/mobile/old", wrong, ending=ending[:2])
    answer = to("/account/mobile/new")
    keep_waiting(answer, OLD_COOKIE, request.cookies.get(WAITING_COOKIE, ""))
    return answer


@router.post("/new")
def ask_new(
    request: Request, visiting: FreshVisiting, mobile: Text = "", again: bool = Form(False)
) -> RedirectResponse:
    """Send a code to the number that is to be, or once more to the one that waits."""
    if not _old_is_proved(request, visiting):
        return back("/account/mobile", Problem("security.mobile_again"))
    try:
        with session() as db:
            waiting = asked_for(db, request.cookies.get(WAITING_COOKIE, ""), Purpose.NEW_MOBILE) if again else None
        number = waiting or mobile_of(mobile)
        if number == visiting.person.mobile:
            raise Problem("security.mobile_same")
    except Problem as problem:
        return back("/account/mobile/new", problem)
    return _send(request, visiting, number, Purpose.NEW_MOBILE, "/account/mobile/new", "/account/mobile/code")


@router.post("/new/verify")
def verify_new(request: Request, visiting: FreshVisiting, code: Short = "", ending: Short = "") -> RedirectResponse:
    """The code of the number that is to be: with it, it is."""
    if not _old_is_proved(request, visiting):
        return back("/account/mobile", Problem("security.mobile_again"))
    proved = _proved(request, Purpose.NEW_MOBILE, code)
    if isinstance(proved, Problem):
        return back("/account/mobile/code", proved, ending=ending[:2])
    now, person = clock.now(), visiting.person
    try:
        with session() as db:
            tell_of_change(db, person, "mobile", now)
            tell_of_change(db, person, "mobile", now, to=proved)
            change_mobile(db, person.id or 0, proved, browser_of(request).address, now)
    except Problem as problem:
        return back("/account/mobile/new", problem)
    answer = to("/account/security", done="mobile")
    for cookie in (WAITING_COOKIE, OLD_COOKIE):
        stop_waiting(answer, cookie)
    return answer


def _send(
    request: Request, visiting: Visit, mobile: str, purpose: Purpose, here: str, there: str
) -> RedirectResponse:
    browser = browser_of(request)
    try:
        with session() as db:
            sent = send_code(
                db, mobile, visiting.person.language, browser.address, clock.now(), purpose, known=browser.known
            )
    except Problem as problem:
        return back(here, problem)
    answer = to(there, ending=sent.ending, minutes=sent.minutes)
    keep_waiting(answer, WAITING_COOKIE, sent.handle)
    return answer


def _proved(request: Request, purpose: Purpose, code: str) -> str | Problem:
    browser, handle = browser_of(request), request.cookies.get(WAITING_COOKIE, "")
    with session() as db:
        return check_code(db, handle, code, clock.now(), purpose, browser.address, browser.known)


def _old_is_proved(request: Request, visiting: Visit) -> bool:
    """Whether this browser has lately shown the code of the number that is."""
    with session() as db:
        handle = request.cookies.get(OLD_COOKIE, "")
        return proved_lately(db, handle, Purpose.OLD_MOBILE, clock.now() - _OLD_HOLDS) == visiting.person.mobile
