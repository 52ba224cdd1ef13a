"""What a tariff's tables must look like: topic by topic, from TOML or JSON into the parts of a Schedule."""
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from upay.tariffs.cells import Flaw, Path, Table
from upay.tariffs.schedule import (
    ORDER,
    Duty,
    DutyBand,
    EnergyClass,
    FixedByLoad,
    FixedByUse,
    Fppas,
    Kvah,
    LateStep,
    LoadRate,
    Online,
    PerUnit,
    Share,
    Slab,
    Source,
    Subsidy,
    TodClass,
    UseBand,
)

_RATE = 10_000  # rupees → 1/100 paisa
_UNIT = 1_000  # units or kW → Wh or W
BANDS = ("normal", "solar", "peak")


@dataclass(frozen=True)
class Reference:
    """Above this use or load the month is priced by the tariff named."""

    above_wh: int
    above_w: int
    tariff: str


@dataclass(frozen=True)
class Dated:
    """A part of a tariff from a day on, with where it comes from; `last` only where the row says so.

    table: the row as it was written, from which a next one is made.
    """

    topic: str
    last: date | None
    source: Source
    part: Any
    table: Mapping[str, Any] = field(compare=False)


def read_row(topic: str, values: Any, path: Path) -> Dated:
    """One dated row of a topic. Raises Flaw."""
    table = Table(values, path)
    since = table.day("from")
    last = table.day("to") if table.has("to") else None
    if last is not None and last < since:
        raise table.bad("to", last)
    source = Source(since, table.text("source"), table.text("confidence", ("A", "B", "C")))
    part = _TOPICS[topic](table)
    table.done()
    return Dated(topic, last, source, part, table.values)


def check_dates(rows: Sequence[Dated], paths: Sequence[Path]) -> None:
    """Rows of a topic follow each other day by day, in order. Raises Flaw."""
    for place, (before, row) in enumerate(pairwise(rows), 1):
        days = {"before": str(before.last or before.source.since), "after": str(row.source.since)}
        if row.source.since <= (before.last or before.source.since):
            raise Flaw("tariff.overlapping_dates", (*paths[place], "from"), days)
        if before.last and row.source.since > before.last + timedelta(1):
            raise Flaw("tariff.gap_in_dates", (*paths[place], "from"), days)


def topics() -> tuple[str, ...]:
    """The parts a tariff may have."""
    return tuple(_TOPICS)


def _energy(table: Table) -> tuple[EnergyClass, ...]:
    if table.has("slabs"):
        return (EnergyClass(None, _slabs(table)),)
    rows = table.rows("classes")
    return tuple(EnergyClass(upto, _slabs(row)) for row, upto in _by_load(rows))


def _slabs(table: Table) -> tuple[Slab, ...]:
    rows = table.rows("slabs")
    edges = _edges(rows)
    return tuple(
        Slab(over, upto, _finished(row, row.whole("rate", _RATE)))
        for row, (over, upto) in zip(rows, edges, strict=True)
    )


def _edges(rows: Sequence[Table]) -> list[tuple[int, int | None]]:
    """The ends of bands of use, Wh: from 0, each where the one before ends, the last open."""
    edges: list[tuple[int, int | None]] = []
    end: int | None = 0
    for place, row in enumerate(rows):
        over, upto = row.whole("from", _UNIT, None), row.optional("to", _UNIT, None)
        if upto is not None and upto <= over:
            raise Flaw("tariff.negative_width", (*row.path, "to"), {"from": over // _UNIT, "to": upto // _UNIT})
        if end is None or over < end:
            raise Flaw("tariff.overlapping_slabs", (*row.path, "from"), {"from": over // _UNIT})
        if over > end:
            raise Flaw("tariff.gap_in_slabs", (*row.path, "from"), {"end": end // _UNIT, "from": over // _UNIT})
        if upto is None and place < len(rows) - 1:
            raise Flaw("tariff.overlapping_slabs", rows[place + 1].path, {"from": over // _UNIT})
        edges.append((over, end := upto))
    if end is not None:
        raise Flaw("tariff.no_open_end", rows[-1].path, {"end": end // _UNIT})
    return edges


def _by_load(rows: Sequence[Table]) -> Iterable[tuple[Table, int | None]]:
    """Classes of sanctioned load, W: each above the one before, the last open. Each is finished when it was read."""
    before = 0
    for place, row in enumerate(rows):
        upto = row.optional("upto_kw", _UNIT, 1)
        if upto is None and place < len(rows) - 1:
            raise Flaw("tariff.missing_key", row.path, {"key": "upto_kw"})
        if upto is not None and place == len(rows) - 1:
            raise Flaw("tariff.no_open_end", row.path, {"end": upto // _UNIT})
        if upto is not None and upto <= before:
            raise Flaw("tariff.negative_width", (*row.path, "upto_kw"), {"from": before // _UNIT, "to": upto // _UNIT})
        before = upto or before
        yield row, upto
        row.done()


def _fixed(table: Table) -> FixedByLoad | FixedByUse:
    if table.text("by", ("load", "consumption")) == "load":
        classes = tuple(LoadRate(upto, row.whole("rate", _RATE)) for row, upto in _by_load(table.rows("classes")))
        return FixedByLoad(table.whole("step_kw", _UNIT, 1), classes)
    rows = table.rows("bands")
    bands = tuple(
        UseBand(upto, row.optional("per_connection", _RATE) or 0, _finished(row, row.optional("per_step", _RATE) or 0))
        for row, (_, upto) in zip(rows, _edges(rows), strict=True)
    )
    return FixedByUse(table.whole("step_units", _UNIT, 1), table.whole("step_kw", _UNIT, 1), bands)


def _tod(table: Table) -> tuple[TodClass, ...]:
    return tuple(TodClass(upto, row.percents("percent", BANDS)) for row, upto in _by_load(table.rows("classes")))


def _duty(table: Table) -> Duty:
    rows = table.rows("bands")
    bands = tuple(
        DutyBand(upto, _finished(row, row.percent("percent")))
        for row, (_, upto) in zip(rows, _edges(rows), strict=True)
    )
    return Duty(_on(table, "duty"), bands)


def _subsidy(table: Table) -> Subsidy:
    upto, first = table.whole("month_upto_units", _UNIT, 1), table.whole("first_units", _UNIT, 1)
    if first > upto:
        raise table.bad("first_units", first // _UNIT)
    return Subsidy(table.text("name", ("atal_griha_jyoti",)), upto, first, table.whole("pays", 100))


def _prepaid(table: Table) -> Share | PerUnit:
    if table.has("per_unit"):
        return PerUnit(table.whole("per_unit", _RATE))
    return Share(_on(table, "prepaid"), table.percent("percent"))


def _online(table: Table) -> Online:
    least, most = table.whole("least", 100), table.whole("most", 100)
    if most < least:
        raise table.bad("most", most // 100)
    return Online(_on(table, "online"), table.percent("percent"), least, most)


def _lpsc(table: Table) -> tuple[LateStep, ...]:
    rows = table.rows("steps")
    steps = tuple(LateStep(row.optional("months", 1, 1), _finished(row, row.percent("percent"))) for row in rows)
    for row, step in zip(rows, steps, strict=True):
        if step.months is None and row is not rows[-1]:
            raise Flaw("tariff.missing_key", row.path, {"key": "months"})
        if step.months is not None and row is rows[-1]:
            raise Flaw("tariff.no_open_end", row.path, {"end": step.months})
    return steps


def _on(table: Table, kind: str) -> tuple[str, ...]:
    return table.lines("on", ORDER[: ORDER.index(kind)])


def _finished(row: Table, value: int) -> int:
    """The value, when nothing else stands in its row."""
    row.done()
    return value


_TOPICS: dict[str, Callable[[Table], Any]] = {
    "energy": _energy,
    "otherwise": lambda table: Reference(
        table.whole("above_units", _UNIT), table.whole("above_kw", _UNIT), table.text("tariff")
    ),
    "kvah": lambda table: Kvah(table.whole("from_kw", _UNIT, 1), table.whole("power_factor", 100, 1)),
    "fixed": _fixed,
    "excess": lambda table: table.whole("times", 1),
    "tod": _tod,
    "fppas": lambda table: Fppas(_on(table, "fppas"), table.months("months")),
    "duty": _duty,
    "subsidy": _subsidy,
    "prepaid": _prepaid,
    "online": _online,
    "lpsc": _lpsc,
    "solar": lambda table: table.whole("settle_rate", _RATE),
}
