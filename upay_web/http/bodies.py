"""Bodies from people are small. What is larger is refused before anything reads it: a form's file would go to disk."""
import contextlib

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from upay.errors import Problem
from upay_web.http.problems import answer

MOST_BYTES = 64 << 10
# Machines call them: they ask for a key first and count for themselves, up to what an installation lets a batch weigh.
INTAKE = frozenset({"/api/v1/reads", "/api/v1/events", "/api/v1/live"})


class _TooLarge(Exception):
    """More came than was announced."""


def bounded(inner: ASGIApp) -> ASGIApp:
    """A layer that answers 413 `http.body_too_large` to bodies above `MOST_BYTES`, but at the intake doors."""

    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in INTAKE:
            await inner(scope, receive, send)
            return
        size = 0
        begun = False

        async def counting() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > MOST_BYTES:
                raise _TooLarge
            return message

        async def sending(message: Message) -> None:
            nonlocal begun
            if size <= MOST_BYTES or begun:  # what the application makes of the broken body is not said
                begun = True
                await send(message)

        declared = Headers(scope=scope).get("content-length", "")
        if not (declared.isdecimal() and int(declared) > MOST_BYTES):
            with contextlib.suppress(_TooLarge):  # answered below, like the one that announced it
                await inner(scope, counting, sending)
            if size <= MOST_BYTES or begun:
                return
        told = answer(Request(scope), Problem("http.body_too_large", {"limit": MOST_BYTES >> 10}, 413))
        await told(scope, receive, send)

    return layer
