"""What the fleet's meters have to say and when it reaches the head-end: blocks and live readings.

Everything is a function of the fleet and a window of time, so that a head-end may stop anywhere and go on from there.
Times are seconds since 1970 UTC; a window is (after, until].
"""
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demo import grid
from demo.frames import BLOCK_S, DAY_S, IST_S, Registers, day_of, rows
from demo.noise import noise, uniform
from demo.plan import PER_DTR, SLOTS, Fleet
from demo.readings import Readings, read_meters
from demo.seasons import describe

GRID_S = 300  # reads arrive in steps of five minutes
_LATEST_S = 48 * GRID_S
_PART_BLOCKS = 500_000


class Feed:
    """A fleet's meters from the end of its history on. standing: their registers then, Wh."""

    def __init__(self, fleet: Fleet, standing: NDArray[np.int64]) -> None:
        self._fleet = fleet
        self._parts = fleet.parts(_PART_BLOCKS)
        self._registers = [Registers(fleet, standing.copy()) for _ in self._parts]
        self._counted_to = [fleet.until_day for _ in self._parts]
        self._day = lru_cache(maxsize=3 * len(self._parts))(self._read)

    @property
    def begin_s(self) -> int:
        """Where history ended."""
        return self._fleet.until_day * DAY_S - IST_S

    def blocks(self, after_s: int, until_s: int) -> Iterator[pl.DataFrame]:
        """Block reads that arrive in the window: most at the end of their block, 1 in 20 later, 1 in 100 twice."""
        first = max(self._fleet.until_day, day_of(after_s - _LATEST_S - BLOCK_S))
        for part in range(len(self._parts)):
            for day in range(first, day_of(until_s) + 1):
                read, begins = self._day(day, part)
                once, again = self._arrival(day, read)
                due = [(at > after_s) & (at <= until_s) & read.present[0] for at in (once, again)]
                for wanted in due:
                    if wanted.any():
                        yield rows(self._fleet, read, begins, wanted[None]).rename({"serial": "meter"})

    def live(self, at_s: int) -> Iterator[pl.DataFrame]:
        """What every consumer's meter shows at an instant: meter, at_s, power_w, v, a, register_wh.

        Power moves within the block as appliances switch, and the register runs with it to the block's own energy.
        """
        day, within_s = divmod(at_s + IST_S, DAY_S)
        slot, second = divmod(within_s, BLOCK_S)
        for part in range(len(self._parts)):
            read, begins = self._day(day, part)
            yield _live(self._fleet, read, begins[0], slot, second).with_columns(pl.lit(at_s).alias("at_s"))

    def _read(self, day: int, part: int) -> tuple[Readings, NDArray[np.int64]]:
        """One day of one part of the fleet, with the registers at its beginning."""
        registers = self._registers[part]
        if day < self._counted_to[part]:
            raise ValueError(f"day {day} is gone by")
        while self._counted_to[part] < day:
            registers.over(read_meters(self._fleet, np.array([self._counted_to[part]]), *self._parts[part]))
            self._counted_to[part] += 1
        read = read_meters(self._fleet, np.array([day]), *self._parts[part])
        self._counted_to[part] = day + 1
        return read, registers.over(read)

    def _arrival(self, day: int, read: Readings) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """When each block of a day's reads arrives, and when it does again (never, mostly). shape (meters, 48)."""
        meter = np.r_[np.arange(*read.connections), -1 - np.arange(*read.dtrs)][:, None]
        slot = np.arange(SLOTS)
        ended = (day * SLOTS + slot + 1) * BLOCK_S - IST_S
        chance = noise(self._fleet.seed, "late", meter, day, slot)
        late = np.where(uniform(chance) < 0.05, 2 + (chance % np.uint64(46)).astype(np.int64), 0)
        arrival = ended + GRID_S * late
        twice = uniform(noise(self._fleet.seed, "twice", meter, day, slot)) < 0.01
        return arrival, np.where(twice, arrival + 3 * GRID_S, 0)


def _live(fleet: Fleet, read: Readings, begins: NDArray[np.int64], slot: int, second: int) -> pl.DataFrame:
    first, end = read.connections
    meters = end - first
    counted = read.metered_wh[0, :meters]
    weight, passed = _within_block(fleet, read, slot, second)
    block = counted[:, slot]
    register = begins[:meters] + counted[:, :slot].sum(axis=1, dtype=np.int64) + (block * passed).astype(np.int64)
    power = np.rint(block * 2 * weight).astype(np.int64)
    volts = read.dv[0, :meters, slot] / 10 * (weight > 0)
    amperes = np.divide(power, volts, out=np.zeros(meters), where=volts > 0)
    change = fleet.change
    serials = [fleet.serial(connection) for connection in range(first, end)]
    absolute = int(read.day[0]) * SLOTS + slot
    if first <= (change.connection or 0) < end and absolute >= change.first:
        serials[(change.connection or 0) - first] = fleet.serial(change.connection or 0, changed=True)
    return pl.DataFrame(
        {"meter": serials, "power_w": power, "v": volts.round(1), "a": amperes.round(2), "register_wh": register}
    )


def _within_block(
    fleet: Fleet, read: Readings, slot: int, second: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Power over the block's mean, now, and the part of the block's energy that has passed; of each connection.

    A block is 60 cells of 30 s, each with a weight by chance and none where supply failed; they average to 1.
    """
    first, end = read.connections
    day = int(read.day[0])
    cell = np.arange(60)
    chance = uniform(noise(fleet.seed, "moment", np.arange(first, end)[:, None], day * SLOTS + slot, cell))
    slow = uniform(noise(fleet.seed, "appliance", np.arange(first, end)[:, None], day * SLOTS + slot, cell // 12))
    weights = (0.55 + 0.25 * chance + 0.8 * slow).astype(np.float64)
    days = describe(fleet.seed, read.day, fleet.state.subdivision)
    begin, finish = grid.outages(fleet, days, *read.dtrs)
    minute = slot * 30 + cell / 2
    behind = np.arange(first, end) // PER_DTR - read.dtrs[0]
    weights *= ~((minute >= begin[0, behind, None]) & (minute < finish[0, behind, None]))
    mean = weights.mean(axis=1, keepdims=True)
    weights = np.divide(weights, mean, out=np.zeros_like(weights), where=mean > 0)
    at, into = divmod(second, 30)
    return weights[:, at], (weights[:, :at].sum(axis=1) + weights[:, at] * into / 30) / 60
