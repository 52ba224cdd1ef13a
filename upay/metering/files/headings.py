"""Which column of a table is what, told by its heading and, where the heading says nothing, by its first cells."""
import re
from dataclasses import dataclass

import polars as pl

from upay.errors import Problem
from upay.metering.files.energy import power_of_ten
from upay.metering.files.instants import clock_minutes, start_seconds

_METER = {"meter", "serial", "meter_serial", "meter_id", "meter_no", "meter_number", "meter_serial_number", "lclid"}
_START = {
    "start", "start_s", "start_time", "block_start", "interval_start", "timestamp", "datetime", "date_time", "tstp",
}  # fmt: skip
_DATE = {"date", "day", "reading_date", "block_date"}
_CLOCK = {"time", "start_time", "block_time", "clock", "hour"}
_ENERGY = {"value", "energy", "consumption", "usage", "import", "reading"}
_UNITS = {"units": 3, "unit_consumed": 3, "units_consumed": 3}  # a unit of electricity is a kilowatt-hour
_EXPORT = re.compile(r"export|received|fed_in")
_ORDINAL = re.compile(r"^(?:h|hh|hr|hour|b|block|s|slot|i|interval|t|p|kwh|wh)?_?0*(\d{1,2})$")
_SLOTS = (24, 48, 96)
# Columns of intake's own door: taken under their own names, in their own units.
MEASURES = ("minutes", "vah", "dv", "v", "ca", "a", "register_wh", "quality")


@dataclass(frozen=True)
class Headings:
    """Columns by what they hold; None for what the table has not.

    energy, export: heading and power of ten (None: no unit is named).  slots: the columns of a wide table, in order.
    """

    meter: str | None
    start: str | None
    clock: str | None
    energy: tuple[str, int | None] | None
    export: tuple[str, int | None] | None
    slots: tuple[str, ...]


def plain(heading: str) -> str:
    """A heading in lower case with underscores between its words."""
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")


def headings(frame: pl.DataFrame, timezone: str) -> Headings:
    """Find the columns. Raises Problem `files.no_time_column` or `files.no_energy_column`."""
    names = {column: plain(column) for column in frame.columns}
    meter = _named(names, _METER)
    slots = _slots(names)
    start = _named(names, _START) or _named(names, _DATE) or _first_with_times(frame, timezone, (meter, *slots))
    if start is None:
        start = _named(names, _CLOCK)
    if start is None:
        raise Problem("files.no_time_column", {"columns": ", ".join(frame.columns)[:200]})
    clock = _named({column: name for column, name in names.items() if column != start}, _CLOCK)
    if slots:
        return Headings(meter, start, None, None, None, slots)
    taken = {meter, start, clock, *(column for column, name in names.items() if name in MEASURES)}
    left = {column: name for column, name in names.items() if column not in taken}
    export = _energy({column: name for column, name in left.items() if _EXPORT.search(name)})
    energy = _energy({column: name for column, name in left.items() if not _EXPORT.search(name)})
    if energy is None:
        raise Problem("files.no_energy_column", {"columns": ", ".join(frame.columns)[:200]})
    return Headings(meter, start, clock, energy, export, ())


def _named(names: dict[str, str], wanted: set[str]) -> str | None:
    return next((column for column, name in names.items() if name in wanted), None)


def _energy(names: dict[str, str]) -> tuple[str, int | None] | None:
    """The column with a unit in its heading (the finer unit first), else one called energy, value and the like."""
    with_unit = [(column, power) for column in names if (power := power_of_ten(column)) is not None]
    with_unit += [(column, _UNITS[name]) for column, name in names.items() if name in _UNITS]
    if with_unit:
        return min(with_unit, key=lambda found: found[1])
    return next(((column, None) for column, name in names.items() if name in _ENERGY or _EXPORT.search(name)), None)


def _slots(names: dict[str, str]) -> tuple[str, ...]:
    """The columns of a day's blocks: 24, 48 or 96 headings that are times of day or numbers, in order."""
    times = tuple(column for column in names if clock_minutes(column) is not None)
    numbers = tuple(column for column, name in names.items() if _ORDINAL.match(name))
    return next((found for found in (times, numbers) if len(found) in _SLOTS), ())


def _first_with_times(frame: pl.DataFrame, timezone: str, others: tuple[str | None, ...]) -> str | None:
    """The first column whose cells are times: for tables whose heading does not say so."""
    for column in frame.columns:
        cells = frame[column].drop_nulls().head(50)
        if column in others or not len(cells) or not (cells.dtype == pl.String or cells.dtype.is_temporal()):
            continue
        if cells.dtype == pl.String and not cells.str.contains(r"[-/:. ]").any():
            continue
        if 2 * start_seconds(cells, timezone).is_not_null().sum() > len(cells):
            return column
    return None
