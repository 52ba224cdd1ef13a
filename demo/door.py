"""The product's HTTP doors as a head-end sees them: it knows their addresses and nothing of what lies behind."""
import logging
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

log = logging.getLogger("headend")

_LONGEST_WAIT_S, _TIMEOUT_S = 30.0, 60.0


class Waiting(Protocol):
    """Something that lets time pass."""

    def wait(self, seconds: float) -> bool:
        """False when it is time to end."""
        ...


class Refused(Exception):
    """The key is not, or no longer, good for these doors."""


class Door:
    """One product, addressed with one key."""

    def __init__(self, url: str, key: str, pace: Waiting, transport: httpx.BaseTransport | None = None) -> None:
        headers = {"Authorization": f"Bearer {key}", "User-Agent": "upay-demo-headend"}
        self._http = httpx.Client(
            base_url=url, headers=headers, timeout=_TIMEOUT_S, transport=transport, trust_env=False
        )
        self._pace = pace

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        self._http.close()

    def wait_until_open(self) -> bool:
        """Wait for /health to answer; False when told to end first."""
        return self._try_until_answered("GET", "/health", {}, b"") is not None

    def post(self, path: str, body: bytes, content_type: str, key: str | None = None) -> bool:
        """Hand over a batch, trying again for as long as the product cannot be reached or is in trouble.

        key: the Idempotency-Key, so that a repetition after a lost answer counts once. False when told to end first.
        A batch that the product turns down as a whole is logged and left. Raises Refused for a bad key.
        """
        headers = {"Content-Type": content_type} | ({"Idempotency-Key": key} if key else {})
        answer = self._try_until_answered("POST", path, headers, body)
        if answer is None:
            return False
        if answer.status_code in (401, 403):
            raise Refused(answer.text[:200])
        if answer.is_error:
            log.warning("%s answered %d: %s", path, answer.status_code, answer.text[:300])
        elif (rejected := _counts(answer).get("rejected", 0)) and rejected > 0:
            log.warning("%s turned down %d rows", path, rejected)
        return True

    def _try_until_answered(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response | None:
        wait_s = 0.5
        while True:
            try:
                answer = self._http.request(method, path, headers=headers, content=body)
                if answer.status_code != 429 and answer.status_code < 500:
                    return answer
                trouble = f"{path} answered {answer.status_code}"
            except httpx.TransportError as error:
                trouble = f"{path}: {type(error).__name__}"
            log.info("%s; again in %.1f s", trouble, wait_s)
            if not self._pace.wait(wait_s):
                return None
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


def _counts(answer: httpx.Response) -> dict[str, Any]:
    try:
        counts = answer.json()
    except ValueError:
        return {}
    return counts if isinstance(counts, dict) else {}
