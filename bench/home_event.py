"""An event of the home page (the other connection chosen: guard, ownership, all figures) beside one that does nothing.

One worker, fifty pages, each firing its next event when the last one is answered.
"""
import asyncio
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from bench.figure import Figure
from bench.household import households
from bench.page_client import Page
from bench.server import server
from bench.with_nothing import NothingState
from state.home import HomeState
from upay.accounts import SESSION_COOKIE

PAGES, SECONDS = 50, 8


def run(scratch: Path) -> list[Figure]:
    """Events per second of both, in turn on the same pages of the same worker."""
    tokens, _ = households(PAGES)
    with server("bench.with_nothing:application") as base:
        home, nothing = asyncio.run(_measure(base, tokens))
    return [
        Figure(
            "event on the home page, 1 worker, 50 pages", home, "events/s", at_least=True,
            peer="no-op event on the same pages", peer_value=nothing, peer_limit=0.6,
            detail={"seconds": SECONDS},
        )
    ]  # fmt: skip


async def _measure(base: str, tokens: list[str]) -> tuple[float, float]:
    home, nothing = HomeState.get_full_name(), NothingState.get_full_name()
    pages, sessions = [], []
    for token in tokens:
        http = aiohttp.ClientSession(cookies={SESSION_COOKIE: token})
        sessions.append(http)
        page = Page(http, base, "/home")
        await page.open()
        assert (await page.hydrate())[home]["filled_rx_state_"]
        pages.append(page)
    numbers = [[str(1_000_000_000 + 2 * place + which) for which in (2, 1)] for place in range(len(pages))]
    rates = []
    for event, answer, payloads in (
        (f"{nothing}.nothing", (nothing, "count"), [itertools.repeat({}) for _ in pages]),
        (f"{home}.show", (home, "today"), [itertools.cycle({"number": number} for number in both) for both in numbers]),
    ):
        await _rounds(pages, event, answer, payloads, 2)
        rates.append(await _rounds(pages, event, answer, payloads, SECONDS))
    for page, http in zip(pages, sessions, strict=True):
        await page.close()
        await http.close()
    return rates[1], rates[0]


async def _rounds(
    pages: list[Page], event: str, answer: tuple[str, str], payloads: list[Iterator[dict]], seconds: float
) -> float:
    """Events per second while every page keeps firing. Each event must change what is shown, or it has no answer."""
    end, done = time.perf_counter() + seconds, 0

    async def keep_firing(page: Page, payloads: Iterator[dict]) -> None:
        nonlocal done
        for payload in payloads:
            await page.send(event, payload, answer)
            done += 1
            if time.perf_counter() > end:
                return

    begun = time.perf_counter()
    await asyncio.gather(*(keep_firing(page, payload) for page, payload in zip(pages, payloads, strict=True)))
    return done / (time.perf_counter() - begun)
