"""Who is asking: the guard that every handler of a signed-in page stands behind.

    @rx.event
    @signed_in
    async def choose(self, person: SignedIn, connection_id: int): ...

A browser may call any public method of a state class, with any arguments. The guard finds the person from the session
cookie and passes it by position, so that a client's own `person=` can only raise.
"""

import functools
import inspect
from collections.abc import Callable, Collection
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

import reflex as rx
from sqlmodel import Session

from state.together import Together
from upay import clock
from upay.accounts import SESSION_COOKIE, LinkedConnection, connections_of_each, people_of


@dataclass(frozen=True)
class SignedIn:
    """Who is asking, and what is theirs to see, at the moment of one event: never kept for the next.

    connections: in the person's own order; what a browser names beside them proves nothing.
    """

    name: str
    mobile: str
    connections: list[LinkedConnection]


async def person_behind(state: rx.State) -> SignedIn | None:
    """The person whose session cookie came with this tab's connection; asked afresh, for a session may end any time."""
    token = _token(state.router.headers.cookie)
    return await _people.ask(token) if token else None


def signed_in(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Hand an async handler (a coroutine or a generator) the signed-in person as its first argument.

    Nobody signed in: the handler does not run, and the browser goes to sign in and comes back.
    """

    @functools.wraps(handler)
    async def guarded(self: rx.State, *args: Any, **kwargs: Any) -> Any:
        person = await person_behind(self)
        return to_sign_in(self) if person is None else await handler(self, person, *args, **kwargs)

    @functools.wraps(handler)
    async def guarded_generator(self: rx.State, *args: Any, **kwargs: Any) -> Any:
        person = await person_behind(self)
        if person is None:
            yield to_sign_in(self)
            return
        async for event in handler(self, person, *args, **kwargs):
            yield event

    made: Any = guarded_generator if inspect.isasyncgenfunction(handler) else guarded
    signature = inspect.signature(handler)
    made.__signature__ = signature.replace(
        parameters=[each for name, each in signature.parameters.items() if name != "person"]
    )
    made.__annotations__ = {name: kind for name, kind in handler.__annotations__.items() if name != "person"}
    # Reflex would follow it to the original handler and take `person` for an argument of the event.
    del made.__wrapped__
    made.is_guarded = True
    return made


def to_sign_in(state: rx.State) -> Any:
    """Go to the sign-in page, and afterwards back to where this tab is."""
    url = state.router.url
    here = f"{url.path}?{url.query}" if url.query else url.path
    return rx.redirect(f"/sign-in?next={quote(here, safe='')}", replace=True)


@functools.lru_cache(maxsize=4096)
def _token(cookie_header: str) -> str | None:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookie_header)
    except CookieError:
        return None
    return jar[SESSION_COOKIE].value if SESSION_COOKIE in jar else None


def _those_behind(db: Session, tokens: Collection[str]) -> dict[str, SignedIn]:
    people = people_of(db, tokens, clock.now())
    own = connections_of_each(db, {person.id or 0 for person in people.values()})
    return {token: SignedIn(person.name, person.mobile, own[person.id or 0]) for token, person in people.items()}


_people = Together[str, SignedIn](_those_behind)
