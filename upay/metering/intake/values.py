"""Cells into numbers and instants, a column at a time. What cannot be read is marked, so that only its row fails."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

# The doors hold no plausible reading before meters kept such profiles, nor after a Date overflows in any database.
EARLIEST_S = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp())
LATEST_S = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
_LARGEST = 9e18  # below 2^63: beyond it a float cannot become an Int64

TIME_FINE, TIME_BAD, TIME_WITHOUT_OFFSET = 0, 1, 2


@dataclass(frozen=True)
class Numbers:
    """A column of whole numbers. bad: where something stood that is none; None when nowhere."""

    values: pl.Series
    bad: pl.Series | None


def numbers(column: pl.Series, scale: int = 1) -> Numbers:
    """Whole numbers (Int64): integers, decimals and exponents, rounded to the nearest, as text or not.

    scale: what one wire unit is worth inside (10 for volts into decivolts).
    """
    given = column
    if column.dtype == pl.String:
        given = column.str.strip_chars()
        given = given.set(given == "", None) if (given == "").any() else given
        if scale == 1:
            whole = given.cast(pl.Int64, strict=False)
            if whole.null_count() == given.null_count():
                return Numbers(whole, None)
    elif column.dtype.is_integer() and scale == 1:
        values = column.cast(pl.Int64, strict=False)
        return Numbers(values, _lost(column, values))
    elif not column.dtype.is_numeric() and column.dtype != pl.Null:
        return Numbers(pl.Series([None], dtype=pl.Int64).new_from_index(0, len(column)), column.is_not_null())
    exact = given.cast(pl.Float64, strict=False)
    exact = (exact * scale).fill_nan(None).clip(-_LARGEST, _LARGEST)
    values = exact.round(0).cast(pl.Int64, strict=False)
    return Numbers(values, _lost(given, values))


def _lost(given: pl.Series, values: pl.Series) -> pl.Series | None:
    return None if values.null_count() == given.null_count() else given.is_not_null() & values.is_null()


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
    read = pl.DataFrame(
        [(text, *_instant(text)) for text in distinct],
        schema={"text": pl.String, "seconds": pl.Int64, "state": pl.Int8},
        orient="row",
    )
    found = pl.DataFrame({"text": column}).join(read, on="text", how="left", maintain_order="left")
    return Instants(found["seconds"], found["state"].fill_null(TIME_FINE))


def seconds(column: pl.Series) -> Instants:
    """Instants that came as seconds since 1970 UTC."""
    read = numbers(column)
    state = _states(column, TIME_FINE) if read.bad is None else read.bad.cast(pl.Int8)
    return Instants(read.values, state)


def first_of(columns: Iterable[Instants]) -> Instants:
    """Row by row the first column that says anything."""
    first, *others = columns
    for other in others:
        silent = first.seconds.is_null() & (first.state == TIME_FINE)
        first = Instants(
            other.seconds.zip_with(silent, first.seconds), other.state.zip_with(silent, first.state)
        )
    return first


def _instant(text: str) -> tuple[int | None, int]:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None, TIME_FINE if not text.strip() else TIME_BAD
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
