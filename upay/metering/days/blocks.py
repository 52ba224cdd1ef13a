"""Lake rows and open reads of one connection, as one table of blocks."""
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.clock import DAY_S, IST_OFFSET_S
from upay.metering.days.rows import dense
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
LAKE_COLUMNS = ("minutes", "phase", "wh", "export_wh", "dv", "quality", "rule")
_EPOCH = date(1970, 1, 1).toordinal()


def from_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The blocks of lake rows: `SCHEMA` without `band`, and meter_id. Blocks of no meter's stay are left out."""
    parts: list[pl.DataFrame] = []
    for (minutes,), part in rows.group_by("minutes"):
        slots = 1440 // int(minutes)  # type: ignore[call-overload]
        begin = (
            part["day"].cast(pl.Int64).to_numpy() * DAY_S - IST_OFFSET_S + part["phase"].cast(pl.Int64).to_numpy() * 60
        )
        columns: dict[str, NDArray] = {  # type: ignore[type-arg]
            "meter_id": np.repeat(part["meter_id"].to_numpy(), slots),
            "start_s": (begin[:, None] + 60 * int(minutes) * np.arange(slots)).reshape(-1),  # type: ignore[call-overload]
            "minutes": np.full(len(part) * slots, minutes, np.int16),
        }
        for name, kind in (
            ("wh", np.int32),
            ("export_wh", np.int32),
            ("dv", np.int16),
            ("quality", np.int8),
            ("rule", np.int16),
        ):
            columns[name] = dense(part[name], slots, kind).reshape(-1)
        parts.append(pl.DataFrame(columns))
    if not parts:
        return pl.DataFrame(schema={"meter_id": pl.Int64, **SCHEMA}).drop("band")
    return (
        pl.concat(parts)
        .filter((pl.col("wh") != NONE) | (pl.col("quality") == Quality.MISSING))
        .with_columns(pl.col("wh", "export_wh", "dv").replace(NONE, None), pl.col("quality", "rule").replace(NONE, 0))
    )


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
    inside = [
        (pl.col("meter_id") == meter_id)
        & (pl.col("start_s") < to_s)
        & (pl.col("start_s") + pl.col("minutes").cast(pl.Int64) * 60 > from_s)
        for meter_id, from_s, to_s in stays
    ]
    if not inside or blocks.is_empty():
        return SCHEMA.to_frame()
    mine = blocks.filter(pl.any_horizontal(inside)).drop("meter_id")
    if len(stays) > 1:
        mine = mine.group_by("start_s").agg(
            pl.col("minutes").first(),
            _sum_of_known("wh"),
            _sum_of_known("export_wh"),
            pl.col("dv").drop_nulls().first(),
            pl.col("quality").max(),
            pl.col("rule").bitwise_or(),
        )
    mine = mine.sort("start_s")
    return (
        mine.with_columns(pl.Series("band", _bands(mine["start_s"].to_numpy()), pl.Int8))
        .select(SCHEMA.names())
        .cast(SCHEMA)
    )


def _sum_of_known(name: str) -> pl.Expr:
    """A group's sum, null where nothing of it is known."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)


def _bands(start_s: NDArray[np.int64]) -> NDArray[np.int8]:
    """The time-of-day band in which each block begins."""
    local = start_s + IST_OFFSET_S
    numbers, which = np.unique(local // DAY_S, return_inverse=True)
    hours = np.array([_hours(int(number)) for number in numbers], np.int8).reshape(-1, 24)
    return hours[which, local % DAY_S // 3600]


@lru_cache(maxsize=4096)
def _hours(number: int) -> tuple[int, ...]:
    """The band of each hour of an IST day (days since 1970)."""
    bands = pack().bands(date.fromordinal(number + _EPOCH))
    return tuple(next(n for n, band in enumerate(bands) if band.covers(hour)) for hour in range(24))
