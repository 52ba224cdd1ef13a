"""What a web worker does beside answering: it writes, every half minute, which sessions were seen."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator

import structlog

from upay.accounts import write_seen
from upay.db import session

WRITE_EVERY_S = 30.0

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def keeping_last_seen() -> AsyncGenerator[None]:
    """Write as long as the application runs, and once more when it ends."""
    task = asyncio.create_task(_keep())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        await asyncio.to_thread(_write)


async def _keep() -> None:
    while True:
        await asyncio.sleep(WRITE_EVERY_S)
        await asyncio.to_thread(_write)


def _write() -> None:
    """Whatever goes wrong, nobody is refused for it, and the sessions are noted anew when they are next looked up."""
    try:
        while True:
            with session() as db:
                if not write_seen(db):
                    return
    except Exception:
        log.exception("sessions.last_seen_not_written")
