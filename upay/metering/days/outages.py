"""Power failures that meters reported (events 101 and 102), laid over a matrix."""
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.bulk import bulk
from upay.clock import DAY_S
from upay.metering.matrix import Matrix

FAILED, RESTORED = 101, 102


@dataclass(frozen=True)
class Outages:
    """Intervals without supply: meter, from, to (UTC s), by meter and beginning. shape (outages,)"""

    meter_id: NDArray[np.int64]
    from_s: NDArray[np.int64]
    to_s: NDArray[np.int64]

    def of(self, meters: NDArray[np.int64]) -> "Outages":
        """Those of some meters (ids ascending)."""
        mask = np.isin(self.meter_id, meters)
        return Outages(self.meter_id[mask], self.from_s[mask], self.to_s[mask])


def outages(first_s: int, end_s: int, lookback_days: int) -> Outages:
    """All power failures that touch [first_s, end_s); one not restored lasts to its end, at most `lookback_days`."""
    with bulk() as db:
        events = db.read(
            "SELECT meter_id, code, at_s FROM meterevent WHERE code IN (101, 102) AND at_s >= ? AND at_s < ?",
            (first_s - lookback_days * DAY_S, end_s),
        )
    paired = pair(events.cast(pl.Int64), end_s, lookback_days * DAY_S).filter(pl.col("to_s") > first_s)
    return Outages(*(paired[name].to_numpy() for name in ("meter_id", "from_s", "to_s")))


def pair(events: pl.DataFrame, end_s: int, longest_s: int) -> pl.DataFrame:
    """Failures (meter_id, from_s, to_s) from events (meter_id, code, at_s), by meter and beginning.

    Each 101 lasts to the meter's next event, at most `longest_s` and to `end_s`; where that is another 101, both are
    one failure. So what is said of a day is the same however much more than `longest_s` earlier the events begin.
    """
    ends = pl.min_horizontal(pl.col("at_s").shift(-1).over("meter_id").fill_null(end_s), pl.col("at_s") + longest_s)
    failed = (
        events.sort("meter_id", "at_s", "code")
        .with_columns(pl.min_horizontal(ends, pl.lit(end_s)).alias("to_s"))
        .filter((pl.col("code") == FAILED) & (pl.col("to_s") > pl.col("at_s")))
    )
    goes_on = (pl.col("at_s") == pl.col("to_s").shift(1)) & (pl.col("meter_id") == pl.col("meter_id").shift(1))
    return (
        failed.with_columns((~goes_on.fill_null(False)).cum_sum().alias("failure"))
        .group_by("failure", maintain_order=True)
        .agg(pl.col("meter_id").first(), pl.col("at_s").first().alias("from_s"), pl.col("to_s").last())
        .drop("failure")
    )


def lay(
    found: Outages,
    matrix: Matrix,
    from_s: NDArray[np.int64] | None = None,
    to_s: NDArray[np.int64] | None = None,
) -> tuple[NDArray[np.bool_] | None, NDArray[np.int32]]:
    """Which blocks lie wholly in an outage (shape (rows, slots), None: none), and minutes of outage by day (rows,).

    from_s, to_s: of each row's day, the time of which the minutes count; None: all of it.
    """
    rows = len(matrix.meter_id)
    minutes = np.zeros(rows, np.int32)
    first = np.searchsorted(found.meter_id, matrix.meter_id)
    last = np.searchsorted(found.meter_id, matrix.meter_id, side="right")
    struck = np.flatnonzero(last > first)
    if not len(struck):
        return None, minutes
    begin_s = matrix.day_s + 60 * matrix.phase.astype(np.int64)
    first_s = matrix.day_s if from_s is None else np.maximum(matrix.day_s, from_s)
    last_s = matrix.day_s + DAY_S if to_s is None else np.minimum(matrix.day_s + DAY_S, to_s)
    size_s = 60 * matrix.minutes
    slot_s = size_s * np.arange(matrix.slots, dtype=np.int64)
    mask = np.zeros((rows, matrix.slots), np.bool_)
    for turn in range(int((last - first)[struck].max())):
        row = struck[(first + turn)[struck] < last[struck]]
        at = (first + turn)[row]
        failed_s, restored_s = found.from_s[at], found.to_s[at]
        lasted = np.minimum(restored_s, last_s[row]) - np.maximum(failed_s, first_s[row])
        minutes[row] += (np.maximum(lasted, 0) // 60).astype(np.int32)
        touches = (restored_s > begin_s[row]) & (failed_s < begin_s[row] + DAY_S)
        row, failed_s, restored_s = row[touches], failed_s[touches], restored_s[touches]
        start = begin_s[row, None] + slot_s
        mask[row] |= (start >= failed_s[:, None]) & (start + size_s <= restored_s[:, None])
    return (mask if mask.any() else None), minutes
