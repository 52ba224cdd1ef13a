"""Headers of every answer: what a browser may keep, and what a page may load and run.

The pages are prerendered, so the scripts inside them are known once they are built: the policy names their hashes, and
no other inline script runs. `unsafe-eval` stays, because Reflex carries out `rx.call_script` through eval.
"""
import base64
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SCRIPT = re.compile(rb"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_YEAR, _MONTH = 31_536_000, 2_592_000
_REST = (
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "worker-src 'self' blob:; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def guarded(pages: Path) -> Callable[[ASGIApp], ASGIApp]:
    """A layer that sets the headers. pages: folder of the built pages; without it, in development, no policy is set."""

    def layer(inner: ASGIApp) -> ASGIApp:
        async def setting(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await inner(scope, receive, send)
                return
            path = scope["path"]

            async def sending(message: Message) -> None:
                if message["type"] == "http.response.start":
                    headers = MutableHeaders(scope=message)
                    for name, value in _FIXED.items():
                        headers.setdefault(name, value)
                    is_page = headers.get("content-type", "").startswith("text/html")
                    headers.setdefault("Cache-Control", cache_control(path, message["status"], is_page))
                    if is_page and (allowed := policy(pages, path)):
                        headers.setdefault("Content-Security-Policy", allowed)
                await send(message)

            await inner(scope, receive, sending)

        return setting

    return layer


def cache_control(path: str, status: int, is_page: bool) -> str:
    """How long an answer may be kept. Names below /assets/ carry a hash of their content, the others do not."""
    if path.startswith("/api/") or status >= 400:
        return "no-store"
    if is_page:
        return "no-cache"
    if path.startswith("/assets/"):
        return f"public, max-age={_YEAR}, immutable"
    if path.startswith(("/fonts/", "/icons/")):
        return f"public, max-age={_MONTH}"
    return "no-cache"


@lru_cache(maxsize=256)
def policy(pages: Path, path: str) -> str:
    """The Content-Security-Policy of the page at an address; empty where no pages are built."""
    if not pages.is_dir():
        return ""
    page = pages / path.strip("/") / "index.html"
    known = page.resolve().is_relative_to(pages.resolve()) and page.is_file()
    html = (page if known else pages / "404.html").read_bytes()
    hashes = {base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _SCRIPT.findall(html)}
    allowed = " ".join(f"'sha256-{digest}'" for digest in sorted(hashes))
    return f"default-src 'self'; script-src 'self' 'unsafe-eval' {allowed}; {_REST}"
