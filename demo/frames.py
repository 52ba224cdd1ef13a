"""Readings as rows: the columns that the product's doors take, and the registers that count beside the blocks."""
import numpy as np
import polars as pl
from numpy.typing import NDArray

from demo.plan import PER_DTR, SLOTS, Fleet
from demo.readings import Readings, read_meters

BLOCK_S, DAY_S, IST_S = 1_800, 86_400, 19_800


def day_of(at_s: float) -> int:
    """The IST day, since 1970, that an instant (seconds since 1970 UTC) belongs to."""
    return int((at_s + IST_S) // DAY_S)


class Registers:
    """The import register of every meter, Wh, as it stands when the next day begins: connections first, then DTRs."""

    def __init__(self, fleet: Fleet, standing: NDArray[np.int64] | None = None) -> None:
        self._fleet = fleet
        first = np.concatenate([fleet.traits.register_wh, np.zeros(fleet.dtrs, np.int64)])
        self.standing = first if standing is None else standing

    def over(self, read: Readings) -> NDArray[np.int64]:
        """Registers at the beginning of each of the days read, and move on to the end of them. shape (days, meters)."""
        (first, end), (first_dtr, end_dtr) = read.connections, read.dtrs
        meters = np.r_[first:end, self._fleet.connections + np.arange(first_dtr, end_dtr)]
        daily = read.metered_wh.sum(axis=2, dtype=np.int64)
        ends = self.standing[meters] + np.cumsum(daily, axis=0)
        change = self._fleet.change
        if first <= (change.connection or 0) < end and change.first // SLOTS in read.day:
            column, at = change.connection - first, int(np.flatnonzero(read.day == change.first // SLOTS)[0])
            fresh = int(read.metered_wh[at, column, change.first % SLOTS :].sum())
            ends[at:, column] += fresh - ends[at, column]
        begins = np.concatenate([self.standing[meters][None, :], ends[:-1]])
        self.standing[meters] = ends[-1]
        return begins


def register_at_change(fleet: Fleet) -> int:
    """What the exchanged meter's register showed, Wh, when it was taken down."""
    connection, (day, slot) = fleet.change.connection or 0, divmod(fleet.change.first, SLOTS)
    dtr = connection // PER_DTR
    read = read_meters(fleet, np.arange(fleet.first_day, day + 1), dtr, dtr + 1)
    counted = read.metered_wh[:, connection - read.connections[0]].ravel()
    whole_days = (day - fleet.first_day) * SLOTS
    return int(fleet.traits.register_wh[connection] + counted[: whole_days + slot].sum(dtype=np.int64))


def serials(fleet: Fleet, read: Readings) -> pl.Series:
    """The serials of the meters read; one more at the end, for the meter that takes another's place."""
    own = [fleet.serial(connection) for connection in range(*read.connections)]
    dtrs = [fleet.dtr_serial(dtr) for dtr in range(*read.dtrs)]
    return pl.Series("serial", [*own, *dtrs, fleet.serial(fleet.change.connection or 0, changed=True)])


def rows(fleet: Fleet, read: Readings, begins: NDArray[np.int64], wanted: NDArray[np.bool_]) -> pl.DataFrame:
    """The wanted blocks as rows, by day, meter and block. wanted: shape (days, meters, 48)."""
    day, meter, slot = np.nonzero(wanted)
    absolute = read.day[day] * SLOTS + slot
    register = begins[day, meter]
    named = meter.copy()
    column = (fleet.change.connection or 0) - read.connections[0]
    changed = (meter == column) & (absolute >= fleet.change.first)
    named[changed] = wanted.shape[1]
    register[changed & (absolute == fleet.change.first)] = 0
    told = (slot == 0) | (changed & (absolute == fleet.change.first))
    return pl.DataFrame(
        {
            "serial": serials(fleet, read).gather(named),
            "start_s": absolute * BLOCK_S - IST_S,
            "minutes": np.full(len(slot), BLOCK_S // 60, np.int16),
            "wh": read.wh[day, meter, slot],
            "export_wh": read.export_wh[day, meter, slot],
            "dv": read.dv[day, meter, slot],
            "register_wh": register,
        }
    ).with_columns(
        pl.when(pl.Series(read.exports[meter])).then(pl.col("export_wh")).alias("export_wh"),
        pl.when(pl.Series(told)).then(pl.col("register_wh")).alias("register_wh"),
    )
