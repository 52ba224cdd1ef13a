"""A batch's rows, judged: the ones to take in their canonical shape, the others with the check they failed."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.clock import DAY_S
from upay.metering.intake import cells, checks, values
from upay.metering.intake.checks import Check, Raw
from upay.metering.intake.formats import Wire
from upay.metering.intake.sheet import of_meters, sheet, split
from upay.metering.reads import SCHEMA
from upay.network import Registry

_BLOCK = ("meter_id", "start_s", "minutes")
_VALUES = tuple(name for name in SCHEMA if name not in _BLOCK)
_SLICE = 5_000
# Days since 1970 that have a name in every calendar we meet: years 2 to 9998.
_FIRST_DAY, _LAST_DAY = -718_798, 2_932_531


@dataclass(frozen=True)
class Rejected:
    """A row that is not taken: its number, counted from 1, the reason, and what was sent."""

    row: int
    code: str
    params: dict[str, str | int]
    raw: Raw

    @property
    def serial(self) -> str | None:
        """The serial it named, as far as the records have room."""
        named = self.raw.get("meter")
        return named[:64] if named else None


@dataclass(frozen=True)
class Judged:
    """good: shape of `SCHEMA`, sorted by meter and start, each block once.  duplicates: equal repetitions, left out.

    failed: columns `row` and `verdict` (position in `checks`) of the rows not taken.
    """

    wire: Wire
    good: pl.DataFrame
    duplicates: int
    failed: pl.DataFrame
    checks: list[Check]

    @property
    def rejected(self) -> int:
        """How many rows are not taken."""
        return len(self.failed) + len(self.wire.broken)

    def reasons(self) -> Iterator[Rejected]:
        """The rows not taken, unreadable ones first."""
        yield from unreadable(self.wire)
        yield from rejected(self.wire, self.failed, self.checks)


def judge(wire: Wire, held: Registry, now: datetime, zone_ids: list[int] | None, allow_phase: bool) -> Judged:
    """Judge every row. zone_ids: the zones whose meters the sender may report, None for all."""
    rows = sheet(wire, held, "start", checks.MEASURES)
    usual = of_meters(held.minutes, rows["place"].to_numpy()).cast(pl.Int64).alias("minutes")
    given = rows["minutes"].fill_null(usual) if "minutes" in rows.columns else usual
    rows = rows.with_columns(given)
    table = [*checks.table(now, zone_ids, allow_phase, rows.columns), checks.CONFLICT]
    taken, failed = split(rows, table[:-1])
    keys = _keys(taken)
    taken = taken.select("row", *(_canonical(name, dtype, rows.columns) for name, dtype in SCHEMA.items()))
    good, conflicts = _once(taken, keys)
    duplicates = len(taken) - len(good) - len(conflicts)
    if len(conflicts):
        late = conflicts.select("row", verdict=pl.lit(len(table) - 1, pl.Int8))
        failed = pl.concat([failed, late]).sort("row")
    return Judged(wire, good.drop("row"), duplicates, failed, table)


def _canonical(name: str, dtype: pl.DataType, sent: list[str]) -> pl.Expr:
    return pl.col(name).cast(dtype) if name in sent else pl.lit(None, dtype).alias(name)


def _keys(taken: pl.DataFrame) -> NDArray[np.int64]:
    """A number for each row that is its meter and block, and orders as they do.

    Rows that passed the checks begin on a minute within 200 years (27 bits), and lengths are multiples of a quarter of
    an hour (7 bits); which leaves room for 500 million meters.
    """
    place, start_s, minutes = (taken[name].to_numpy() for name in ("place", "start_s", "minutes"))
    return place << 34 | (start_s - values.EARLIEST_S) // 60 << 7 | minutes // 15


def _once(taken: pl.DataFrame, keys: NDArray[np.int64]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each block's first row, in the order of the blocks, and the later ones that differ from it."""
    order = np.argsort(keys)
    ordered = keys[order]
    again = ordered[1:] == ordered[:-1]
    if not again.any():
        return taken[order], taken.clear()
    rows = taken[np.argsort(keys, kind="stable")]
    is_later = pl.Series([False]).append(pl.Series(again))
    first = rows.filter(~is_later)
    differs = ~pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"{name}_first")) for name in _VALUES)
    later = rows.filter(is_later).join(first, on=_BLOCK, suffix="_first")
    return first, later.filter(differs).select(rows.columns).sort("row")


def unreadable(wire: Wire, most: int | None = None) -> Iterator[Rejected]:
    """The lines that are no rows, the first `most` of them."""
    for number, text in wire.broken[:most]:
        yield Rejected(number, "reads.unreadable_line", {"row": number}, {"line": text.replace("\0", "�")})


def rejected(wire: Wire, failed: pl.DataFrame, table: list[Check]) -> Iterator[Rejected]:
    """The rows that failed a check, with the reason. failed: columns `row`, `verdict`."""
    for part in failed.iter_slices(_SLICE):
        raws = part.join(wire.frame, on="row", how="left", maintain_order="left").select(_as_sent(wire))
        for (row, verdict), raw in zip(part.iter_rows(), raws.iter_rows(named=True), strict=True):
            check = table[verdict]
            yield Rejected(row, check.code, check.say(raw), raw)


def _as_sent(wire: Wire) -> list[pl.Expr]:
    """The raw columns as text, which any database can keep and the door can read again."""
    shown: list[pl.Expr] = []
    for name, dtype in wire.frame.schema.items():
        column = pl.col(name)
        if name == "row":
            continue
        if dtype.is_temporal():
            shown.append(_moment(column, dtype).alias(name))
        elif dtype.is_float():
            whole = pl.when(column == column.round()).then(column.cast(pl.Int64, strict=False))
            shown.append(pl.coalesce(whole.cast(pl.String), column.cast(pl.String)).alias(name))
        else:
            shown.append(column.cast(pl.String).str.head(cells.MAX_BYTES).str.replace_all("\0", "�", literal=True))
    return shown


def _moment(column: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """An instant or day as text; as its bare number where no calendar has a name for it, for Polars panics at such."""
    number = column.to_physical().cast(pl.Int64)
    if isinstance(dtype, pl.Datetime):
        unit = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[dtype.time_unit] * DAY_S
        form = "%Y-%m-%dT%H:%M:%S" + ("%:z" if dtype.time_zone else "")
    elif dtype == pl.Date:
        unit, form = 1, "%Y-%m-%d"
    else:
        return number.cast(pl.String)
    named = pl.when(number.is_between(_FIRST_DAY * unit, _LAST_DAY * unit)).then(column)
    return pl.coalesce(named.dt.strftime(form), number.cast(pl.String))
