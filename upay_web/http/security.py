"""The authenticator app and its recovery codes, set up, renewed and removed; and browsers signed out."""

import io
from typing import Annotated

import segno
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from upay import clock
from upay.accounts import (
    SESSION_COOKIE,
    begin_authenticator,
    confirm_authenticator,
    end_sessions,
    link_of,
    new_recovery_codes,
    pending_secret,
    prove_again,
    remove_authenticator,
)
from upay.db import session
from upay.errors import Problem
from upay_web.http.forms import FreshVisiting, Text, Visiting, back, inside, keep_session, to
from upay_web.http.told import tell_of_change

router = APIRouter(prefix="/api/v1/account", tags=["account"], include_in_schema=False)

_ISSUER = "UPAY"


@router.post("/authenticator/begin")
def begin(visiting: FreshVisiting, next: Text = "") -> RedirectResponse:
    """Make a secret for the person's app, to be confirmed by a code of it."""
    try:
        with session() as db:
            begin_authenticator(db, visiting.person.id or 0, clock.now())
    except Problem as problem:
        return back("/account/security", problem)
    return to("/account/authenticator", next=inside(next))


@router.get("/authenticator/secret")
def secret(visiting: FreshVisiting) -> dict[str, str]:
    """The secret that is being set up: to be typed, and as an address that an app on the same phone opens."""
    shared = _pending(visiting.person.id or 0)
    return {"secret": shared, "link": link_of(shared, visiting.person.mobile, _ISSUER)}


@router.get("/authenticator/qr.svg")
def qr(visiting: FreshVisiting) -> Response:
    """The same as a QR code, dark on light whatever the page's look, for cameras want it so."""
    drawn = io.BytesIO()
    link = link_of(_pending(visiting.person.id or 0), visiting.person.mobile, _ISSUER)
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", scale=6, border=4, light="#fff", dark="#000")
    return Response(drawn.getvalue(), media_type="image/svg+xml")


@router.post("/authenticator/confirm")
def confirm(
    visiting: FreshVisiting, code: Annotated[str, Form(max_length=40)] = "", next: Text = ""
) -> RedirectResponse:
    """Take the app into use with a first code of it. The session is strong from then on, the person is told."""
    now, person = clock.now(), visiting.person
    with session() as db:
        if wrong := confirm_authenticator(db, person.id or 0, code, now):
            return back("/account/authenticator", wrong, next)
        tell_of_change(db, person, "authenticator", now)
        answer = to("/account/recovery", next=inside(next))
        keep_session(answer, prove_again(db, visiting, now, strong=True))
    return answer


@router.post("/authenticator/remove")
def remove(visiting: FreshVisiting) -> RedirectResponse:
    """Forget the app and its recovery codes; the person is told."""
    now = clock.now()
    with session() as db:
        remove_authenticator(db, visiting.person.id or 0)
        tell_of_change(db, visiting.person, "authenticator_removed", now)
    return to("/account/security", done="removed")


@router.post("/recovery-codes")
def recovery_codes(visiting: FreshVisiting) -> JSONResponse:
    """Fresh recovery codes; the earlier ones are good no more. They are told this once."""
    with session() as db:
        return JSONResponse({"codes": new_recovery_codes(db, visiting.person.id or 0, clock.now())})


@router.post("/devices/end")
def end_others(visiting: Visiting) -> RedirectResponse:
    """Sign out every browser but this one."""
    with session() as db:
        ended = end_sessions(db, visiting.person.id or 0, clock.now(), but=visiting.session_id)
    return to("/account/devices", ended=str(ended))


@router.post("/devices/{session_id}/end")
def end_one(session_id: int, request: Request, visiting: Visiting) -> RedirectResponse:
    """Sign one of the person's browsers out; this one too, if it is the one."""
    with session() as db:
        ended = end_sessions(db, visiting.person.id or 0, clock.now(), only=session_id)
    if session_id != visiting.session_id:
        return to("/account/devices", ended=str(ended))
    gone = to("/sign-in")
    gone.delete_cookie(SESSION_COOKIE, path="/")
    gone.headers["Clear-Site-Data"] = '"storage"'
    return gone


def _pending(person_id: int) -> str:
    """The secret that is being set up. Raises Problem 404 security.authenticator_gone."""
    with session() as db:
        shared = pending_secret(db, person_id)
    if shared is None:
        raise Problem("security.authenticator_gone", status=404)
    return shared
