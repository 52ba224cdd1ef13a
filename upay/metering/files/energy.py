"""Energy as files write it, into whole watt-hours: exact, rounded half up, never through a float."""
import re
from decimal import ROUND_HALF_UP, Decimal

import polars as pl

_PLAIN = r"^[+-]?(?:\d+\.?\d*|\.\d+)$"
_KWH = re.compile(r"k\s*w\s*h", re.IGNORECASE)
_WH = re.compile(r"(?<![a-z])w\s*h(?![a-z])", re.IGNORECASE)
# More digits than these cannot be the energy of a block, and would overflow 64 bits on the way.
_MOST_DIGITS = 17

UNITS = {"wh": 0, "kwh": 3}


def power_of_ten(heading: str) -> int | None:
    """The power of ten that makes watt-hours of a column's numbers, by its heading: 3 for kWh, 0 for Wh, else None."""
    if _KWH.search(heading):
        return 3
    return 0 if _WH.search(heading) else None


def whole_wh(numbers: pl.Series, power: int) -> pl.Series:
    """Numbers × 10^power in whole Wh (Int64), half up; null where a cell is no number.

    numbers: text as written, or integers or floats (taken by their shortest decimal form, as a file would show them).
    power: from −9 to 9.
    """
    if numbers.dtype.is_integer() and power >= 0:
        return numbers.cast(pl.Int64) * 10**power
    text = numbers.cast(pl.String).str.strip_chars()
    plain = text.str.contains(_PLAIN)
    whole = text.str.extract(r"^[+-]?(\d*)").fill_null("")
    part = text.str.extract(r"\.(\d*)").fill_null("")
    # The digits left of the shifted point, and the first one right of it: that one alone decides half up.
    digits = whole + part.str.pad_end(max(power, 0) + 1, "0") if power >= 0 else whole
    point = whole.str.len_chars().cast(pl.Int64) + power
    left = _take_left(digits, point)
    next_digit = _digit_at(digits, point)
    size = left.cast(pl.Int64, strict=False).fill_null(0) + (next_digit >= "5").fill_null(False).cast(pl.Int64)
    small = left.str.len_chars() <= _MOST_DIGITS
    sign = pl.select(pl.when(text.str.starts_with("-")).then(-1).otherwise(1)).to_series()
    value = size * sign
    value = value.set(~(plain & small).fill_null(False), None)
    odd = text.is_not_null() & ~plain.fill_null(False)
    return value if not odd.any() else _with_exponents(value, text, odd, power)


def _take_left(digits: pl.Series, point: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"digits": digits, "point": point.clip(lower_bound=0)})
    return frame.select(pl.col("digits").str.slice(0, pl.col("point"))).to_series()


def _digit_at(digits: pl.Series, point: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"digits": digits, "point": point})
    digit = pl.col("digits").str.slice(pl.col("point").clip(0), 1)
    return frame.select(pl.when(pl.col("point") >= 0).then(digit).otherwise(pl.lit(""))).to_series()


def _with_exponents(value: pl.Series, text: pl.Series, odd: pl.Series, power: int) -> pl.Series:
    """Cells like 9.99e-05, one by one: few files have any."""
    read = {cell: _decimal(cell, power) for cell in text.filter(odd).unique().to_list()}
    return value.set(odd, None).zip_with(~odd, text.replace_strict(read, default=None, return_dtype=pl.Int64))


def _decimal(cell: str, power: int) -> int | None:
    if not re.fullmatch(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d{1,3}", cell):
        return None
    shifted = Decimal(cell).scaleb(power)
    if shifted.adjusted() >= _MOST_DIGITS:
        return None
    return int(shifted.quantize(Decimal(1), ROUND_HALF_UP))
