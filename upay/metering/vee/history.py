"""Earlier readings of the meters that need an estimate: only blocks that were really read."""
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from upay.metering.matrix import NONE

_DAYS = 1 << 20


@dataclass(frozen=True)
class Past:
    """Meter-days of one block length. key: from `keys`, ascending; wh: shape (rows, slots), `NONE` where not read."""

    key: NDArray[np.int64]
    wh: NDArray[np.int32] | NDArray[np.int64]


@dataclass(frozen=True)
class History:
    """Where earlier readings are looked up; the first source that has a meter-day answers."""

    sources: tuple[Past, ...]
    slots: int

    def day(self, meter_id: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.int32]:
        """Whole days. meter_id, number: shape (n,). Returns shape (n, slots), `NONE` where nothing was read."""
        found = np.full((len(meter_id), self.slots), NONE, np.int32)
        wanted = keys(meter_id, number)
        for source in reversed(self.sources):
            at, has = _find(source.key, wanted)
            found[has] = source.wh[at[has]]
        return found

    def blocks(
        self, meter_id: NDArray[np.int64], number: NDArray[np.int64], slot: NDArray[np.int64]
    ) -> NDArray[np.int32]:
        """One slot on several days. meter_id, slot: shape (n,); number: shape (n, days). Returns shape (n, days)."""
        found = np.full(number.shape, NONE, np.int32)
        wanted = keys(meter_id[:, None], number)
        for source in reversed(self.sources):
            at, has = _find(source.key, wanted)
            found = np.where(has, source.wh[at, slot[:, None]] if len(source.key) else NONE, found)
        return found


def keys(meter_id: NDArray[np.int64], number: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for a meter and a day, ascending by meter, then day."""
    return meter_id * _DAYS + number


def _find(key: NDArray[np.int64], wanted: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    if not len(key):
        return np.zeros(wanted.shape, np.int64), np.zeros(wanted.shape, np.bool_)
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    return at, key[at] == wanted
