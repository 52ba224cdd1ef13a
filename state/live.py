"""Who is watching which meters in this web worker, and the one task that brings them the news.

However many pages are open, the tail is read once per look; each page gets only what concerns it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager

import structlog

from upay.accounts import links_version
from upay.db import session
from upay.metering.tail import News, Tail, on_nudge

# The net under the nudge: reads that another process acknowledged are seen at the next look.
LOOK_EVERY_S = 0.25

log = structlog.get_logger()


class Feed:
    """One open page's news: an async iterator that gives what has come since it last asked, merged."""

    def __init__(self, meter_ids: Collection[int]) -> None:
        self.meter_ids = frozenset(meter_ids)
        self._news = News()
        self._arrived = asyncio.Event()

    def turn_to(self, meter_ids: Collection[int]) -> None:
        """News of other meters from now on. Nothing acknowledged later can be missed: load what the page shows then."""
        if self.meter_ids != (wanted := frozenset(meter_ids)):
            self.meter_ids, self._news = wanted, News()
            self._arrived.clear()

    def offer(self, news: News) -> None:
        """Keep what concerns this page; a slow page finds later news merged with earlier."""
        for meter_id in self.meter_ids & news.meters():
            self._news.reads.setdefault(meter_id, []).extend(news.reads.get(meter_id, ()))
            if reading := news.live.get(meter_id):
                self._news.live[meter_id] = reading
            self._arrived.set()

    def stir(self) -> None:
        """Who may see what has changed somewhere: the page is to ask again, whether or not there is news for it."""
        self._arrived.set()

    def take(self) -> News:
        """What has come since the last time; it is the page's then."""
        self._arrived.clear()
        news, self._news = self._news, News()
        return news

    async def arrival(self) -> None:
        """Wait until there is something to take."""
        await self._arrived.wait()


class Hub:
    """The watchers of one worker. Its task lives only while somebody watches."""

    def __init__(self) -> None:
        self._feeds: set[Feed] = set()
        self._by_tab: dict[str, Feed] = {}
        self._task: asyncio.Task[None] | None = None
        self._started = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        on_nudge(self._nudged)

    @asynccontextmanager
    async def watch(self, meter_ids: Collection[int], tab: str = "") -> AsyncIterator[Feed]:
        """A feed of the news of these meters, for as long as the block lasts.

        Once inside, nothing acknowledged later can be missed: load what the page shows then, not before.
        tab: by which `following` finds the feed.
        """
        feed = Feed(meter_ids)
        self._feeds.add(feed)
        try:
            if self._task is None or self._task.done():
                self._loop = asyncio.get_running_loop()
                self._started.clear()
                self._task = asyncio.create_task(self._run())
            await self._started.wait()
            if tab:
                self._by_tab[tab] = feed
            yield feed
        finally:
            self._feeds.discard(feed)
            if self._by_tab.get(tab) is feed:
                del self._by_tab[tab]

    def following(self, tab: str) -> Feed | None:
        """The feed that a tab's page is following in this worker."""
        return self._by_tab.get(tab)

    def _nudged(self) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def _run(self) -> None:
        tail: Tail | None = None
        links = 0
        while self._feeds:
            self._wake.clear()
            try:
                if tail is None:
                    tail, links = await asyncio.to_thread(_start)
                self._started.set()
                news, links_now = await asyncio.to_thread(_look, tail, self._wanted)
            except Exception:
                # Whatever is away (database, a pool's connection, a file), every open page waits on this one loop: it
                # must outlive the trouble. Pages keep what they show, and the next look tries again.
                log.exception("live.look_failed")
                await asyncio.sleep(LOOK_EVERY_S)
                continue
            for feed in list(self._feeds):
                feed.offer(news)
                if links_now != links:
                    feed.stir()
            links = links_now
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _wanted(self) -> frozenset[int]:
        """The meters that are watched. Asked from the looking thread; the list is copied in one step."""
        return frozenset[int]().union(*(feed.meter_ids for feed in list(self._feeds)))


def _start() -> tuple[Tail, int]:
    with session() as db:
        return Tail(db), links_version(db)


def _look(tail: Tail, wanted: Callable[[], frozenset[int]]) -> tuple[News, int]:
    with session() as db:
        return tail.look(db, wanted), links_version(db)


hub = Hub()
