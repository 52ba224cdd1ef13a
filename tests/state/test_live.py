"""One look for all: open pages get what concerns them, when it comes, and nothing else."""
import asyncio

from state import live
from state.live import Hub
from tests.upay.metering.house import TODAY, build_house, read
from upay.metering import tail

METER, OTHER = 1, 2
PATIENCE_S = 10


async def first(feed):
    """What a page is given next."""
    async with asyncio.timeout(PATIENCE_S):
        await feed.arrival()
        return feed.take()


async def test_a_page_is_given_a_read_that_was_acknowledged_while_it_watched(sqlite):
    build_house()
    async with Hub().watch([METER]) as feed:
        await asyncio.to_thread(read, TODAY, {4: 320})
        tail.nudge()
        assert [block.wh for block in (await first(feed)).reads[METER]] == [320]


async def test_without_a_nudge_the_next_look_finds_it(sqlite):
    """As when another process took the batch."""
    build_house()
    async with Hub().watch([METER]) as feed:
        await asyncio.to_thread(read, TODAY, {4: 320})
        assert METER in (await first(feed)).reads


async def test_a_page_that_is_slow_finds_its_news_merged(sqlite):
    build_house()
    hub = Hub()
    async with hub.watch([METER]) as feed, hub.watch([METER]) as quick:
        for slot in (4, 5):
            await asyncio.to_thread(read, TODAY, {slot: 100 + slot})
            tail.nudge()
            await first(quick)
        assert [block.wh for block in (await first(feed)).reads[METER]] == [104, 105]


async def test_pages_of_other_meters_are_left_in_peace(sqlite):
    build_house()
    hub = Hub()
    async with hub.watch([METER]) as mine, hub.watch([OTHER]) as other:
        await asyncio.to_thread(read, TODAY, {4: 320})
        tail.nudge()
        await first(mine)
        assert not other._arrived.is_set()


async def test_when_the_last_page_closes_the_looking_ends(sqlite):
    build_house()
    hub = Hub()
    async with hub.watch([METER]):
        task = hub._task
    assert task is not None
    tail.nudge()
    async with asyncio.timeout(PATIENCE_S):
        await task


async def test_a_page_that_opens_again_is_watched_again(sqlite):
    build_house()
    hub = Hub()
    async with hub.watch([METER]):
        pass
    async with hub.watch([METER]) as feed:
        await asyncio.to_thread(read, TODAY, {4: 320})
        tail.nudge()
        assert METER in (await first(feed)).reads


async def test_trouble_of_any_kind_is_outlived(sqlite, monkeypatch):
    build_house()
    look, failures = live._look, [FileNotFoundError("gone"), RuntimeError("pool")]

    def troubled(tail, wanted):
        if failures:
            raise failures.pop()
        return look(tail, wanted)

    monkeypatch.setattr(live, "_look", troubled)
    hub = Hub()
    async with hub.watch([METER]) as feed:
        await asyncio.to_thread(read, TODAY, {4: 320})
        assert METER in (await first(feed)).reads
    assert not failures
