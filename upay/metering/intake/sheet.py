"""The sheet: a batch in typed columns, each meter placed, with the marks that the checks look at."""
from collections.abc import Iterable

import polars as pl

from upay.metering.intake import values
from upay.metering.intake.checks import Check, Measure, Raw
from upay.metering.intake.formats import Columns, Wire
from upay.network import Registry


def sheet(wire: Wire, held: Registry, at: str, measures: Iterable[Measure]) -> pl.DataFrame:
    """Typed columns of a batch, one row for each of the wire's.

    at: wire name of the instant as text; `AT_s` is its name in seconds.  Columns: `row`, `meter` (serial), `place` in
    the registry, `meter_id`, `zone_id` (null where the meter is not known), `AT_s`, `time_state` (values.TIME_…), and
    for each measure its value (Int64) and `bad_NAME`: something stood there that is no number.
    """
    moments = _instants(wire, at)
    columns = [wire.frame["row"], *_placed(wire, held)]
    columns += [moments.seconds.alias(f"{at}_s"), moments.state.alias("time_state")]
    for measure in measures:
        columns += _measured(wire, measure)
    return pl.DataFrame(columns)


def verdicts(rows: pl.DataFrame, checks: list[Check]) -> pl.Series:
    """For each row the position of the first check that fails, or null. A check that cannot be judged does not fail."""
    first = [pl.when(check.fails.fill_null(False)).then(pl.lit(n, pl.Int8)) for n, check in enumerate(checks)]
    return rows.select(verdict=pl.coalesce(first))["verdict"]


def split(rows: pl.DataFrame, checks: list[Check]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that pass, and `row` and `verdict` of the others."""
    verdict = verdicts(rows, checks)
    if verdict.null_count() == len(verdict):
        return rows, pl.DataFrame(schema={"row": rows["row"].dtype, "verdict": verdict.dtype})
    return rows.filter(verdict.is_null()), rows.select("row", verdict).filter(verdict.is_not_null())


def as_wire(raws: Iterable[Raw], columns: Columns) -> Wire:
    """Rows that are already apart, each a mapping of wire names to text, as a batch."""
    names = sorted(columns.known)
    rows = [[raw.get(name) for name in names] for raw in raws]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return Wire(frame.with_row_index("row", 1))


def _measured(wire: Wire, measure: Measure) -> list[pl.Series]:
    value = pl.repeat(None, len(wire.frame), dtype=pl.Int64, eager=True)
    bad = pl.repeat(False, len(wire.frame), dtype=pl.Boolean, eager=True)
    for name, scale in measure.wire:
        if name in wire.frame.columns:
            read = values.numbers(wire.frame[name], scale)
            value = read.values if value.null_count() == len(value) else read.values.zip_with(value.is_null(), value)
            bad = bad if read.bad is None else bad | read.bad
    return [value.alias(measure.name), bad.alias(f"bad_{measure.name}")]


def _instants(wire: Wire, at: str) -> values.Instants:
    """The rows' instants, from the column in seconds where it speaks, else from the written one."""
    frame = wire.frame
    given = [values.seconds(frame[f"{at}_s"])] if f"{at}_s" in frame.columns else []
    given += [values.instants(frame[at])] if at in frame.columns else []
    return values.first_of(given)


def _placed(wire: Wire, held: Registry) -> list[pl.Series]:
    serials = wire.frame["meter"].cast(pl.String).str.strip_chars()
    serials = serials.set(serials == "", None).alias("meter")
    place = pl.Series("place", held.locate(serials))
    place = place.set(place < 0, None)
    return [
        serials,
        place,
        pl.Series("meter_id", held.meter_id).gather(place),
        pl.Series("zone_id", held.zone_id).gather(place),
    ]
