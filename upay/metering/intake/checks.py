"""What a row must be to be taken: a table of checks. The first that fails is the row's verdict."""
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl

from upay.clock import DAY_S, IST_OFFSET_S, day_of
from upay.metering.intake import values
from upay.metering.intake.formats import Columns
from upay.metering.models import Quality
from upay.packs import pack

BLOCK_MINUTES = (15, 30, 60, 1440)
Raw = Mapping[str, str | None]


@dataclass(frozen=True)
class Measure:
    """A number of a reading. wire: the names it may come under, with what one of their units is worth inside."""

    name: str
    wire: tuple[tuple[str, int], ...]
    dtype: pl.DataType
    largest: int
    required: bool = False
    smallest: int = 0


_INT16, _INT32, _INT64 = 2**15 - 1, 2**31 - 1, 2**62
MEASURES = (
    Measure("minutes", (("minutes", 1),), pl.Int16(), 1440),
    Measure("wh", (("wh", 1),), pl.Int32(), _INT32, required=True),
    Measure("export_wh", (("export_wh", 1),), pl.Int32(), _INT32),
    Measure("vah", (("vah", 1),), pl.Int32(), _INT32),
    Measure("dv", (("dv", 1), ("v", 10)), pl.Int16(), _INT16),
    Measure("ca", (("ca", 1), ("a", 100)), pl.Int32(), _INT32),
    Measure("register_wh", (("register_wh", 1),), pl.Int64(), _INT64),
    Measure("quality", (("quality", 1),), pl.Int8(), max(Quality)),
)
COLUMNS = Columns(
    known=frozenset({"meter", "start", "start_s", *(name for measure in MEASURES for name, _ in measure.wire)}),
    numeric=frozenset({"start_s", *(name for measure in MEASURES for name, _ in measure.wire)}),
    required=(("meter",), ("start", "start_s"), ("wh",)),
)


@dataclass(frozen=True)
class Check:
    """A code, and when it applies. params: what its sentence names → wire columns, the first with a value is shown."""

    code: str
    fails: pl.Expr
    params: dict[str, tuple[str, ...]] = field(default_factory=dict)
    field: str = ""

    def say(self, raw: Raw) -> dict[str, str | int]:
        """The parameters of the sentence about one raw row."""
        said: dict[str, str | int] = {"field": self.field} if self.field else {}
        for name, columns in self.params.items():
            said[name] = next((text for column in columns if (text := raw.get(column))), "")[:64]
        return said


def placing(zone_ids: list[int] | None) -> list[Check]:
    """Checks that every door shares: the meter is known, and the sender's."""
    who = {"serial": ("meter",)}
    found = pl.col("meter_id")
    theirs = pl.lit(True) if zone_ids is None else pl.col("zone_id").is_in(zone_ids)
    return [
        Check("reads.missing_field", pl.col("meter").is_null(), field="meter"),
        Check("reads.unknown_meter", found.is_null(), who),
        Check("reads.not_your_zone", ~theirs, who),
    ]


def timing(column: str, wire: tuple[str, ...]) -> list[Check]:
    """Checks on an instant `column` (seconds) that came under the `wire` names."""
    state, at = pl.col("time_state"), pl.col(column)
    when = {"start": wire}
    return [
        Check("reads.no_offset", state == values.TIME_WITHOUT_OFFSET, when),
        Check("reads.bad_time", (state == values.TIME_BAD) | ~at.is_between(values.EARLIEST_S, values.LATEST_S), when),
        Check("reads.missing_field", at.is_null(), field=wire[0]),
    ]


def measuring(measures: tuple[Measure, ...], sent: Collection[str]) -> Iterator[Check]:
    """Checks that hold for each number by itself, of those that were sent (columns of the sheet)."""
    for measure in measures:
        if measure.name not in sent:
            continue
        names = tuple(name for name, _ in measure.wire)
        value, shown = pl.col(measure.name), {"value": names}
        if f"bad_{measure.name}" in sent:
            yield Check("reads.not_a_number", pl.col(f"bad_{measure.name}"), shown, measure.name)
        if measure.required:
            yield Check("reads.missing_field", value.is_null(), {}, measure.name)
        yield Check("reads.negative", value < measure.smallest, shown, measure.name)
        yield Check("reads.too_large", value > measure.largest, shown, measure.name)


def latest_s(now: datetime) -> int:
    """The last instant (seconds) that a meter may name: its clock may run ahead by what the pack allows."""
    return int(now.timestamp()) + 60 * int(pack().row("vee", day_of(now))["future_minutes"])


def table(now: datetime, zone_ids: list[int] | None, allow_phase: bool, sent: Collection[str]) -> list[Check]:
    """All checks on a reading, in the order in which they speak. sent: columns of the sheet.

    allow_phase: blocks may begin off the IST grid, by whole minutes: foreign feeds, which only an import brings.
    """
    start, length = pl.col("start_s"), pl.col("minutes").cast(pl.Int64) * 60
    grid = 60 if allow_phase else length.clip(60, DAY_S)
    when = {"start": ("start", "start_s"), "minutes": ("minutes",)}
    return [
        *placing(zone_ids),
        *timing("start_s", ("start", "start_s")),
        *measuring(MEASURES, sent),
        Check("reads.block_length", ~pl.col("minutes").is_in(BLOCK_MINUTES), {"value": ("minutes",)}),
        Check("reads.off_grid", (start + IST_OFFSET_S) % grid != 0, {"start": when["start"]}),
        Check("reads.row_in_future", start + length > latest_s(now), {"start": when["start"]}),
    ]


CONFLICT = Check("reads.conflict", pl.lit(False), {"serial": ("meter",), "start": ("start", "start_s")})
