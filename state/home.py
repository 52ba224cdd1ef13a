"""The home page: today block by block, live, and the weeks before it."""
import asyncio
from datetime import date
from typing import Any, TypedDict

import reflex as rx

from state.choice import ChoiceState, own_connections
from state.live import hub
from state.person import signed_in
from upay import clock
from upay.accounts import LinkedConnection
from upay.accounts.models import Person
from upay.clock import day_of
from upay.db import session
from upay.metering import usage
from upay.metering.history import Row
from upay.metering.models import LiveReading, Quality
from upay.metering.overview import Overview, overview
from upay.metering.tail import BlockRead, News
from upay.packs import pack


class Bar(TypedDict):
    """A block or a day of the small charts. wh: -1 where nothing is known.  band: of the pack, "" for a day.

    state: `read`, `estimated`, `outage`, `running` (the block in progress) or "".
    """

    start_s: int
    wh: int
    band: str
    state: str


class HomeState(ChoiceState):
    """Energies in Wh, power in W, voltage in decivolts, instants in UTC seconds; 0 where `has_…` says there is none."""

    day: str = ""
    minutes: int = 30
    today: list[Bar] = []
    today_wh: int = 0
    running_wh: int = 0
    export_wh: int = 0
    has_solar: bool = False
    has_yesterday: bool = False
    yesterday_wh: int = 0
    now_w: int = -1
    now_dv: int = 0
    last_read_s: int = 0
    reporting: bool = True
    month_wh: int = 0
    has_month_before: bool = False
    month_before_wh: int = 0
    days: list[Bar] = []
    mean_wh: int = 0
    filled: bool = False

    _yesterday: dict[int, int] = {}

    @rx.var
    def against_yesterday(self) -> int:
        """Percent more (or, negative, less) than yesterday by the same block; -1000 when that cannot be said."""
        if not self.has_yesterday or self.yesterday_wh < 100:
            return -1000
        return round((self.today_wh - self.yesterday_wh) * 100 / self.yesterday_wh)

    @rx.var
    def against_month(self) -> int:
        """Percent against the same days of last month; -1000 when that cannot be said."""
        if not self.has_month_before or self.month_before_wh < 1000:
            return -1000
        return round((self.month_wh - self.month_before_wh) * 100 / self.month_before_wh)

    @rx.event(background=True, supersedes=True)
    @signed_in
    async def show(self, person: Person, number: str = ""):
        """Show a connection of the person's own, and follow its meters for as long as the page is open.

        number: "" for the one that the address names, or the one shown before.
        """
        own = await own_connections(person)
        async with self:
            before = self.number
            chosen = self._choose(own, number or self.router.url.query_parameters.get("c", ""))
            self.filled = self.filled and before == self.number
        if chosen is None:
            return
        async with hub.watch(await asyncio.to_thread(_meters, chosen.id)) as feed:
            await self._refresh(chosen)
            async for news in feed:
                if day_of(clock.now()).isoformat() != self.day:
                    await self._refresh(chosen)
                    continue
                async with self:
                    self._take(news)

    async def _refresh(self, chosen: LinkedConnection) -> None:
        found = await asyncio.to_thread(_overview, chosen.id)
        async with self:
            self._fill(found, chosen)

    def _fill(self, found: Overview, own: LinkedConnection) -> None:
        """All figures at once."""
        self.day, self.has_solar = found.day.isoformat(), own.has_solar
        self.minutes = found.today[0].minutes
        self.today = _blocks(found.today, found.day)
        self._yesterday = {row.start_s: row.vs for row in found.today if row.vs is not None}
        self._total()
        self.export_wh = found.export_today_wh
        self.last_read_s, self.reporting = found.last_read_s or 0, found.reporting
        self.month_wh = found.month_wh
        self.has_month_before, self.month_before_wh = found.month_before_wh is not None, found.month_before_wh or 0
        self.days = [_bar(row, "") for row in found.days]
        self.mean_wh = found.mean_wh or 0
        self.now_w = -1
        if found.live is not None:
            self._take_live(found.live)
        self.filled = True

    def _take(self, news: News) -> None:
        """Put what has just come where it belongs."""
        for reads in news.reads.values():
            self._take_reads(reads)
        for reading in news.live.values():
            self._take_live(reading)

    def _take_reads(self, reads: list[BlockRead]) -> None:
        """The first read of a block counts, as it does when the day is closed; other days wait for the next load."""
        bands, bars = _bands(date.fromisoformat(self.day)), {bar["start_s"]: bar for bar in self.today}
        for read in reads:
            bar = bars.get(read.start_s)
            if bar is None or bar["state"] == "read":
                continue
            bars[read.start_s] = Bar(start_s=read.start_s, wh=read.wh, band=bands[_hour(read.start_s)], state="read")
            self.export_wh += read.export_wh or 0
            self.month_wh += read.wh
            self.last_read_s = max(self.last_read_s, read.start_s + 60 * read.minutes)
        self.today = list(bars.values())
        self.reporting = True
        self._total()

    def _take_live(self, reading: LiveReading) -> None:
        """What flows now, and the block in progress as far as the register has counted it."""
        self.now_w = reading.power_w if reading.power_w is not None else -1
        self.now_dv = reading.dv or 0
        self.reporting = True
        self.last_read_s = max(self.last_read_s, reading.at_s)
        if reading.register_wh is None or reading.block_register_wh is None:
            return
        for index, bar in enumerate(self.today):
            if bar["start_s"] == reading.block_start_s and bar["state"] in ("", "running"):
                self.running_wh = max(0, reading.register_wh - reading.block_register_wh)
                band = _bands(date.fromisoformat(self.day))[_hour(bar["start_s"])]
                self.today[index] = Bar(start_s=bar["start_s"], wh=self.running_wh, band=band, state="running")

    def _total(self) -> None:
        known = [bar for bar in self.today if bar["wh"] >= 0 and bar["state"] != "running"]
        self.running_wh = sum(bar["wh"] for bar in self.today if bar["state"] == "running")
        self.today_wh = sum(bar["wh"] for bar in known)
        before = [self._yesterday.get(bar["start_s"]) for bar in known]
        self.has_yesterday = bool(known) and all(wh is not None for wh in before)
        self.yesterday_wh = sum(wh or 0 for wh in before)
        if self.days:
            self.days = [*self.days[:-1], Bar(**{**self.days[-1], "wh": self.today_wh})]


def _blocks(rows: list[Row], day: date) -> list[Bar]:
    bands = _bands(day)
    return [_bar(row, bands[_hour(row.start_s)]) for row in rows]


def _bar(row: Row, band: str) -> Bar:
    """A row as the charts take it; a day counts as estimated when most of it was."""
    state = "" if row.wh is None else "read"
    if row.wh is not None and row.quality == Quality.OUTAGE and row.blocks == 1:
        state = "outage"
    elif row.estimated * 2 > row.blocks:
        state = "estimated"
    return Bar(start_s=row.start_s, wh=-1 if row.wh is None else row.wh, band=band, state=state)


def _bands(day: date) -> list[str]:
    """The ToD band of each hour of the day."""
    return [next(band.key for band in pack().bands(day) if band.covers(hour)) for hour in range(24)]


def _hour(start_s: int) -> int:
    return (start_s + clock.IST_OFFSET_S) % clock.DAY_S // 3600


def _meters(connection_id: int) -> list[int]:
    with session() as db:
        return usage.meters_of(db, connection_id)


def _overview(connection_id: int) -> Any:
    with session() as db:
        return overview(db, connection_id, clock.now())
