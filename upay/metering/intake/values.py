"""Cells into numbers and instants, a column at a time. What cannot be read is marked, so that only its row fails."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

# No day before the packs' first rules could ever be closed, none after a Date overflows in any database be kept.
EARLIEST_S = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp())
LATEST_S = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
_LARGEST = 9e18  # below 2^63: beyond it a float cannot become an Int64

TIME_FINE, TIME_BAD, TIME_WITHOUT_OFFSET = 0, 1, 2


def text(name: str) -> pl.Expr:
    """A column's text without the spaces around it; null where nothing is left."""
    stripped = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(stripped != "").then(stripped)


def number(name: str, dtype: pl.DataType, scale: int = 1) -> pl.Expr:
    """A column as whole numbers (Int64), rounded to the nearest; null where there is none.

    dtype: what the column is now; integers, decimals and exponents are read from text too, other types hold none.
    scale: what one wire unit is worth inside (10 for volts into decivolts).
    """
    given = text(name) if dtype == pl.String else pl.col(name)
    if not (dtype.is_numeric() or isinstance(dtype, pl.String | pl.Null)):
        return pl.lit(None, pl.Int64)
    whole = given.cast(pl.Int64, strict=False)
    if dtype.is_integer() and scale == 1:
        return whole
    exact = (given.cast(pl.Float64, strict=False) * scale).fill_nan(None).clip(-_LARGEST, _LARGEST).round()
    rounded = exact.cast(pl.Int64, strict=False)
    return pl.coalesce(whole, rounded) if dtype == pl.String and scale == 1 else rounded


def stands(name: str, dtype: pl.DataType) -> pl.Expr:
    """Whether anything was sent in a column."""
    return (text(name) if dtype == pl.String else pl.col(name)).is_not_null()


@dataclass(frozen=True)
class Instants:
    """A column of instants, seconds since 1970 UTC (null where there is none), and how each was read (TIME_…)."""

    seconds: pl.Series
    state: pl.Series


def instants(column: pl.Series) -> Instants:
    """ISO 8601 with an offset or Z, or timestamps with a zone. Without either an instant is not known."""
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone:
        return Instants(column.dt.epoch("s"), _states(column, TIME_FINE))
    if column.dtype.is_temporal():
        return Instants(_nothing(column), _states(column, TIME_WITHOUT_OFFSET))
    if column.dtype != pl.String:
        return Instants(_nothing(column), column.is_not_null().cast(pl.Int8))
    # A batch names few different instants: each is read once.
    distinct = column.unique().drop_nulls()
    if len(distinct) == 1 and not column.null_count():
        moment, state = _instant(distinct[0])
        return Instants(pl.repeat(moment, len(column), dtype=pl.Int64, eager=True), _states(column, state))
    read = pl.DataFrame(
        [(written, *_instant(written)) for written in distinct],
        schema={"text": pl.String, "seconds": pl.Int64, "state": pl.Int8},
        orient="row",
    )
    found = pl.DataFrame({"text": column}).join(read, on="text", how="left", maintain_order="left")
    return Instants(found["seconds"], found["state"].fill_null(TIME_FINE))


def seconds(column: pl.Series) -> Instants:
    """Instants that came as seconds since 1970 UTC."""
    name, frame = column.name, column.to_frame()
    read = frame.select(at=number(name, column.dtype), stands=stands(name, column.dtype))
    return Instants(read["at"], (read["stands"] & read["at"].is_null()).cast(pl.Int8))


def first_of(columns: Iterable[Instants]) -> Instants:
    """Row by row the first column that says anything."""
    first, *others = columns
    for other in others:
        silent = first.seconds.is_null() & (first.state == TIME_FINE)
        first = Instants(
            other.seconds.zip_with(silent, first.seconds), other.state.zip_with(silent, first.state)
        )
    return first


def _instant(written: str) -> tuple[int | None, int]:
    try:
        moment = datetime.fromisoformat(written.strip())
    except ValueError:
        return None, TIME_BAD if written.strip() else TIME_FINE
    if moment.tzinfo is None:
        return None, TIME_WITHOUT_OFFSET
    try:
        return int(moment.timestamp() // 1), TIME_FINE
    except OverflowError:
        return None, TIME_BAD


def _states(column: pl.Series, state: int) -> pl.Series:
    return pl.repeat(state, len(column), dtype=pl.Int8, eager=True)


def _nothing(column: pl.Series) -> pl.Series:
    return pl.repeat(None, len(column), dtype=pl.Int64, eager=True)
