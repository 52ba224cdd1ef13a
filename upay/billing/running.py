"""What units cost before a bill is made: rupees beside every half-hour, day and month, fixed charge and duty included.

A month's cost is a curve over its units: what the whole month would cost at the units so far. A step (a half-hour, a
day) costs what it moves the month along that curve, and its share of what a month without any unit costs. So the steps
of a month add up to its price to the paisa, a unit costs more once the next slab is reached, and a charge that comes
with the 151st unit falls on the day that used it. It is provisional: arrears, rebates for paying and corrections are
the bill's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl
from sqlmodel import Session

from upay.clock import DAY_S, day_of, day_start_s
from upay.errors import Problem
from upay.metering import Row, days_of
from upay.metering.models import ConnectionDay
from upay.network.models import Connection
from upay.tariffs import PERIODS, Book, Segment, book, totals

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """A stretch of time within one day, and what was used in it (Wh); 0 where nothing is known."""

    start_s: int
    seconds: int
    wh: int
    export_wh: int
    bands: tuple[int, int, int]


def costs_of(session: Session, connection_id: int, rows: Sequence[Row]) -> list[int | None]:
    """What each row of a connection cost, paise; None where its energy is unknown, or nothing prices it.

    rows: blocks, days or months, in order, without gaps.
    """
    connection = session.get_one(Connection, connection_id)
    try:
        return _costs(session, connection, rows)
    except Problem:
        # A tariff that no book knows, or one that had not begun: the units are shown all the same, without a price.
        return [None] * len(rows)


def _costs(session: Session, connection: Connection, rows: Sequence[Row]) -> list[int | None]:
    if not any(row.wh is not None for row in rows):
        return [None] * len(rows)
    first = day_of(datetime.fromtimestamp(rows[0].start_s, UTC)).replace(day=1)
    last = day_of(datetime.fromtimestamp(rows[-1].start_s + 60 * rows[-1].minutes - 1, UTC))
    are_blocks = rows[0].minutes < 1440
    until = day_of(datetime.fromtimestamp(rows[0].start_s, UTC)) - _DAY if are_blocks else last
    steps = [*_day_steps(days_of(session, connection.id or 0, first, until)), *(_steps(rows) if are_blocks else ())]
    costs = step_costs(connection, book(session), steps, last)
    made: list[int | None] = []
    for row in rows:
        end_s = row.start_s + 60 * row.minutes
        inside = [cost for step, cost in zip(steps, costs, strict=True) if row.start_s <= step.start_s < end_s]
        made.append(sum(inside) if row.wh is not None else None)
    return made


def step_costs(connection: Connection, among: Book, steps: Sequence[Step], last: date) -> list[int]:
    """What each step cost, paise. steps: in order, from the first of a month on.  last: the day of the last one."""
    if not steps:
        return []
    first = day_of(datetime.fromtimestamp(steps[0].start_s, UTC))
    segments = list(_segments(among, connection.tariff_id, first.replace(day=1), last))
    begins = [day_start_s(segment.first) for segment in segments]
    place, places, points = 0, list[int](), [_Point() for _ in segments]
    curve: list[tuple[int, _Point]] = [(number, point) for number, point in enumerate(points)]
    for step in steps:
        while place + 1 < len(segments) and begins[place + 1] <= step.start_s:
            place += 1
        points[place] = points[place].after(step)
        curve.append((place, points[place]))
        places.append(place)
    priced = _priced(connection, segments, curve)
    empty, reached = priced[: len(segments)], priced[len(segments) :]
    return list(_differences(steps, places, segments, empty, reached))


@dataclass(frozen=True)
class _Point:
    """A place on a month's curve: what was used so far."""

    wh: int = 0
    export_wh: int = 0
    bands: tuple[int, int, int] = (0, 0, 0)

    def after(self, step: Step) -> "_Point":
        band0, band1, band2 = (so_far + more for so_far, more in zip(self.bands, step.bands, strict=True))
        return _Point(self.wh + step.wh, self.export_wh + step.export_wh, (band0, band1, band2))


def _segments(among: Book, tariff_id: str, first: date, last: date) -> Iterator[Segment]:
    """Whole months, cut where the tariff changes."""
    while first <= last:
        following = (first + timedelta(days=31)).replace(day=1)
        yield from among.segments(tariff_id, first, following - _DAY)
        first = following


def _priced(connection: Connection, segments: Sequence[Segment], curve: Sequence[tuple[int, _Point]]) -> list[int]:
    own = [segments[place] for place, _ in curve]
    rows = range(len(curve))
    frame = pl.DataFrame(
        {
            "row": rows,
            "tariff_id": [connection.tariff_id] * len(curve),
            "version": [segment.schedule.version for segment in own],
            "first": [segment.first for segment in own],
            "last": [segment.last for segment in own],
            "import_wh": [point.wh for _, point in curve],
            **{f"band{band}_wh": [point.bands[band] for _, point in curve] for band in range(3)},
            "export_wh": [point.export_wh for _, point in curve],
            "vah": [None for _ in rows],
            "demand_w": [None for _ in rows],
            "load_w": [connection.sanctioned_load_w] * len(curve),
            "prepaid": [connection.prepaid] * len(curve),
            "credit_wh": [0] * len(curve),
            "online": [False] * len(curve),
        },
        schema=PERIODS,
    )
    schedules = {segment.schedule.version: segment.schedule for segment in segments}
    return totals(frame, schedules.values())["total_paise"].to_list()


def _differences(
    steps: Sequence[Step],
    places: Sequence[int],
    segments: Sequence[Segment],
    empty: Sequence[int],
    reached: Sequence[int],
) -> Iterator[int]:
    """How far each step moves along its curve, and its share, by time, of what no unit at all costs."""
    before = list(empty)
    for step, place, now in zip(steps, places, reached, strict=True):
        segment = segments[place]
        whole_s = ((segment.last - segment.first).days + 1) * DAY_S
        from_s = step.start_s - day_start_s(segment.first)
        share = empty[place] * (from_s + step.seconds) // whole_s - empty[place] * from_s // whole_s
        yield now - before[place] + share
        before[place] = now


def _day_steps(found: Sequence[ConnectionDay]) -> Iterator[Step]:
    for day in found:
        bands = (day.band0_wh, day.band1_wh, day.band2_wh)
        yield Step(day_start_s(day.day), DAY_S, day.import_wh, day.export_wh, bands)


def _steps(rows: Sequence[Row]) -> Iterator[Step]:
    for row in rows:
        band0, band1, band2 = row.bands
        yield Step(row.start_s, 60 * row.minutes, row.wh or 0, row.export_wh or 0, (band0, band1, band2))
