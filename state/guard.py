"""How a handler comes to know who is asking, in a way that no browser can pretend.

A browser may call any public method of a state class, with any arguments. A guard finds out who is asking from the
session cookie and passes the answer by position, so that a client's own `person=` can only raise.
"""

import functools
import inspect
from collections.abc import Awaitable, Callable
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

import reflex as rx

from upay.accounts import SESSION_COOKIE


def guard(handler: Callable[..., Any], kind: type, find: Callable[[rx.State], Awaitable[Any]]) -> Any:
    """Hand an async handler (a coroutine or a generator) an instance of `kind` as its first argument.

    find: gives that instance; or an event, which is then the answer, and the handler does not run.
    """
    asker = list(inspect.signature(handler).parameters)[1]

    @functools.wraps(handler)
    async def guarded(self: rx.State, *args: Any, **kwargs: Any) -> Any:
        found = await find(self)
        return await handler(self, found, *args, **kwargs) if isinstance(found, kind) else found

    @functools.wraps(handler)
    async def guarded_generator(self: rx.State, *args: Any, **kwargs: Any) -> Any:
        found = await find(self)
        if not isinstance(found, kind):
            yield found
            return
        async for event in handler(self, found, *args, **kwargs):
            yield event

    made: Any = guarded_generator if inspect.isasyncgenfunction(handler) else guarded
    signature = inspect.signature(handler)
    made.__signature__ = signature.replace(
        parameters=[each for name, each in signature.parameters.items() if name != asker]
    )
    made.__annotations__ = {name: kind for name, kind in handler.__annotations__.items() if name != asker}
    # Reflex would follow it to the original handler and take who is asking for an argument of the event.
    del made.__wrapped__
    made.guarded_for = kind
    return made


def token_of(state: rx.State) -> str | None:
    """The session token that came with this tab's connection."""
    return _token(state.router.headers.cookie)


def to_sign_in(state: rx.State, page: str = "/sign-in") -> Any:
    """Go to the sign-in page (or a later step of it), and afterwards back to where this tab is."""
    url = state.router.url
    here = f"{url.path}?{url.query}" if url.query else url.path
    return rx.redirect(f"{page}?next={quote(here, safe='')}", replace=True)


@functools.lru_cache(maxsize=4096)
def _token(cookie_header: str) -> str | None:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(cookie_header)
    except CookieError:
        return None
    return jar[SESSION_COOKIE].value if SESSION_COOKIE in jar else None
