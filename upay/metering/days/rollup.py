"""Roll-ups: what pages, bills and audits read of a closed day, so that nobody has to sum its blocks."""
from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.metering.days.rows import Closed
from upay.metering.matrix import NONE, Matrix
from upay.metering.models import Quality
from upay.metering.vee.daykinds import day_number
from upay.packs import Band, pack

_EPOCH = date(1970, 1, 1).toordinal()
_EVERY_SUM = (
    "import_wh",
    "export_wh",
    "band0_wh",
    "band1_wh",
    "band2_wh",
    "blocks",
    "actual",
    "estimated",
    "estimated_wh",
)


def band_of_slot(bands: Sequence[Band], minutes: int, phase: int = 0) -> NDArray[np.int8]:
    """The time-of-day band in which each block of a day begins. shape (slots,)"""
    hours = [(phase + slot * minutes) // 60 % 24 for slot in range(1440 // minutes)]
    return np.array([next(n for n, band in enumerate(bands) if band.covers(hour)) for hour in hours], np.int8)


def meter_days(closed: Closed, version: int) -> pl.DataFrame:
    """One row a meter and day with the columns of `ConnectionDay` (connection_id, dtr_id null where it has none)."""
    matrix, settled, place = closed.matrix, closed.settled, closed.place
    known = settled.wh != NONE
    wh = np.maximum(settled.wh, 0)
    quality = settled.quality if settled.quality is not None else np.zeros((1, matrix.slots), np.int8)
    peak = settled.wh.argmax(axis=1)
    every = np.arange(len(wh))
    # an unread block of a meter that was not there is neither read nor missing
    blocks = known | (quality == Quality.MISSING)
    columns: dict[str, NDArray] = {  # type: ignore[type-arg]
        "meter_id": matrix.meter_id,
        "connection_id": place.connection_id,
        "dtr_id": place.dtr_id,
        "day": day_number(matrix.day_s).astype(np.int32),
        "import_wh": wh.sum(axis=1, dtype=np.int64),
        "export_wh": np.maximum(_sum(matrix.values.get("export_wh"), len(wh)), 0),
        "vah": _sum(matrix.values.get("vah"), len(wh)),
        "peak_w": wh[every, peak].astype(np.int64) * 60 // matrix.minutes,
        "peak_start_s": matrix.day_s + 60 * (matrix.phase.astype(np.int64) + peak * matrix.minutes),
        "blocks": blocks.sum(axis=1),
        "actual": (known & (quality <= Quality.OUTAGE)).sum(axis=1),
        "estimated": ((quality > Quality.OUTAGE) & (quality < Quality.MANUAL)).sum(axis=1)
        + np.zeros(len(wh), np.int64),
        "estimated_wh": np.where((quality > Quality.OUTAGE) & (quality < Quality.MANUAL), wh, 0).sum(
            axis=1, dtype=np.int64
        ),
        "quality": quality.max(axis=1) + np.zeros(len(wh), np.int64),
        "outage_minutes": np.maximum((quality == Quality.OUTAGE).sum(axis=1) * matrix.minutes, closed.outage_minutes),
        "flags": settled.flags,
    }
    columns |= _bands(matrix, wh)
    frame = pl.DataFrame(columns).with_columns(
        pl.col("day").cast(pl.Date), pl.lit(version, pl.Int32).alias("version"), *_volts(matrix.values.get("dv"))
    )
    return frame.with_columns(
        pl.col("connection_id", "dtr_id", "vah").replace(NONE, None),
        pl.when(pl.col("import_wh") > 0).then("peak_start_s"),
    )


def connection_days(rows: pl.DataFrame) -> pl.DataFrame:
    """Meter-days of connections summed by connection and day: after a change of meter two of them make one."""
    mine = rows.filter(pl.col("connection_id").is_not_null())
    key = ["connection_id", "day"]
    if not mine.select(pl.struct(key).is_duplicated().any()).item():
        return mine
    return (
        mine.sort("peak_w", "meter_id")
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("meter_id", "dtr_id", "peak_w", "peak_start_s").last(),
            pl.col(*_EVERY_SUM).sum(),
            pl.when(pl.col("vah").is_not_null().any()).then(pl.col("vah").sum()).alias("vah"),
            pl.col("quality", "outage_minutes", "max_dv", "version").max(),
            pl.col("min_dv").min(),
            pl.col("flags").bitwise_or(),
        )
        .select(mine.columns)
    )


def _sum(values: NDArray[np.signedinteger] | None, rows: int) -> NDArray[np.int64]:
    """Sums by day, `NONE` on days when nothing was measured."""
    if values is None:
        return np.full(rows, NONE, np.int64)
    sums = np.maximum(values, 0).sum(axis=1, dtype=np.int64)
    return np.where((values != NONE).any(axis=1), sums, NONE)


def _bands(matrix: Matrix, wh: NDArray[np.int32]) -> dict[str, NDArray[np.int64]]:
    """Energy by time-of-day band, as the pack had them on each day. shape (rows,) each"""
    sums = {f"band{number}_wh": np.zeros(len(wh), np.int64) for number in range(3)}
    starts, day = np.unique(matrix.day_s, return_inverse=True)
    in_force = [pack().bands(date.fromordinal(_EPOCH + int(number))) for number in day_number(starts)]
    kinds = {bands: kind for kind, bands in enumerate(dict.fromkeys(in_force))}
    kind_of_row = np.array([kinds[bands] for bands in in_force])[day]
    for bands, kind in kinds.items():
        for phase in np.unique(matrix.phase):
            rows = (matrix.phase == phase) & (kind_of_row == kind)
            of_slot = band_of_slot(bands, matrix.minutes, int(phase))
            part = wh if rows.all() else wh[rows]
            for number in range(len(bands)):
                sums[f"band{number}_wh"][rows] = part[:, of_slot == number].sum(axis=1, dtype=np.int64)
    return sums


def _volts(dv: NDArray[np.signedinteger] | None) -> list[pl.Series]:
    """Lowest and highest voltage while the supply was alive, null where none was measured."""
    if dv is None:
        return [pl.lit(None, pl.Int32).alias("min_dv"), pl.lit(None, pl.Int32).alias("max_dv")]  # type: ignore[list-item]
    alive = dv > 0
    least, most = np.where(alive, dv, np.iinfo(np.int16).max).min(axis=1), dv.max(axis=1)
    absent = ~alive.any(axis=1)
    return [
        pl.Series(name, np.where(absent, NONE, column).astype(np.int32)).replace(NONE, None)
        for name, column in (("min_dv", least), ("max_dv", most))
    ]
