"""The sheet: a batch in typed columns, each meter placed, with the marks that the checks look at."""
from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.metering.intake import values
from upay.metering.intake.checks import Check, Measure, Raw
from upay.metering.intake.formats import Columns, Wire
from upay.network import Registry


def sheet(wire: Wire, held: Registry, at: str, measures: Iterable[Measure]) -> pl.DataFrame:
    """Typed columns of a batch, one row for each of the wire's.

    at: wire name of the instant as text; `AT_s` is its name in seconds.  Columns: `row`, `meter` (serial), `place` in
    the registry (-1 where the meter is not known), `meter_id` and `zone_id` (then null), `AT_s`, `time_state`
    (values.TIME_…), and for each measure that was sent its value (Int64) and `bad_NAME`: what stood there is no number.
    """
    sent = wire.frame.schema
    numbers = [expression for measure in measures for expression in _measured(sent, measure)]
    moments = _instants(wire, at)
    marks = [moments.seconds.alias(f"{at}_s"), moments.state.alias("time_state")]
    return wire.frame.select("row", *numbers).hstack([*_placed(wire.frame["meter"], held), *marks])


def of_meters(column: NDArray[Any], place: NDArray[np.int64]) -> pl.Series:
    """What an array of the registry says of the meters at these places; null where the place is -1."""
    unknown = place < 0
    found = pl.Series(column[place] if len(column) else place)
    return found.set(pl.Series(unknown), None) if unknown.any() else found


def split(rows: pl.DataFrame, checks: list[Check]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows that pass, and `row` and `verdict` of the others: the position of the first check that fails.

    A check that cannot be judged does not fail.
    """
    failing = rows.select(check.fails.any().alias(str(n)) for n, check in enumerate(checks)).row(0)
    first = [
        pl.when(check.fails.fill_null(False)).then(pl.lit(n, pl.Int8)) for n, check in enumerate(checks) if failing[n]
    ]
    if not first:
        return rows, rows.head(0).select("row", verdict=pl.lit(0, pl.Int8))
    judged = rows.with_columns(verdict=pl.coalesce(first))
    passed = pl.col("verdict").is_null()
    return judged.filter(passed).drop("verdict"), judged.filter(~passed).select("row", "verdict")


def as_wire(raws: Iterable[Raw], columns: Columns) -> Wire:
    """Rows that are already apart, each a mapping of wire names to text, as a batch."""
    names = sorted(columns.known)
    rows = [[raw.get(name) for name in names] for raw in raws]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    return Wire(frame.with_row_index("row", 1))


def _measured(sent: pl.Schema, measure: Measure) -> list[pl.Expr]:
    """The measure's value and its mark; nothing where none of its names was sent."""
    given = [(name, sent[name], scale) for name, scale in measure.wire if name in sent]
    if not given:
        return []
    read = [values.number(name, dtype, scale) for name, dtype, scale in given]
    bad = [values.stands(name, dtype) & value.is_null() for (name, dtype, _), value in zip(given, read, strict=True)]
    return [pl.coalesce(read).alias(measure.name), pl.any_horizontal(bad).alias(f"bad_{measure.name}")]


def _instants(wire: Wire, at: str) -> values.Instants:
    """The rows' instants, from the column in seconds where it speaks, else from the written one."""
    frame = wire.frame
    given = [values.seconds(frame[f"{at}_s"])] if f"{at}_s" in frame.columns else []
    given += [values.instants(frame[at])] if at in frame.columns else []
    return values.first_of(given)


def _placed(sent: pl.Series, held: Registry) -> list[pl.Series]:
    """The columns `meter`, `place`, `meter_id` and `zone_id`."""
    serials = sent.cast(pl.String)
    place = held.locate(serials)
    if (place < 0).any():  # only serials that are not known as they were sent may have spaces around them
        serials = serials.to_frame().select(values.text(sent.name)).to_series()
        place = held.locate(serials)
    found = {"meter_id": held.meter_id, "zone_id": held.zone_id}
    columns = [of_meters(column, place).alias(name) for name, column in found.items()]
    return [serials.alias("meter"), pl.Series("place", place), *columns]
