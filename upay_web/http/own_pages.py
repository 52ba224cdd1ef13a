"""Nothing is changed on the word of another site: whatever is no mere look must come from a page of ours.

Every browser names the origin of a POST, and recent ones say besides how the asking site stands to ours
(`Sec-Fetch-Site`); a form on another site is refused by both. One layer, so that no route can forget it.
"""
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from upay.errors import Problem
from upay.settings import settings
from upay_web.http.bodies import INTAKE
from upay_web.http.problems import answer

_LOOKS = frozenset({"GET", "HEAD", "OPTIONS"})


def only_from_own_pages(inner: ASGIApp) -> ASGIApp:
    """A layer that refuses what another site makes a browser send: a page is shown the reason, a script gets 403."""

    async def layer(scope: Scope, receive: Receive, send: Send) -> None:
        asks = scope["type"] == "http" and scope["method"] not in _LOOKS and scope["path"] not in INTAKE
        if asks and not _is_ours(Headers(scope=scope)):
            await _refusal(scope)(scope, receive, send)
            return
        await inner(scope, receive, send)

    return layer


def _is_ours(headers: Headers) -> bool:
    origin = headers.get("origin", "")
    ours = origin == settings().public_url.rstrip("/") or urlsplit(origin).netloc == headers.get("host")
    return bool(origin) and ours and headers.get("sec-fetch-site", "same-origin") == "same-origin"


def _refusal(scope: Scope) -> Response:
    request = Request(scope)
    if "text/html" in request.headers.get("accept", ""):
        return RedirectResponse("/sign-in?e=sign_in.foreign_origin", 303)
    return answer(request, Problem("sign_in.foreign_origin", status=403))
