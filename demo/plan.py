"""The plan of a fleet: which connection is what, who signs in, and where something goes wrong on purpose."""
from dataclasses import asdict, dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from demo.noise import noise, normal, uniform
from demo.places import STATES, State

PER_DTR = 25
SLOTS = 48
LEAST = 14  # connections that the persons and the special cases need

_SOLAR, _SHOP = 1, 4
_ZERO, _STUCK, _SPIKE, _CHANGE, _LONG_GAP, _SHORT_GAP, _MAGNET, _NEUTRAL = range(6, 14)
PERSONS = {"home": (0,), "solar": (_SOLAR,), "family": (2, 3, 5), "shop": (_SHOP,)}

# Mean daily use of a home, Wh, at these shares of the homes: quantiles over 46 homes of Bareilly (CEEW).
_LEVELS = (
    (0.0, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 1.0),
    (600, 1210, 1950, 3150, 7000, 11840, 15520, 16010, 19000),
)
# Deviation of the logarithm of daily use within a month, over the same homes.
_SPREADS = ((0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0), (0.18, 0.215, 0.26, 0.31, 0.41, 0.68, 0.8))


@dataclass(frozen=True)
class Special:
    """Something that goes wrong on purpose. first, end: absolute slots (48 × day + slot), end beyond the last."""

    kind: str
    first: int
    end: int
    connection: int | None = None
    dtr: int | None = None


@dataclass(frozen=True)
class Traits:
    """What is particular to each connection; shape (connections,). Energies in Wh a day."""

    shop: NDArray[np.bool_]
    kwp: NDArray[np.float32]
    level: NDArray[np.float32]
    spread: NDArray[np.float32]
    cooling: NDArray[np.float32]
    heating: NDArray[np.float32]
    always_on: NDArray[np.float32]
    dv: NDArray[np.float32]
    load_w: NDArray[np.int64]
    prepaid: NDArray[np.bool_]
    register_wh: NDArray[np.int64]


@dataclass(frozen=True)
class Fleet:
    """A fleet: a pure function of these. Days are counted since 1970 (IST); history is [first_day, until_day)."""

    seed: int
    connections: int
    first_day: int
    until_day: int
    pack: str = "up"

    @property
    def state(self) -> State:
        """Its towns and tariffs."""
        return STATES[self.pack]

    @property
    def dtrs(self) -> int:
        """How many DTRs there are; the last may be short of connections."""
        return -(-self.connections // PER_DTR)

    def connections_of(self, first_dtr: int, end_dtr: int) -> tuple[int, int]:
        """The connections [first, end) behind DTRs [first_dtr, end_dtr)."""
        return first_dtr * PER_DTR, min(end_dtr * PER_DTR, self.connections)

    def serial(self, connection: int, changed: bool = False) -> str:
        """The serial of a connection's meter, or of the one that took its place."""
        return f"SM{(70_000_000 if changed else 20_000_000) + connection}"

    @cached_property
    def change(self) -> Special:
        """The exchange of a meter: from its first slot on, the connection's readings are the new meter's."""
        return next(special for special in self.specials if special.kind == "meter_change")

    def dtr_serial(self, dtr: int) -> str:
        """The serial of a DTR's own meter."""
        return f"DT{4_000_000 + dtr}"

    def parts(self, blocks: int) -> list[tuple[int, int]]:
        """Ranges of DTRs that read about `blocks` blocks a day each at most."""
        step = max(1, blocks // ((PER_DTR + 1) * SLOTS))
        return [(first, min(first + step, self.dtrs)) for first in range(0, self.dtrs, step)]

    def manifest(self) -> dict[str, object]:
        """All of it in plain values, for a file."""
        return asdict(self)

    @cached_property
    def traits(self) -> Traits:
        """The particulars of every connection."""
        index = np.arange(self.connections)

        def chance(what: str) -> NDArray[np.float32]:
            return uniform(noise(self.seed, what, index))

        reserved = index < LEAST
        shop = np.where(reserved, index == _SHOP, chance("is shop") < 0.05)
        solar = np.where(reserved, index == _SOLAR, (chance("is solar") < 0.08) & ~shop)
        rank = np.where(solar, 0.6 + 0.4 * chance("level"), chance("level"))
        rank = np.where(reserved, 0.45 + 0.4 * chance("level"), rank)
        level = np.interp(rank, *_LEVELS) * np.where(shop, 1.6, 1.0)
        owns_geyser = (chance("geyser") < 0.45) & ~shop
        cooling = np.clip(1 + 0.45 * normal(noise(self.seed, "cooling", index)), 0.1, 2.2)
        return Traits(
            shop=shop,
            kwp=np.where(solar, 2 + np.floor(3 * chance("kwp")), 0).astype(np.float32),
            level=level.astype(np.float32),
            spread=np.interp(chance("spread"), *_SPREADS).astype(np.float32),
            cooling=cooling.astype(np.float32),
            heating=(owns_geyser * (1.2 + 2.0 * chance("geyser size"))).astype(np.float32),
            always_on=(0.22 + 0.22 * chance("always on")).astype(np.float32),
            dv=(-60 * chance("far from the transformer")).astype(np.float32),
            load_w=1000 * np.clip(np.ceil(level / 2600 + 0.5 * cooling + 1.5 * owns_geyser), 1, 12).astype(np.int64),
            prepaid=np.where(reserved, index != 3, chance("prepaid") < 0.6),
            register_wh=(200_000 + 8_000_000 * chance("register")).astype(np.int64),
        )

    @cached_property
    def specials(self) -> tuple[Special, ...]:
        """What goes wrong on purpose; a history shorter than 100 days holds it all closer together."""
        days = self.until_day - self.first_day
        thieves = PER_DTR * (self.dtrs > 2)

        def ago(distance: int, slot: int = 0) -> int:
            return SLOTS * (self.until_day - max(1, round(distance * min(1.0, days / 100)))) + slot

        return (
            Special("zero", ago(19), ago(10), _ZERO),
            Special("stuck", ago(40), ago(37), _STUCK),
            Special("spike", ago(12, 37), ago(12, 38), _SPIKE),
            Special("meter_change", ago(60, 23), ago(60, 24), _CHANGE),
            Special("long_gap", ago(34), ago(25), _LONG_GAP),
            Special("short_gap", ago(5, 20), ago(5, 24), _SHORT_GAP),
            Special("theft_magnet", ago(75, 40), 2**40, thieves + _MAGNET, thieves // PER_DTR),
            Special("theft_neutral", ago(66, 44), 2**40, thieves + _NEUTRAL, thieves // PER_DTR),
            Special("outage", ago(20, 20), ago(20, 38), dtr=0),
            Special("sag", ago(15, 38), ago(15, 45), dtr=0),
        )
