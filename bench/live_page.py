"""From the acknowledgement of a read to its showing in an open page, with two hundred pages open on one worker.

A head-end sends a block for every watched meter in one batch, again and again; each page's time is taken from the
moment the door has answered to the moment its socket brings the new sum.
"""
import asyncio
import json
import time
from datetime import timedelta
from pathlib import Path

import aiohttp
import numpy as np

from bench.figure import Figure
from bench.household import households
from bench.page_client import Page
from bench.server import server
from state.home import HomeState
from upay import clock
from upay.accounts import SESSION_COOKIE
from upay.clock import day_of, day_start

PAGES, ROUNDS, BETWEEN_S = 200, 12, 2.0
HOME = HomeState.get_full_name()


def run(scratch: Path) -> list[Figure]:
    """p95 over all pages and rounds."""
    tokens, key = households(PAGES, read_today=False)
    with server() as base:
        waits = asyncio.run(_measure(base, tokens, key))
    return [
        Figure(
            "read acknowledged → visible in an open page, p95 of 200 pages", float(np.percentile(waits, 95)), "s",
            limit=1.0, detail={"pages": PAGES, "rounds": ROUNDS, "p50_s": float(np.median(waits)), "max_s": max(waits)},
        )
    ]  # fmt: skip


async def _measure(base: str, tokens: list[str], key: str) -> list[float]:
    sessions = [aiohttp.ClientSession(cookies={SESSION_COOKIE: token}) for token in tokens]
    pages = [Page(http, base, "/home") for http in sessions]
    for page in pages:
        await page.open()
        assert (await page.hydrate())[HOME]["filled_rx_state_"]
    waits: list[float] = []
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as door:
        for number in range(ROUNDS):
            total = sum(100 + sent for sent in range(number + 1))
            seen = [asyncio.create_task(_when_seen(page, total)) for page in pages]
            acknowledged = await _send(door, base, number)
            waits += [max(0.0, at - acknowledged) for at in await asyncio.gather(*seen)]
            await asyncio.sleep(BETWEEN_S)
    for page, http in zip(pages, sessions, strict=True):
        await page.close()
        await http.close()
    return waits


async def _when_seen(page: Page, total: int) -> float:
    async with asyncio.timeout(60):
        await page.until((HOME, "today_wh"), total)
    return time.perf_counter()


async def _send(door: aiohttp.ClientSession, base: str, number: int) -> float:
    """One half-hour of today for every watched meter; returns when the door had answered."""
    start = day_start(day_of(clock.now())) + timedelta(minutes=30 * number)
    rows = "\n".join(
        json.dumps({"meter": f"UP{2 * place + 1:08d}", "start": start.isoformat(), "wh": 100 + number})
        for place in range(PAGES)
    )
    headers = {"Content-Type": "application/x-ndjson"}
    async with door.post(f"{base}/api/v1/reads", data=rows, headers=headers) as answer:
        told = await answer.json()
        assert told["accepted"] == PAGES, told
        return time.perf_counter()
