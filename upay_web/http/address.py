"""Whom a request comes from: limits of the sign-in, sessions and logs go by it."""
from starlette.datastructures import Headers
from starlette.types import Scope

from upay.settings import settings


def address_of(scope: Scope) -> str:
    """The client's address, "" when it is not known.

    Each trusted proxy adds at the right of X-Forwarded-For whom it was asked by; what stands further left is the
    client's own word, and with fewer entries than proxies the header is not theirs.
    """
    client = scope.get("client")
    near = str(client[0]) if client else ""
    hops = settings().trusted_proxies
    if not hops:
        return near
    told = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    entries = [entry.strip() for entry in told.split(",") if entry.strip()]
    return entries[-hops] if len(entries) >= hops else near
