"""What the checks flagged: days of meters with the reason, so that a person can look into them."""
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from upay.bulk import bulk
from upay.metering.days import lake
from upay.metering.vee import Flag

_PLACES = """
SELECT m.id AS meter_id, m.serial, c.number AS connection, z.code AS zone, d.code AS dtr
FROM meter m
LEFT JOIN meterinstallation i ON i.id = (SELECT max(id) FROM meterinstallation WHERE meter_id = m.id)
LEFT JOIN connection c ON c.id = i.connection_id
LEFT JOIN dtr d ON d.id = i.dtr_id
LEFT JOIN feeder f ON f.id = d.feeder_id
LEFT JOIN substation s ON s.id = f.substation_id
LEFT JOIN zone z ON z.id = s.zone_id
"""


@dataclass(frozen=True)
class Flagged:
    """A meter's day with what was found. blocks: for each flag how many carry it, 0 where it is of the day alone.

    connection: its number, "" of a DTR's own meter; where the meter stands now, as zone and dtr (codes).
    """

    day: date
    serial: str
    connection: str
    zone: str
    dtr: str
    total_wh: int | None
    version: int
    blocks: dict[str, int]


def flagged(first: date, last: date, flags: Collection[Flag] = (), zone: str = "") -> Iterator[Flagged]:
    """The flagged days of [first, last], by day and serial, a day at a time. flags: one of them at least; else any."""
    wanted = int(sum(set(flags) or set(Flag)))
    with bulk() as db:
        read = db.read(_PLACES)
    places = read.with_columns(pl.col("meter_id").cast(pl.Int64), pl.exclude("meter_id").cast(pl.String))
    if zone:
        places = places.filter(pl.col("zone") == zone)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        rows = lake.scan(day, day, ["meter_id", "total_wh", "version", "flags", "rule"])
        found = rows.filter(pl.col("flags") & wanted != 0).collect().join(places, "meter_id").sort("serial")
        for row in found.iter_rows(named=True):
            blocks = {
                flag.name or "": sum(bool((bits or 0) & flag) for bits in row["rule"] or ())
                for flag in Flag
                if row["flags"] & flag
            }
            where = {name: row[name] or "" for name in ("serial", "connection", "zone", "dtr")}
            yield Flagged(day=day, **where, total_wh=row["total_wh"], version=row["version"], blocks=blocks)
