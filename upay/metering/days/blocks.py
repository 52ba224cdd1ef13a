"""Lake rows and open reads of one connection, as one table of blocks."""
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from upay.clock import DAY_S, IST_OFFSET_S
from upay.metering.days.dense import DenseDays
from upay.metering.matrix import NONE
from upay.metering.models import Quality
from upay.packs import pack

SCHEMA = pl.Schema(
    {
        "start_s": pl.Int64(),
        "minutes": pl.Int16(),
        "wh": pl.Int32(),
        "export_wh": pl.Int32(),
        "dv": pl.Int16(),
        "quality": pl.Int8(),
        "rule": pl.Int16(),
        "band": pl.Int8(),
    }
)
_KINDS = {"wh": np.int32, "export_wh": np.int32, "dv": np.int16, "quality": np.int8, "rule": np.int16}
_MEASURED = ("wh", "export_wh", "dv")
LISTS = tuple(_KINDS)
_EPOCH = date(1970, 1, 1).toordinal()


def from_days(parts: Sequence[DenseDays]) -> pl.DataFrame:
    """The blocks of closed days: `SCHEMA` without `band`, and meter_id. Blocks of no meter's stay are left out.

    parts: with the lake's columns `LISTS`.
    """
    frames = [_of_days(part) for part in parts]
    if not frames:
        return pl.DataFrame(schema={"meter_id": pl.Int64, **SCHEMA}).drop("band")
    return frames[0] if len(frames) == 1 else pl.concat(frames)


def _of_days(part: DenseDays) -> pl.DataFrame:
    slots = 1440 // part.minutes
    values = {name: part.values[name].reshape(-1) for name in LISTS}
    known = (values["wh"] != NONE) | (values["quality"] == Quality.MISSING)
    begin = part.day * DAY_S - IST_OFFSET_S + part.phase * 60
    columns = {
        "meter_id": np.repeat(part.meter_id, slots),
        "start_s": (begin[:, None] + 60 * part.minutes * np.arange(slots)).reshape(-1),
        "minutes": np.full(len(known), part.minutes, np.int16),
        **values,
    }
    if not known.all():
        columns = {name: column[known] for name, column in columns.items()}
    for name in ("quality", "rule"):  # a list is there only where anything is to be said
        columns[name] = np.maximum(columns[name], 0)
    return pl.DataFrame([_series(name, column) for name, column in columns.items()])


def _series(name: str, column: NDArray[np.signedinteger]) -> pl.Series:
    """A column in the type it has in `SCHEMA`, null where it holds `NONE`."""
    typed = column.astype(_KINDS[name], copy=False) if name in _KINDS else column
    if name not in _MEASURED or not (absent := typed == NONE).any():
        return pl.Series(name, typed)
    return pl.Series(name, pl.from_arrow(pa.array(typed, mask=absent)))


def from_reads(reads: pl.DataFrame) -> pl.DataFrame:
    """The blocks of open reads, in the same shape: as they were read, nothing judged yet."""
    return reads.select(
        "meter_id",
        "start_s",
        "minutes",
        "wh",
        "export_wh",
        "dv",
        pl.col("quality").fill_null(Quality.ACTUAL),
        pl.lit(0, pl.Int16).alias("rule"),
    )


def of_stays(blocks: pl.DataFrame, stays: Sequence[tuple[int, int, int]]) -> pl.DataFrame:
    """The blocks that fall into a meter's stays at a connection (meter, from, to in UTC s), in order, with their band.

    A block in which one meter took over from another is the sum of what both have read.
    """
    if not stays or blocks.is_empty():
        return SCHEMA.to_frame()
    meters, starts = blocks["meter_id"].to_numpy(), blocks["start_s"].to_numpy()
    ends = starts + 60 * blocks["minutes"].to_numpy().astype(np.int64)
    inside = np.zeros(len(blocks), np.bool_)
    for meter_id, from_s, to_s in stays:
        inside |= (meters == meter_id) & (starts < to_s) & (ends > from_s)
    mine = blocks if inside.all() else blocks.filter(inside)
    if len(stays) > 1:
        mine = mine.group_by("start_s").agg(
            pl.col("minutes").first(),
            _sum_of_known("wh"),
            _sum_of_known("export_wh"),
            pl.col("dv").drop_nulls().first(),
            pl.col("quality").max(),
            pl.col("rule").bitwise_or(),
        )
    if not mine["start_s"].is_sorted():
        mine = mine.sort("start_s")
    # column by column: a query of Polars' costs a page more than all that it would do here
    band = _bands(mine["start_s"].to_numpy())
    return pl.DataFrame([band if name == "band" else mine[name].cast(kind) for name, kind in SCHEMA.items()])


def _sum_of_known(name: str) -> pl.Expr:
    """A group's sum, null where nothing of it is known."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def _bands(start_s: NDArray[np.int64]) -> pl.Series:
    """The time-of-day band in which each block begins."""
    local = start_s + IST_OFFSET_S
    numbers, which = np.unique(local // DAY_S, return_inverse=True)
    hours = np.array([_hours(int(number)) for number in numbers], np.int8).reshape(-1, 24)
    return pl.Series("band", hours[which, local % DAY_S // 3600])


@lru_cache(maxsize=4096)
def _hours(number: int) -> tuple[int, ...]:
    """The band of each hour of an IST day (days since 1970)."""
    bands = pack().bands(date.fromordinal(number + _EPOCH))
    return tuple(next(n for n, band in enumerate(bands) if band.covers(hour)) for hour in range(24))
