"""Between matrices and the lake's rows: one row a meter and day, its blocks as lists."""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from upay.clock import DAY_S, IST_OFFSET_S
from upay.metering.days.installed import Placement
from upay.metering.matrix import NONE, Matrix
from upay.metering.models import Quality
from upay.metering.reads import SCHEMA
from upay.metering.vee import RULES_VERSION, Settled
from upay.metering.vee.daykinds import day_number

LAKE = pa.schema(
    [
        ("meter_id", pa.int64()),
        ("connection_id", pa.int64()),
        ("dtr_id", pa.int64()),
        ("day", pa.date32()),
        ("minutes", pa.int16()),
        ("phase", pa.int16()),
        ("version", pa.int16()),
        ("rules", pa.int16()),
        ("total_wh", pa.int64()),
        ("wh", pa.list_(pa.int32())),
        ("export_wh", pa.list_(pa.int32())),
        ("vah", pa.list_(pa.int32())),
        ("dv", pa.list_(pa.int16())),
        ("ca", pa.list_(pa.int32())),
        ("quality", pa.list_(pa.int8())),
        ("rule", pa.list_(pa.int16())),
        ("raw_wh", pa.list_(pa.int32())),
        ("register_first", pa.int64()),
        ("register_first_slot", pa.int16()),
        ("register_last", pa.int64()),
        ("register_last_slot", pa.int16()),
        ("flags", pa.int32()),
    ]
)


@dataclass(frozen=True)
class Closed:
    """A matrix with all that was decided of it."""

    matrix: Matrix
    place: Placement
    settled: Settled
    outage_minutes: NDArray[np.int32]


def to_lake(closed: Closed, version: int) -> pa.Table:
    """The lake's rows of a matrix, in its order."""
    matrix, settled, values = closed.matrix, closed.settled, closed.matrix.values
    rows = len(matrix.meter_id)
    changed = np.any(np.not_equal(settled.wh, matrix.wh), axis=1)
    columns: dict[str, pa.Array] = {
        "meter_id": pa.array(matrix.meter_id),
        "connection_id": _or_null(closed.place.connection_id),
        "dtr_id": _or_null(closed.place.dtr_id),
        "day": pa.array(day_number(matrix.day_s).astype(np.int32)).cast(pa.date32()),
        "minutes": pa.array(np.full(rows, matrix.minutes, np.int16)),
        "phase": pa.array(matrix.phase),
        "version": pa.array(np.full(rows, version, np.int16)),
        "rules": pa.array(np.full(rows, RULES_VERSION, np.int16)),
        "total_wh": pa.array(
            np.maximum(settled.wh, 0).sum(axis=1, dtype=np.int64), mask=(settled.wh == NONE).all(axis=1)
        ),
        "wh": _lists(settled.wh),
        "quality": _lists(settled.quality, _rows_with(settled.quality, 0)),
        "rule": _lists(settled.rule, _rows_with(settled.rule, 0)),
        "raw_wh": _lists(matrix.wh if changed.any() else None, changed),
        "flags": pa.array(settled.flags),
    }
    for name in ("export_wh", "vah", "dv", "ca"):
        measured = values.get(name)
        columns[name] = _lists(measured, _rows_with(measured, NONE))
    columns |= _registers(values.get("register_wh"), rows)
    return pa.table([_typed(columns[field.name], field.type, rows) for field in LAKE], schema=LAKE)


def from_lake(rows: pl.DataFrame) -> Iterator[tuple[Matrix, Settled]]:
    """Lake rows (all columns) as matrices again, one for each block length, with what was decided.

    The matrix holds what is needed to sum the day: export, apparent energy and voltage; its `wh` is what was read.
    """
    for (minutes,), part in rows.group_by("minutes", maintain_order=True):
        slots = 1440 // int(minutes)  # type: ignore[call-overload]
        wh = dense(part["wh"], slots, np.int32)
        raw = np.where(part["raw_wh"].is_not_null().to_numpy()[:, None], dense(part["raw_wh"], slots, np.int32), wh)
        values = {
            name: dense(part[name], slots, kind)
            for name, kind in (("export_wh", np.int32), ("vah", np.int32), ("dv", np.int16))
            if part[name].null_count() < len(part)
        }
        matrix = Matrix(
            int(minutes),  # type: ignore[call-overload]
            part["meter_id"].to_numpy(),
            part["day"].cast(pl.Int32).to_numpy().astype(np.int64) * DAY_S - IST_OFFSET_S,
            part["phase"].to_numpy(),
            raw,
            values,
        )
        quality = np.maximum(dense(part["quality"], slots, np.int8), 0)
        settled = Settled(wh, quality, None, part["flags"].to_numpy())
        yield matrix, settled


def dense(lists: pl.Series, slots: int, kind: type[np.signedinteger]) -> NDArray:  # type: ignore[type-arg]
    """A column of lists as a matrix, `NONE` for nulls and for rows without a list. shape (rows, slots)"""
    absent = lists.null_count()
    if absent == len(lists):
        return np.full((len(lists), slots), NONE, kind)
    values = lists.drop_nulls() if absent else lists
    read = values.explode().fill_null(NONE).to_numpy().reshape(-1, slots).astype(kind)
    if not absent:
        return read
    matrix = np.full((len(lists), slots), NONE, kind)
    matrix[lists.is_not_null().to_numpy()] = read
    return matrix


def _rows_with(matrix: NDArray[np.signedinteger] | None, nothing: int) -> NDArray[np.bool_] | None:
    """Which rows hold anything but `nothing`."""
    return None if matrix is None else np.any(np.not_equal(matrix, nothing), axis=1)


def _lists(matrix: NDArray[np.signedinteger] | None, present: NDArray[np.bool_] | None = None) -> pa.Array | None:
    """A list a row; rows not `present` are null, and so are cells holding `NONE`."""
    if matrix is None:
        return None
    whole = present is None or bool(present.all())
    flat = (matrix if whole else matrix[present]).reshape(-1)
    absent = flat == NONE
    values = pa.array(flat, mask=absent) if absent.any() else pa.array(flat)
    slots = matrix.shape[1]
    if whole or present is None:
        return pa.ListArray.from_arrays(pa.array(np.arange(0, len(flat) + 1, slots, dtype=np.int32)), values)
    ends = np.cumsum(np.where(present, slots, 0), dtype=np.int32)
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[np.int32(0)], ends])), values, mask=pa.array(~present))


def _registers(register: NDArray[np.signedinteger] | None, rows: int) -> dict[str, pa.Array | None]:
    names = ("register_first", "register_first_slot", "register_last", "register_last_slot")
    if register is None:
        return dict.fromkeys(names)
    read = register != NONE
    absent = ~read.any(axis=1)
    first = read.argmax(axis=1)
    last = register.shape[1] - 1 - read[:, ::-1].argmax(axis=1)
    every = np.arange(rows)
    columns = (register[every, first], first.astype(np.int16), register[every, last], last.astype(np.int16))
    return {name: pa.array(column, mask=absent) for name, column in zip(names, columns, strict=True)}


def _or_null(ids: NDArray[np.int64]) -> pa.Array:
    return pa.array(ids, mask=ids == NONE)


def _typed(column: pa.Array | None, kind: pa.DataType, rows: int) -> pa.Array:
    return pa.nulls(rows, kind) if column is None else column.cast(kind)


def to_reads(rows: pl.DataFrame) -> pl.DataFrame:
    """The reads behind lake rows, as `reads.SCHEMA`: raw values, and the first and last registers where they stood.

    A value that its sender called an estimate keeps that quality; what the ladder made up is no read.
    """
    if rows.is_empty():
        return SCHEMA.to_frame()
    lists = ("read", "export_wh", "vah", "dv", "ca", "quality")
    slots = pl.int_ranges(0, 1440 // pl.col("minutes"), dtype=pl.Int64)
    wide = rows.select(
        "meter_id",
        "day",
        "minutes",
        "phase",
        "register_first",
        "register_first_slot",
        "register_last",
        "register_last_slot",
        pl.coalesce("raw_wh", "wh").alias("read"),
        "wh",
        "export_wh",
        "vah",
        "dv",
        "ca",
        "quality",
        slots.alias("slot"),
        pl.col("raw_wh").is_not_null().alias("changed"),
    )
    parts: list[pl.DataFrame] = []
    for (minutes,), part in wide.group_by("minutes"):
        empty = {name: pl.lit([None] * (1440 // int(minutes))) for name in lists}  # type: ignore[call-overload]
        filled = part.with_columns(pl.col(name).fill_null(empty[name].cast(part.schema[name])) for name in lists)
        parts.append(filled.explode(*lists, "wh", "slot"))
    said = (pl.col("quality") > Quality.OUTAGE) & (pl.col("read") == pl.col("wh"))
    start = (pl.col("day").cast(pl.Int64) * 1440 - 330 + pl.col("phase") + pl.col("slot") * pl.col("minutes")) * 60
    register = (
        pl.when(pl.col("slot") == pl.col("register_first_slot"))
        .then("register_first")
        .when(pl.col("slot") == pl.col("register_last_slot"))
        .then("register_last")
    )
    # an estimate or a proven outage stands in `wh` without having been read: then raw_wh says so with a null
    return (
        pl.concat(parts)
        .filter(pl.col("read").is_not_null())
        .select(
            "meter_id",
            start.alias("start_s"),
            "minutes",
            pl.col("read").alias("wh"),
            "export_wh",
            "vah",
            "dv",
            "ca",
            register.alias("register_wh"),
            pl.when(said).then("quality").alias("quality"),
        )
        .cast(SCHEMA)
        .select(SCHEMA.names())
        .sort("meter_id", "start_s")
    )
