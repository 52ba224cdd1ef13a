"""Pages at their own addresses: `/home` answers without a detour over `/home/`, and what is closed is not there."""

from collections.abc import Callable, Collection

from starlette.types import ASGIApp, Receive, Scope, Send

# No page has this address, so the server of the built pages answers with its "not found", status 404.
_NOWHERE = "/404/closed"


def page_addresses(open_pages: Collection[str], closed_pages: Collection[str]) -> Callable[[ASGIApp], ASGIApp]:
    """A layer that leads the addresses of pages, given without slashes around, to the folders they are built into."""

    def layer(inner: ASGIApp) -> ASGIApp:
        async def led(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
                address = scope["path"].strip("/")
                if address in closed_pages:
                    scope = {**scope, "path": _NOWHERE, "raw_path": _NOWHERE.encode()}
                elif address in open_pages and not scope["path"].endswith("/"):
                    scope = {**scope, "path": f"/{address}/", "raw_path": f"/{address}/".encode()}
            await inner(scope, receive, send)

        return led

    return layer
