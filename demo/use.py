"""What homes and shops really use: daily level × season × shape of the day × chance, for many at once."""
import numpy as np
from numpy.typing import NDArray

from demo.noise import noise, normal, uniform
from demo.plan import SLOTS, Fleet, Traits
from demo.seasons import Days

_HOURS = np.arange(SLOTS) / 2 + 0.25


def _bump(centre: float, width: float) -> NDArray[np.float64]:
    """A soft hump over the day that runs on past midnight."""
    away = np.abs(_HOURS - centre)
    return np.exp(-0.5 * (np.minimum(away, 24 - away) / width) ** 2)


def _shapes(*rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return np.stack([row / row.sum() for row in rows]).astype(np.float32)


# Half-hour shapes, each summing to 1. Morning and evening peaks stand where a metered home has them (two humps, the
# evening's three times the night's low: Low Carbon London); the evening is moved to Indian supper time.
_FLAT, _MORNING, _DAY, _EVENING, _COOLING, _GEYSER, _OPEN = range(7)
SHAPES = _shapes(
    np.ones(SLOTS),
    _bump(7.5, 1.2),
    0.6 * _bump(12.5, 2.2) + 0.4 * _bump(16, 1.5),
    _bump(20.0, 1.7) + 0.25 * _bump(22.5, 1.0),
    0.45 * _bump(14.5, 2.0) + 0.3 * _bump(23.0, 1.8) + 0.25 * _bump(2.5, 2.2),
    _bump(6.8, 0.7),
    np.where((_HOURS > 10) & (_HOURS < 22), 1 + 0.35 * _bump(19.5, 1.5), 0.0),
)
_SUN = np.clip(np.sin(np.pi * (_HOURS - 6.1) / 11.9), 0, None) ** 1.25


def true_use(fleet: Fleet, days: Days, first: int, end: int) -> NDArray[np.float32]:
    """Wh used in each block by connections [first, end), as if supply never failed. shape (days, connections, 48)."""
    index = np.arange(first, end)
    traits = Traits(*(getattr(fleet.traits, name)[first:end] for name in Traits.__dataclass_fields__))
    daily = _daily(fleet.seed, days, index, traits)
    use = np.matmul(_parts(days, traits) * daily[:, :, None], SHAPES)
    spread = normal(noise(fleet.seed, "block", index[None, :, None], days.day[:, None, None], np.arange(SLOTS)))
    spread *= np.float32(0.4)
    spread -= np.float32(0.08)  # half the variance: the mean of the exponential stays 1
    use *= np.exp(spread, out=spread)
    # The main breaker holds a little above the sanctioned load.
    return np.minimum(use, np.float32(0.55) * traits.load_w[:, None].astype(np.float32), out=use)


def sun(fleet: Fleet, days: Days, first: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Which connections of [first, end) have panels, and what these make, Wh. shapes (k,), (days, k, 48)."""
    kwp = fleet.traits.kwp[first:end]
    solar = np.flatnonzero(kwp)
    where = (solar + first)[None, :, None]
    # Clouds are the day's, for all; the monsoon (when cooling runs and rain falls, July to September) is duller.
    month = (days.day - 19) % 365.25 / 30.44
    monsoon = np.exp(-0.5 * ((month - 7.2) / 1.0) ** 2)
    clear = np.clip(0.86 - 0.3 * monsoon + 0.12 * normal(noise(fleet.seed, "sky", days.day)), 0.15, 0.98)
    clouds = 1 - 0.25 * uniform(noise(fleet.seed, "cloud", where, days.day[:, None, None], np.arange(SLOTS)))
    made = kwp[solar][None, :, None] * 500 * 0.92 * _SUN * clear[:, None, None] * clouds
    return solar, made.astype(np.float32)


def _daily(seed: int, days: Days, index: NDArray[np.int64], traits: Traits) -> NDArray[np.float32]:
    """A factor on the whole day. shape (days, connections).

    Neighbouring days resemble each other (correlation 0.6 in Bareilly): a weighted sum over three days' chances.
    """
    day = days.day[:, None]
    weights = (0.77, 0.54, 0.31)  # squares sum to 1
    chance = sum(w * normal(noise(seed, "day", index, day - back)) for back, w in enumerate(weights))
    # One home in 40 is away during a ten-day stretch, for which only the refrigerator runs.
    stretch = (day + (noise(seed, "phase", index) % np.uint64(10)).astype(np.int64)) // 10
    away = (uniform(noise(seed, "away", index, stretch)) < 0.025) & ~traits.shop & (index >= 14)
    return (np.exp(traits.spread * chance - traits.spread**2 / 2) * np.where(away, 0.12, 1.0)).astype(np.float32)


def _parts(days: Days, traits: Traits) -> NDArray[np.float32]:
    """Wh of an ordinary day by shape. shape (days, connections, shapes)."""
    parts = np.zeros((len(days.day), len(traits.level), len(SHAPES)), np.float32)
    home, basis = ~traits.shop, 0.58 * traits.level
    off, holi, diwali = (column[:, None] for column in (days.off, days.holi, days.diwali))
    active = basis * (1 - traits.always_on)
    parts[:, :, _FLAT] = basis * np.where(traits.shop, 0.12, traits.always_on)
    parts[:, :, _MORNING] = home * active * np.where(off, 0.22, 0.26)
    parts[:, :, _DAY] = home * active * np.where(off, 0.32, 0.22) * np.where(holi, 1.25, 1.0)
    parts[:, :, _EVENING] = home * active * 0.52 * np.where(diwali, 1.7, 1.0)
    parts[:, :, _GEYSER] = 0.2 * traits.level * traits.heating * days.heating[:, None]
    cooling = 0.85 * traits.level * traits.cooling * days.cooling[:, None]
    closed = days.sunday[:, None] | holi
    parts[:, :, _COOLING] = home * cooling
    parts[:, :, _OPEN] = traits.shop * (0.88 * basis + 0.8 * cooling) * np.where(closed, 0.06, 1.0)
    return parts
