"""Passkeys: what the page's script exchanges for them, as JSON; and forms that rename and remove them."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlmodel import Session

from upay import clock
from upay.accounts import (
    Offer,
    arrive,
    check_passkey,
    described,
    offer_new,
    offer_sign_in,
    prove_again,
    remove_passkey,
    rename_passkey,
    take_new,
)
from upay.accounts.models import Person
from upay.db import session
from upay_web.http.forms import (
    STEP_COOKIE,
    FreshVisiting,
    Visiting,
    address,
    browser_of,
    inside,
    keep_session,
    keep_waiting,
    settle,
    stop_waiting,
    to,
    visit_in,
)
from upay_web.http.told import tell_of_change

router = APIRouter(prefix="/api/v1/passkeys", tags=["passkeys"], include_in_schema=False)

_COOKIE = "upay_passkey"


class Shown(BaseModel):
    """A credential as the browser gives it (WebAuthn's JSON), and where to go afterwards."""

    credential: dict[str, Any]
    next: str = Field(default="", max_length=300)


@router.post("/sign-in/options")
def ask_to_sign_in() -> JSONResponse:
    """What a browser is asked, to sign in with whatever passkey it has."""
    with session() as db:
        return _offered(offer_sign_in(db, clock.now()))


@router.post("/sign-in")
def sign_in(request: Request, shown: Shown) -> JSONResponse:
    """Sign in: who verified themselves at the device and signed has shown two factors at once."""
    now, browser = clock.now(), browser_of(request)
    with session() as db:
        person_id = _checked(db, request, shown)
        standing = visit_in(db, request)
        if standing is not None and standing.person.id == person_id:
            answer = JSONResponse({"next": inside(shown.next) or "/home"})
            keep_session(answer, prove_again(db, standing, now, strong=True))
        else:
            person = db.get_one(Person, person_id)
            arrival = arrive(db, person, browser, now, strong=True)
            unnamed = "" if person.name else address("/register/name", next=inside(shown.next))
            answer = JSONResponse({"next": unnamed or inside(shown.next) or "/home"})
            settle(answer, arrival)
    stop_waiting(answer, _COOKIE)
    stop_waiting(answer, STEP_COOKIE)
    return answer


@router.post("/new/options")
def ask_for_new(visiting: FreshVisiting) -> JSONResponse:
    """What a browser is asked, to make a passkey for the person."""
    with session() as db:
        return _offered(offer_new(db, visiting.person, clock.now()))


@router.post("/new")
def take(request: Request, visiting: FreshVisiting, shown: Shown) -> JSONResponse:
    """Keep the passkey that was made. Whoever has made it has shown it: the session is strong from then on."""
    now, person = clock.now(), visiting.person
    assert person.id is not None
    with session() as db:
        name = described(request.headers.get("user-agent", ""))
        take_new(db, person.id, request.cookies.get(_COOKIE, ""), shown.credential, name, now)
        tell_of_change(db, person, "passkey", now)
        answer = JSONResponse({"next": inside(shown.next) or "/account/security?done=passkey"})
        keep_session(answer, prove_again(db, visiting, now, strong=True))
    stop_waiting(answer, _COOKIE)
    return answer


@router.post("/{passkey_id}/rename")
def rename(passkey_id: int, visiting: Visiting, name: Annotated[str, Form(max_length=40)] = "") -> RedirectResponse:
    """Call a passkey by another name."""
    with session() as db:
        rename_passkey(db, visiting.person.id or 0, passkey_id, name)
    return to("/account/security")


@router.post("/{passkey_id}/remove")
def remove(passkey_id: int, visiting: FreshVisiting) -> RedirectResponse:
    """Forget a passkey; its person is told."""
    with session() as db:
        if remove_passkey(db, visiting.person.id or 0, passkey_id):
            tell_of_change(db, visiting.person, "passkey_removed", clock.now())
    return to("/account/security", done="removed")


def _checked(db: Session, request: Request, shown: Shown) -> int:
    return check_passkey(db, request.cookies.get(_COOKIE, ""), shown.credential, clock.now())


def _offered(offer: Offer) -> JSONResponse:
    answer = JSONResponse(offer.options)
    keep_waiting(answer, _COOKIE, offer.handle)
    return answer

