"""What the lake remembers of a few meters before a day: the material of estimates."""
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.metering.days import lake
from upay.metering.days.rows import dense
from upay.metering.matrix import NONE
from upay.metering.models import Quality
from upay.metering.vee import Past, Thresholds, keys
from upay.metering.vee.daykinds import LAST_YEAR_OFFSETS


def nothing(slots: int) -> Past:
    """No history at all."""
    return Past(np.empty(0, np.int64), np.empty((0, slots), np.int32))


def earlier_blocks(meters: NDArray[np.int64], first: date, last: date, minutes: int, rule: Thresholds) -> Past:
    """What was really read of some meters before `first`: six weeks back, and a year before the days [first, last]."""
    slots = 1440 // minutes
    if not len(meters):
        return nothing(slots)
    columns = ["minutes", "wh", "quality"]
    ids = meters.tolist()
    year = [int(LAST_YEAR_OFFSETS.max()), int(LAST_YEAR_OFFSETS.min())]
    frames = [
        lake.meter_days(ids, first - timedelta(days=rule.like_day_lookback_days), first - timedelta(days=1), columns),
        lake.meter_days(
            ids,
            first - timedelta(days=year[0]),
            min(last - timedelta(days=year[1]), first - timedelta(days=1)),
            columns,
        ),
    ]
    rows = pl.concat(frames).filter(pl.col("minutes") == minutes).unique(["meter_id", "day"]).sort("meter_id", "day")
    return Past(_keys(rows), blocks_read(rows, slots))


def earlier_totals(meters: NDArray[np.int64], first: date, rule: Thresholds) -> Past:
    """Energies of some meters on the days before `first`."""
    if not len(meters):
        return nothing(1)
    begin = first - timedelta(days=rule.like_day_lookback_days)
    rows = lake.meter_days(meters.tolist(), begin, first - timedelta(days=1), ["total_wh"])
    return Past(_keys(rows), rows["total_wh"].fill_null(NONE).to_numpy()[:, None])


def registers_around(meters: NDArray[np.int64], first: date, last: date) -> pl.DataFrame:
    """The registers (Wh) with which the days [first, last] begin and end, as the days around them in the lake tell.

    The day before tells it when every block after its last register read was read too; the day after by a read at its
    midnight. Returns meter_id (ascending), before, after (null where not known) of the meters of which one is known.
    """
    ids = meters.tolist()
    eve, morrow = first - timedelta(days=1), last + timedelta(days=1)
    yesterday = lake.meter_days(ids, eve, eve, ["wh", "quality", "register_last", "register_last_slot"])
    sure = pl.col("quality").is_null() & pl.col("register_last").is_not_null()
    tail = pl.col("wh").list.slice(pl.col("register_last_slot")).list.eval(pl.element().cast(pl.Int64)).list.sum()
    before = yesterday.filter(sure).select("meter_id", (pl.col("register_last") + tail).alias("before"))
    tomorrow = lake.meter_days(ids, morrow, morrow, ["register_first", "register_first_slot"])
    after = tomorrow.filter(pl.col("register_first_slot") == 0).select(
        "meter_id", pl.col("register_first").alias("after")
    )
    return before.join(after, "meter_id", "full", coalesce=True).sort("meter_id")


def blocks_read(rows: pl.DataFrame, slots: int) -> NDArray[np.int32]:
    """The blocks of lake rows that are readings, `NONE` elsewhere. rows: wh, quality. shape (rows, slots)"""
    wh = dense(rows["wh"], slots, np.int32)
    judged = np.flatnonzero(rows["quality"].is_not_null().to_numpy())
    quality = dense(rows["quality"].gather(judged), slots, np.int8)
    wh[judged] = np.where(quality == Quality.ACTUAL, wh[judged], NONE)
    return wh


def _keys(rows: pl.DataFrame) -> NDArray[np.int64]:
    return keys(rows["meter_id"].to_numpy(), rows["day"].cast(pl.Int32).cast(pl.Int64).to_numpy())
