"""Every request has a number, in its answer and in each line logged on its behalf, and is timed for /metrics."""
import re
import time
from secrets import token_hex

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from upay_web.http import metrics
from upay_web.http.address import address_of

HEADER = "X-Request-ID"
_USABLE = re.compile(r"[\w.-]{8,64}", re.ASCII)
_log = structlog.stdlib.get_logger("upay.http")


def numbered(inner: ASGIApp) -> ASGIApp:
    """A layer that numbers requests, times them and logs those to our own addresses."""

    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await inner(scope, receive, send)
            return
        given = Headers(scope=scope).get(HEADER, "")
        number = given if _USABLE.fullmatch(given) else token_hex(8)
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)

        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=number):
            try:
                await inner(scope, receive, sending)
            except Exception:
                status = 500
                _log.exception("http.failed", method=scope["method"], path=scope["path"])
            seconds = time.perf_counter() - begun
            route = metrics.route_of(scope)
            metrics.observe(scope["method"], route, status, seconds)
            if route.startswith("/api/"):
                spent = round(seconds * 1e3, 1)
                _log.info(
                    "http.request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=spent,
                    address=address_of(scope),
                )

    return layer
