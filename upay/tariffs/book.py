"""The tariff book: every tariff's dated rows, and the schedule that they make on a day."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from upay.errors import Problem
from upay.packs import Band, pack
from upay.tariffs.schedule import Fppas, Otherwise, Schedule
from upay.tariffs.schema import Dated, Reference

_DAY = timedelta(1)


@dataclass(frozen=True)
class Tariff:
    """One tariff of a pack. rows: by topic, in order of the day from which they hold."""

    id: str
    pack: str
    category: str
    name: Mapping[str, str]
    rows: Mapping[str, Sequence[Dated]]

    def with_row(self, row: Dated) -> "Tariff":
        """The same with another row. One that begins on the day of an earlier one takes its place."""
        kept = [each for each in self.rows.get(row.topic, ()) if each.source.since != row.source.since]
        ordered = sorted([*kept, row], key=lambda each: each.source.since)
        return replace(self, rows={**self.rows, row.topic: ordered})


@dataclass(frozen=True)
class Segment:
    """A part of a period, both days included, over which one schedule holds."""

    schedule: Schedule
    first: date
    last: date


class Book:
    """All tariffs by id."""

    def __init__(self, tariffs: Iterable[Tariff]) -> None:
        self.tariffs: dict[str, Tariff] = {tariff.id: tariff for tariff in tariffs}
        self._starts: dict[str, list[date]] = {}
        self._made: dict[tuple[str, date], Schedule] = {}

    def tariff(self, tariff_id: str) -> Tariff:
        """Raises Problem 404 tariff.unknown."""
        if tariff_id not in self.tariffs:
            raise Problem("tariff.unknown", {"tariff": tariff_id, "known": ", ".join(sorted(self.tariffs))}, 404)
        return self.tariffs[tariff_id]

    def of_pack(self, name: str) -> list[Tariff]:
        """The tariffs of one state's pack."""
        return [tariff for tariff in self.tariffs.values() if tariff.pack == name]

    def schedule(self, tariff_id: str, day: date) -> Schedule:
        """The schedule in force on a day. Raises Problem tariff.nothing_in_force before the tariff's first day."""
        starts = self._changes(tariff_id)
        begun = [start for start in starts if start <= day]
        if not begun:
            raise Problem("tariff.nothing_in_force", {"tariff": tariff_id, "day": day.isoformat()})
        first = begun[-1]
        if (tariff_id, first) not in self._made:
            later = starts[len(begun) :]
            self._made[tariff_id, first] = self._make(tariff_id, first, later[0] - _DAY if later else None)
        return self._made[tariff_id, first]

    def versions(self, tariff_id: str) -> list[Schedule]:
        """Every schedule the tariff has had, or will have, in order."""
        return [self.schedule(tariff_id, start) for start in self._changes(tariff_id)]

    def segments(self, tariff_id: str, first: date, last: date) -> list[Segment]:
        """A period, both days included, split where the tariff changes."""
        found: list[Segment] = []
        start = first
        while start <= last:
            schedule = self.schedule(tariff_id, start)
            end = min(last, schedule.last or last)
            found.append(Segment(schedule, start, end))
            start = end + _DAY
        return found

    def _changes(self, tariff_id: str) -> list[date]:
        """The days on which anything that prices changes. Months of FPPAS are looked up by month and change nothing."""
        if tariff_id not in self._starts:
            tariff = self.tariff(tariff_id)
            rows = [row for topic, rows in tariff.rows.items() for row in rows if topic != "fppas"]
            days = {row.source.since for row in rows} | {row.last + _DAY for row in rows if row.last}
            days |= {row["from"] for row in pack(tariff.pack).rows("tod")}
            for reference in (row.part for row in rows if isinstance(row.part, Reference)):
                days |= set(self._changes(reference.tariff))
            opened = tariff.rows["energy"][0].source.since
            ended = [row.last for row in tariff.rows["energy"][-1:] if row.last]
            self._starts[tariff_id] = sorted(day for day in days if day >= opened and all(day <= end for end in ended))
        return self._starts[tariff_id]

    def _make(self, tariff_id: str, first: date, last: date | None) -> Schedule:
        tariff = self.tariff(tariff_id)
        held = {topic: row for topic, rows in tariff.rows.items() if (row := _in_force(rows, first))}
        missing = [topic for topic in ("energy", "duty") if topic not in held]
        if missing:
            raise Problem("tariff.part_missing", {"tariff": tariff_id, "part": missing[0], "day": first.isoformat()})
        part = {topic: row.part for topic, row in held.items()}
        return Schedule(
            tariff_id=tariff_id,
            pack=tariff.pack,
            category=tariff.category,
            name=tariff.name,
            first=first,
            last=last,
            energy=part["energy"],
            duty=part["duty"],
            bands=_bands(tariff.pack, first),
            sources={topic: row.source for topic, row in held.items()},
            fixed=part.get("fixed"),
            kvah=part.get("kvah"),
            otherwise=self._otherwise(part.get("otherwise"), first),
            tod=part.get("tod", ()),
            excess_times=part.get("excess", 0),
            fppas=_fppas(tariff.rows.get("fppas", ()), part.get("fppas")),
            subsidy=part.get("subsidy"),
            prepaid=part.get("prepaid"),
            online=part.get("online"),
            lpsc=part.get("lpsc", ()),
            settle_rate=part.get("solar"),
        )

    def _otherwise(self, reference: Reference | None, day: date) -> Otherwise | None:
        if reference is None:
            return None
        return Otherwise(reference.above_wh, reference.above_w, self.schedule(reference.tariff, day))


def _in_force(rows: Sequence[Dated], day: date) -> Dated | None:
    begun = [row for row in rows if row.source.since <= day and (row.last is None or day <= row.last)]
    return begun[-1] if begun else None


def _fppas(rows: Sequence[Dated], in_force: Any) -> Fppas | None:
    """The months of all rows together; where two name a month, the later row counts."""
    if in_force is None:
        return None
    months: dict[str, int] = {}
    for row in rows:
        months |= dict(row.part.months)
    return Fppas(in_force.on, tuple(sorted(months.items())))


def _bands(name: str, day: date) -> tuple[Band, ...]:
    return pack(name).bands(day)
