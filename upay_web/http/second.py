"""The second factor by a typed code, and proving again who one is before something weighty is changed."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from upay import clock
from upay.accounts import (
    Asked,
    Purpose,
    StepKind,
    arrive,
    ask_by_name,
    check_code,
    check_second,
    in_turn,
    is_right,
    plain,
    prove_again,
    send_code,
    step_of,
    use_step,
    was_right,
)
from upay.accounts.models import Person
from upay.db import session
from upay.errors import Problem
from upay_web.http.forms import (
    STEP_COOKIE,
    WAITING_COOKIE,
    Short,
    Text,
    Visiting,
    arrived,
    back,
    browser_of,
    inside,
    keep_session,
    keep_waiting,
    stop_waiting,
    to,
    visit_in,
)

router = APIRouter(tags=["sign-in"], include_in_schema=False)



@router.post("/api/v1/sign-in/second")
def second(request: Request, code: Short = "", next: Text = "") -> RedirectResponse:
    """A code of the authenticator app, or a recovery code: of somebody on the way in, or in already."""
    now, browser = clock.now(), browser_of(request)
    with session() as db:
        step = step_of(db, StepKind.SECOND, request.cookies.get(STEP_COOKIE, ""), now)
        visiting = None if step else visit_in(db, request)
        person_id = step.person_id if step else visiting.person.id if visiting else None
        if person_id is None:
            return back("/sign-in", Problem("sign_in.step_gone"), next)
        if wrong := check_second(db, person_id, code, browser.address, now):
            return back("/sign-in/second", wrong, next)
        if visiting:
            answer = to(inside(next) or "/home")
            keep_session(answer, prove_again(db, visiting, now, strong=True))
            return answer
        assert step is not None
        if not use_step(db, step, now):
            return back("/sign-in", Problem("sign_in.step_gone"), next)
        return arrived(arrive(db, db.get_one(Person, person_id), browser, now, strong=True), next)


@router.post("/api/v1/confirm/password")
async def confirm_by_password(
    request: Request, visiting: Visiting, password: Annotated[str, Form(max_length=1000)] = "", next: Text = ""
) -> RedirectResponse:
    """The password, once more."""
    browser = browser_of(request)
    asked = await run_in_threadpool(_ask, visiting.person.mobile, browser.address, browser.known)
    try:
        if isinstance(asked, Problem):
            raise asked
        if not await in_turn(is_right, asked.kept, plain(password)):
            raise Problem("sign_in.password_wrong")
    except Problem as problem:
        return back("/account/confirm", problem, next, at="password")
    return await run_in_threadpool(_confirmed, request, asked, next)


@router.post("/api/v1/confirm/code")
def ask_to_confirm(request: Request, visiting: Visiting, next: Text = "") -> RedirectResponse:
    """Send a code to the person's own number."""
    person, browser = visiting.person, browser_of(request)
    try:
        with session() as db:
            sent = send_code(
                db,
                person.mobile,
                person.language,
                browser.address,
                clock.now(),
                Purpose.CONFIRM,
                known=browser.known,
            )
    except Problem as problem:
        return back("/account/confirm", problem, next, at="code")
    answer = to("/account/confirm", sent=sent.ending, next=inside(next))
    keep_waiting(answer, WAITING_COOKIE, sent.handle)
    return answer


@router.post("/api/v1/confirm/verify")
def confirm_by_code(
    request: Request, visiting: Visiting, code: Short = "", next: Text = "", sent: Short = ""
) -> RedirectResponse:
    """The code that was sent to the person's own number."""
    now, browser, handle = clock.now(), browser_of(request), request.cookies.get(WAITING_COOKIE, "")
    with session() as db:
        mobile = check_code(db, handle, code, now, Purpose.CONFIRM, browser.address, browser.known)
        if mobile != visiting.person.mobile:
            wrong = mobile if isinstance(mobile, Problem) else Problem("sign_in.code_expired")
            return back("/account/confirm", wrong, next, at="code", sent=sent[:2])
        answer = to(inside(next) or "/account/security")
        keep_session(answer, prove_again(db, visiting, now))
    stop_waiting(answer, WAITING_COOKIE)
    return answer


def _ask(mobile: str, address: str, known: str) -> Asked | Problem:
    with session() as db:
        return ask_by_name(db, mobile, address, known, clock.now())


def _confirmed(request: Request, asked: Asked, next: str) -> RedirectResponse:
    with session() as db:
        was_right(db, asked, browser_of(request).address)
        visiting = visit_in(db, request)
        if visiting is None:
            raise Problem("sign_in.needed", status=401)
        answer = to(inside(next) or "/account/security")
        keep_session(answer, prove_again(db, visiting, clock.now()))
        return answer
