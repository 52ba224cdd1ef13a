"""The home page: today block by block, live, and the weeks before it."""

import asyncio
from collections.abc import Collection

import reflex as rx
from sqlmodel import Session

from state.choice import ChoiceState
from state.guard import to_sign_in
from state.live import Feed, hub
from state.person import SignedIn, person_behind, signed_in
from state.together import Together
from upay import clock
from upay.accounts import LinkedConnection, Right
from upay.clock import day_of
from upay.db import session
from upay.metering.bars import Bars, replaced
from upay.metering.models import LiveReading
from upay.metering.overview import Overview, held_overviews, overview, voltage_verdict
from upay.metering.tail import BlockRead

_EMPTY = Bars(start_s=0, step_s=1800, wh=[], bands=[], states=[])


class HomeState(ChoiceState):
    """Energies in Wh, power in W, voltage in decivolts, instants in UTC seconds; 0 where `has_…` says there is none.

    live_for_s, silent_after_s: the age from which a live reading is no longer "now", and a meter no longer reporting.
    The page itself looks at the clock, so that what it says ages with it.
    """

    day: str = ""
    today: Bars = _EMPTY
    today_wh: int = 0
    running_wh: int = 0
    export_wh: int = 0
    has_solar: bool = False
    has_yesterday: bool = False
    yesterday_wh: int = 0
    now_w: int = -1
    now_dv: int = 0
    voltage: str = ""
    last_read_s: int = 0
    live_s: int = 0
    live_for_s: int = 0
    silent_after_s: int = 0
    month_wh: int = 0
    month_past_wh: int = 0
    has_month_before: bool = False
    month_before_wh: int = 0
    days: Bars = _EMPTY
    mean_wh: int = 0
    filled: bool = False

    _yesterday: tuple[int | None, ...] = ()

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
        return round((self.month_past_wh - self.month_before_wh) * 100 / self.month_before_wh)

    @rx.event
    @signed_in
    async def show(self, person: SignedIn, number: str = ""):
        """Show a connection of the person's own, and begin to follow it unless this tab follows already.

        number: "" for the one that the address names, or the one shown before.
        """
        tab = self.router.session.client_token
        await self._show(person, number or self.router.url.query_parameters.get("c", ""), hub.following(tab))
        return None if hub.following(tab) else HomeState.follow

    @rx.event(background=True, supersedes=True)
    @signed_in
    async def follow(self, person: SignedIn):
        """Bring the page what comes, for as long as it is open and the person may see it."""
        async with hub.watch((), self.router.session.client_token) as feed:
            async with self:
                await self._show(person, "", feed)
            while True:
                await feed.arrival()
                asking = await person_behind(self)
                if asking is None:
                    return to_sign_in(self)
                async with self:
                    await self._take(asking, feed)

    async def _show(self, person: SignedIn, wanted: str, feed: Feed | None) -> None:
        """All figures at once, and from then on what comes of the same connection."""
        chosen = self._choose(person, Right.USAGE, wanted)
        if feed is not None:
            feed.turn_to(chosen.meter_ids if chosen else ())
        if chosen is None:
            self._forget()
            return
        self._fill(await _figures.ask(chosen.id) or await asyncio.to_thread(_overview, chosen.id), chosen)

    def _forget(self) -> None:
        """Nothing of a connection that the person may not see any more stays behind in the page."""
        self._yesterday = ()
        self._set(today=_EMPTY, days=_EMPTY, today_wh=0, running_wh=0, yesterday_wh=0, month_wh=0, month_past_wh=0)
        self._set(month_before_wh=0, export_wh=0, mean_wh=0, now_w=-1, now_dv=0, last_read_s=0, filled=False)

    async def _take(self, person: SignedIn, feed: Feed) -> None:
        """Put what has just come where it belongs; all anew when the day or what the person may see has changed."""
        news = feed.take()
        allowed = {own.number for own in person.holding(Right.USAGE)}
        if day_of(clock.now()).isoformat() != self.day or self.number not in allowed:
            await self._show(person, "", feed)
            return
        for reads in news.reads.values():
            self._take_reads(reads)
        for reading in news.live.values():
            self._take_live(reading)

    def _fill(self, found: Overview, own: LinkedConnection) -> None:
        self._yesterday = found.yesterday
        self._set(
            day=found.day.isoformat(),
            has_solar=own.has_solar,
            today=found.today,
            days=found.days,
            export_wh=found.export_today_wh,
            last_read_s=found.last_read_s or 0,
            silent_after_s=found.silent_after_s,
            live_for_s=found.live_for_s,
            month_wh=found.month_wh,
            month_past_wh=found.month_past_wh,
            has_month_before=found.month_before_wh is not None,
            month_before_wh=found.month_before_wh or 0,
            mean_wh=found.mean_wh or 0,
            filled=True,
        )
        if found.live is None:
            self._set(now_w=-1, now_dv=0, voltage="")
            self._total()
        else:
            self._take_live(found.live)

    def _take_reads(self, reads: list[BlockRead]) -> None:
        """The first read of a block counts, as it does when the day is closed; other days wait for the next load."""
        today = self.get_value("today")
        for read in reads:
            place, off = divmod(read.start_s - today["start_s"], today["step_s"])
            if off or not 0 <= place < len(today["wh"]) or today["states"][place] == "read":
                continue
            today = replaced(today, place, read.wh, "read")
            self.export_wh += read.export_wh or 0
            self.month_wh += read.wh
            self.last_read_s = max(self.last_read_s, read.start_s + 60 * read.minutes)
        self._set(today=today)
        self._total()
        self.days = replaced(self.get_value("days"), -1, self.today_wh, "read")

    def _take_live(self, reading: LiveReading) -> None:
        """What flows now, and the block in progress as far as the register has counted it."""
        power = -1 if reading.power_w is None else reading.power_w
        last = max(self.last_read_s, reading.at_s)
        self._set(now_w=power, now_dv=reading.dv or 0, live_s=reading.at_s, last_read_s=last)
        self._set(voltage=voltage_verdict(reading.dv, day_of(clock.now())))
        if None not in (reading.register_wh, reading.block_register_wh, reading.block_start_s):
            today = self.get_value("today")
            place, off = divmod(reading.block_start_s - today["start_s"], today["step_s"])
            if not off and 0 <= place < len(today["wh"]) and today["states"][place] in ("", "running"):
                running = max(0, reading.register_wh - reading.block_register_wh)
                self._set(today=replaced(today, place, running, "running"))
        self._total()

    def _total(self) -> None:
        """The sums over today's bars, and over yesterday's at the same places."""
        today = self.get_value("today")
        bars = list(zip(today["wh"], today["states"], self._yesterday, strict=True))
        known = [(wh, before) for wh, state, before in bars if wh >= 0 and state != "running"]
        self._set(
            running_wh=sum(wh for wh, state, _ in bars if state == "running"),
            today_wh=sum(wh for wh, _ in known),
            has_yesterday=bool(known) and all(before is not None for _, before in known),
            yesterday_wh=sum(before or 0 for _, before in known),
        )


def _held(db: Session, connection_ids: Collection[int]) -> dict[int, Overview]:
    return held_overviews(db, connection_ids, clock.now())


def _overview(connection_id: int) -> Overview:
    with session() as db:
        return overview(db, connection_id, clock.now())


_figures = Together[int, Overview](_held)
