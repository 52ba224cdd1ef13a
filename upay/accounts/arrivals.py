"""Arriving: what comes after somebody has shown a first factor. Nobody is half signed in: either a session opens, or a
step waits for the second factor and opens nothing meanwhile."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from upay.accounts.browsers import known_browser, tell_of_new_browser, with_new_browser
from upay.accounts.credentials.authenticator import has_authenticator
from upay.accounts.credentials.passkeys import passkeys_of
from upay.accounts.credentials.steps import StepKind, begin_step
from upay.accounts.models import Person
from upay.accounts.sessions import end_session, open_session
from upay.accounts.staff import roles_in_force


@dataclass(frozen=True)
class Browser:
    """What a request tells of the browser it comes from. session, known: its cookies, "" for none."""

    session: str
    known: str
    user_agent: str
    address: str


@dataclass(frozen=True)
class Arrival:
    """token: of the session that was opened, "" while a second factor is due, for which `step` then waits.

    known: the cookie by which the browser is known next time.
    """

    token: str
    step: str
    known: str


def arrive(session: Session, person: Person, browser: Browser, now: datetime, strong: bool = False) -> Arrival:
    """Let a person in who has shown one factor, or (strong) two. An earlier session of this browser ends: its token is
    never taken over."""
    assert person.id is not None
    if not strong and second_factor_due(session, person.id, now):
        return Arrival("", begin_step(session, StepKind.SECOND, person.id, now), browser.known)
    end_session(session, browser.session, now)
    mark, cookie = known_browser(session, browser.known, person.id), browser.known
    unseen = not mark
    if unseen:
        cookie, mark = with_new_browser(browser.known)
    if unseen:
        tell_of_new_browser(session, person, mark, browser.user_agent, now)
    token = open_session(session, person.id, browser.user_agent, browser.address, now, strong=strong, browser=mark)
    return Arrival(token, "", cookie)


def second_factor_due(session: Session, person_id: int, now: datetime) -> bool:
    """Whether one factor is not enough: the person has set up an authenticator app, or works here and has a passkey.

    Somebody who works here and has neither is let in as a consumer; the desk stays shut until one is set up.
    """
    if has_authenticator(session, person_id):
        return True
    return bool(roles_in_force(session, {person_id}, now)) and bool(passkeys_of(session, person_id))
