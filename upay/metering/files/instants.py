"""Dates and times as files write them, into seconds since 1970 UTC."""
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import polars as pl

from upay.errors import Problem

# Day before month, as India writes; a date that only makes sense the other way round is not guessed at.
_DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%Y%m%d")
_CLOCKS = (" %H:%M:%S%.f", " %H:%M:%S", " %H:%M", " %I:%M %p", " %I:%M:%S %p")
_OFFSET = r"(?:Z|[+-]\d\d:?\d\d)$"
_EPOCH = r"^\d{9,11}$"


def zone(name: str) -> str:
    """The name, if there is such a time zone. Raises Problem `files.unknown_timezone`."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Problem("files.unknown_timezone", {"name": name[:64]}) from error
    return name


def start_seconds(column: pl.Series, timezone: str) -> pl.Series:
    """The instants of a column, in seconds since 1970 UTC (Int64); null where there is none to read.

    column: text, dates, timestamps with or without a zone, or whole seconds since 1970. Without a zone or offset the
    wall clock of `timezone` is meant; an hour that the clock shows twice is its first, one that it skips is none.
    """
    if isinstance(column.dtype, pl.Datetime):
        return (column if column.dtype.time_zone else _local(column, timezone)).dt.epoch("s")
    if column.dtype == pl.Date:
        return _local(column.cast(pl.Datetime("us")), timezone).dt.epoch("s")
    if column.dtype.is_integer():
        return column.cast(pl.Int64)
    distinct = column.cast(pl.String).unique().drop_nulls()
    read = pl.DataFrame({"text": distinct, "at": _read(distinct.str.strip_chars(), timezone)})
    frame = pl.DataFrame({"text": column.cast(pl.String)})
    return frame.join(read, on="text", how="left", maintain_order="left")["at"]


def are_dates(column: pl.Series) -> bool:
    """Whether a column names days without a time of day."""
    if column.dtype == pl.String:
        return not column.drop_nulls().str.contains(r"\d[T ]\d|:").any() and not column.str.contains(_EPOCH).all()
    return column.dtype == pl.Date


def clock_minutes(label: str) -> int | None:
    """The minute of the day that a column's heading names ("00:30", "7:00 PM", "23:30-24:00"), or None."""
    found = re.search(r"(?<!\d)(\d{1,2})[:.h](\d\d)(?::\d\d)?\s*([ap]m)?", label, re.IGNORECASE)
    if not found:
        return None
    hour, minute, half = int(found[1]), int(found[2]), (found[3] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return 60 * hour + minute if hour <= 24 and minute < 60 else None


def _read(text: pl.Series, timezone: str) -> pl.Series:
    plain = text.str.replace(r"(\d)T(\d)", "$1 $2")
    with_offset = plain.str.contains(_OFFSET) & plain.str.contains(":")
    whole = plain.str.replace("Z$", "+00:00").str.replace(r"\s*([+-]\d\d):?(\d\d)$", "$1:$2")
    offset = [_try(whole, f"{_DATES[0]}{clock}%:z") for clock in _CLOCKS[:3]]
    naive = [_try(plain, date + clock) for date in _DATES for clock in _CLOCKS]
    days = [plain.str.to_date(date, strict=False).cast(pl.Datetime("us")) for date in _DATES]
    exact = _first(offset).dt.epoch("s")
    local = _local(_first([*naive, *days]), timezone).dt.epoch("s")
    seconds = plain.set(~plain.str.contains(_EPOCH), None).cast(pl.Int64, strict=False)
    return seconds.zip_with(seconds.is_not_null(), exact.zip_with(with_offset, local))


def _try(text: pl.Series, form: str) -> pl.Series:
    return text.str.to_datetime(form, time_unit="us", strict=False, exact=True)


def _first(columns: list[pl.Series]) -> pl.Series:
    named = [column.alias(str(number)) for number, column in enumerate(columns)]
    return pl.DataFrame(named).select(pl.coalesce(pl.all())).to_series()


def _local(naive: pl.Series, timezone: str) -> pl.Series:
    return naive.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
