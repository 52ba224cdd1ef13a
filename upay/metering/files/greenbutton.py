"""Green Button XML into readings: usage point by usage point, import and export side by side, in watt-hours."""
from dataclasses import dataclass

import numpy as np
import polars as pl

from upay.errors import Problem
from upay.metering.files.content import Content, Remark
from upay.metering.files.energy import whole_wh
from upay.metering.files.espi import (
    DELIVERED,
    DELTA,
    ELECTRIC_SERVICE,
    ELECTRICITY,
    NET,
    RECEIVED,
    WATT_HOURS,
)
from upay.metering.files.feed_entries import Entry, Readings, entries

_BLOCK = ["start_s", "minutes"]


@dataclass(frozen=True)
class _Series:
    """The readings of one MeterReading and what its ReadingType makes of them."""

    point: str
    title: str
    direction: int
    frame: pl.DataFrame

    @property
    def minutes(self) -> int:
        """The length of most of its blocks."""
        return int(self.frame["minutes"].mode().min())  # type: ignore[arg-type]


def read_greenbutton(content: bytes) -> Content:
    """The readings of a feed. A usage point goes by its title, and also by the last part of its link.

    Where several MeterReadings give the same energy in blocks of different lengths, the shortest are taken. Raises
    Problem `files.bad_xml`, `files.too_large`, `files.no_readings`.
    """
    feed = entries(content)
    points = _points(feed)
    remarks: list[Remark] = []
    series = [part for entry in _meter_readings(feed) if (part := _series(entry, feed, points, remarks))]
    frames = [frame for point in points if len(frame := _merged(points[point], series, point, remarks))]
    if not frames:
        raise Problem("files.no_readings")
    aliases = {name: (name, point.rpartition("/")[2]) for point, name in points.items()}
    return Content("green_button", pl.concat(frames), aliases, tuple(remarks))


def _points(feed: list[Entry]) -> dict[str, str]:
    """The electric usage points, by link, in order, with a name for each that no other has."""
    electric = [
        entry
        for entry in feed
        if entry.kind == "UsagePoint" and entry.values.get("kind", str(ELECTRIC_SERVICE)) == str(ELECTRIC_SERVICE)
    ]
    # A feed of interval blocks alone is still one meter's.
    if not any(entry.kind == "UsagePoint" for entry in feed):
        return {"": "1"}
    titles = [entry.title for entry in electric]
    return {
        entry.own: entry.title if entry.title and titles.count(entry.title) == 1 else entry.own.rpartition("/")[2]
        for entry in electric
    }


def _meter_readings(feed: list[Entry]) -> list[Entry]:
    """Each MeterReading with the readings of all its interval blocks."""
    readings = [entry for entry in feed if entry.kind == "MeterReading"]
    blocks = [entry for entry in feed if entry.kind == "IntervalBlock"]
    if not readings:
        readings = [Entry("MeterReading", "", "", "", (), {}, Readings())] if blocks else []
    for block in blocks:
        owner = next((entry for entry in readings if _hangs_under(block, entry)), None)
        owner = owner or (readings[0] if len(readings) == 1 else None)
        if owner is not None:
            owner.readings.add(block.readings)
    return readings


def _hangs_under(child: Entry, parent: Entry) -> bool:
    """Whether a resource is a part of another: by the collection both name, or by its own link."""
    collection = child.up or child.own.rpartition("/")[0]
    return bool(collection) and (collection in parent.related or collection.rpartition("/")[0] == parent.own != "")


def _series(entry: Entry, feed: list[Entry], points: dict[str, str], remarks: list[Remark]) -> _Series | None:
    kinds = [other for other in feed if other.kind == "ReadingType"]
    linked = next((other for other in kinds if other.own in entry.related), None)
    if linked is None and len(kinds) == 1:
        linked = kinds[0]
    values = {} if linked is None else linked.values
    title = entry.title or (linked.title if linked else "")
    unit, commodity = _number(values, "uom", WATT_HOURS), _number(values, "commodity", ELECTRICITY)
    direction = _number(values, "flowDirection", DELIVERED)
    delta = _number(values, "accumulationBehaviour", DELTA)
    usable = unit == WATT_HOURS and commodity in (0, ELECTRICITY) and delta in (0, DELTA)
    if not usable or direction not in (0, DELIVERED, NET, RECEIVED):
        remarks.append(Remark("files.not_energy", {"title": title, "unit": unit, "direction": direction}))
        return None
    point = _point_of(entry, points)
    if point is None:
        remarks.append(Remark("files.no_usage_point", {"title": title}))
        return None
    if entry.readings.unreadable:
        remarks.append(Remark("files.unreadable_readings", {"count": entry.readings.unreadable, "title": title}))
    frame = _frame(entry.readings, _number(values, "powerOfTenMultiplier", 0), direction)
    return _Series(point, title, RECEIVED if direction == RECEIVED else DELIVERED, frame)


def _point_of(entry: Entry, points: dict[str, str]) -> str | None:
    """The usage point a MeterReading belongs to; the feed's only one where it does not say."""
    own = entry.up.rpartition("/")[0] or entry.own.rpartition("/MeterReading")[0]
    if own in points:
        return own
    return next(iter(points)) if len(points) == 1 and not (own and next(iter(points))) else None


def _frame(readings: Readings, power: int, direction: int) -> pl.DataFrame:
    """start_s, minutes, wh, export_wh, quality. A length that is no whole minutes becomes 0, which intake refuses."""
    seconds = np.frombuffer(readings.seconds, np.int64)
    value = whole_wh(pl.Series("wh", np.frombuffer(readings.value, np.int64)), power)
    frame = pl.DataFrame(
        {
            "start_s": np.frombuffer(readings.start_s, np.int64),
            "minutes": np.where(seconds % 60 == 0, seconds // 60, 0),
            "wh": value,
            "export_wh": pl.Series([None], dtype=pl.Int64).new_from_index(0, len(value)),
            "quality": np.frombuffer(readings.quality, np.int8),
        }
    ).with_columns(pl.when(pl.col("quality") >= 0).then(pl.col("quality")).alias("quality"))
    if direction == NET:
        return frame.with_columns(wh=pl.col("wh").clip(lower_bound=0), export_wh=(-pl.col("wh")).clip(lower_bound=0))
    return frame.with_columns(wh=None, export_wh="wh") if direction == RECEIVED else frame


def _merged(name: str, series: list[_Series], point: str, remarks: list[Remark]) -> pl.DataFrame:
    """One usage point's blocks: what was delivered and what was received in each, in the order of the feed."""
    own = [part for part in series if part.point == point and len(part.frame)]
    shortest = min((part.minutes for part in own), default=0)
    taken = [part for part in own if part.minutes == shortest]
    for part in own:
        if part.minutes > shortest:
            remarks.append(Remark("files.longer_blocks", {"title": part.title, "count": len(part.frame)}))
    delivered, received = (
        pl.concat([part.frame for part in taken if part.direction == direction] or [pl.DataFrame(schema=_SCHEMA)])
        for direction in (DELIVERED, RECEIVED)
    )
    if delivered.is_empty():
        both = received.with_columns(wh=pl.lit(0, pl.Int64))
    elif received.is_empty():
        both = delivered
    else:
        both = delivered.join(
            received, on=_BLOCK, how="full", coalesce=True, suffix="_out", maintain_order="left_right"
        ).with_columns(
            export_wh=pl.coalesce("export_wh_out", "export_wh"), quality=pl.max_horizontal("quality", "quality_out")
        )
    start = pl.lit(None, pl.String).alias("start")
    return both.select(pl.lit(name).alias("meter"), "start_s", start, "minutes", "wh", "export_wh", "quality")


_SCHEMA = {"start_s": pl.Int64, "minutes": pl.Int64, "wh": pl.Int64, "export_wh": pl.Int64, "quality": pl.Int8}


def _number(values: dict[str, str], name: str, default: int) -> int:
    try:
        return int(values[name])
    except (KeyError, ValueError):
        return default
