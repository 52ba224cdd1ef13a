"""A connection's blocks as a Green Button feed (ESPI 3.3, and valid against the first schema too).

One UsagePoint; a MeterReading and a ReadingType for each direction and block length; an IntervalBlock per IST day. Ids
are derived from what they name, so that the same block has the same id in every feed of this utility.
"""
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape

import polars as pl

from upay.clock import DAY_S, IST_OFFSET_S, day_start_s
from upay.metering.files.espi import (
    ATOM,
    DELIVERED,
    DELTA,
    ELECTRIC_SERVICE,
    ELECTRICITY,
    ENERGY,
    ESPI,
    INDIAN_RUPEE,
    QUALITY_CODES,
    RECEIVED,
    VALIDATED,
    WATT_HOURS,
)
from upay.metering.models import Quality
from upay.packs import pack
from upay.settings import settings
from upay.text import say

_NORMAL = 12  # DataQualifierKind


def feed(blocks: pl.DataFrame, number: str, first: date, last: date, language: str, now: datetime) -> Iterator[str]:
    """The feed's text, piece by piece. blocks: as of `usage.blocks`; those of which nothing is known are left out."""
    named = _Names(number)
    known = blocks.filter(pl.col("wh").is_not_null()).sort("start_s")
    title = say("files.export.title", language, connection=number, first=first.isoformat(), last=last.isoformat())
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    author = f"<author><name>{escape(pack().utility[language])}</name></author>"
    yield f'<feed xmlns="{ATOM}">{named.head("feed", title, now)}{author}<link rel="self" href="{named.point}"/>\n'
    lengths: list[int] = known["minutes"].unique().sort().to_list()
    readings = [
        (direction, column, minutes)
        for direction, column in ((DELIVERED, "wh"), (RECEIVED, "export_wh"))
        for minutes in lengths
        if known.filter(pl.col("minutes") == minutes)[column].is_not_null().any()
    ]
    parts = [f"{direction}-{minutes}" for direction, _, minutes in readings]
    yield _usage_point(named, number, now)
    yield _local_time(named, now)
    for part, (direction, column, minutes) in zip(parts, readings, strict=True):
        spoken = say("files.export.reading" if direction == DELIVERED else "files.export.reading_out", language)
        yield _meter_reading(named, part, spoken, now)
        yield _reading_type(named, part, spoken, direction, minutes, now)
        rows = known.filter((pl.col("minutes") == minutes) & pl.col(column).is_not_null())
        yield from _interval_blocks(named, part, rows.select("start_s", "minutes", column, "quality"), now)
    yield "</feed>\n"


class _Names:
    """Links and ids of one connection's resources."""

    def __init__(self, number: str) -> None:
        self.customer = f"RetailCustomer/{number}"
        self.point = f"{self.customer}/UsagePoint/{number}"

    def head(self, resource: str, title: str, now: datetime) -> str:
        """id, title and updated, in Atom's order."""
        key = uuid5(NAMESPACE_URL, f"{settings().public_url}/espi/{self.point}/{resource}")
        return f"<id>urn:uuid:{key}</id><title>{escape(title)}</title><updated>{_stamp(now)}</updated>"

    def entry(self, own: str, up: str, related: list[str], title: str, now: datetime, content: str) -> str:
        """One Atom entry around an ESPI resource."""
        links = [f'<link rel="self" href="{own}"/>', f'<link rel="up" href="{up}"/>']
        links += [f'<link rel="related" href="{href}"/>' for href in related]
        head = self.head(own, title, now)
        inside = f'<published>{_stamp(now)}</published><content type="application/xml">{content}</content>'
        return f"<entry>{head}{''.join(links)}{inside}</entry>\n"


def _usage_point(named: _Names, number: str, now: datetime) -> str:
    service = f"<ServiceCategory><kind>{ELECTRIC_SERVICE}</kind></ServiceCategory>"
    content = f'<UsagePoint xmlns="{ESPI}">{service}</UsagePoint>'
    related = [f"{named.point}/MeterReading", "LocalTimeParameters/IST"]
    return named.entry(named.point, f"{named.customer}/UsagePoint", related, number, now, content)


def _local_time(named: _Names, now: datetime) -> str:
    """India keeps one offset: no summer time, so its rules are empty."""
    content = (
        f'<LocalTimeParameters xmlns="{ESPI}"><dstEndRule>00000000</dstEndRule><dstOffset>0</dstOffset>'
        f"<dstStartRule>00000000</dstStartRule><tzOffset>{IST_OFFSET_S}</tzOffset></LocalTimeParameters>"
    )
    return named.entry("LocalTimeParameters/IST", "LocalTimeParameters", [], "IST", now, content)


def _meter_reading(named: _Names, part: str, title: str, now: datetime) -> str:
    own = f"{named.point}/MeterReading/{part}"
    related = [f"{own}/IntervalBlock", f"ReadingType/{part}"]
    return named.entry(own, f"{named.point}/MeterReading", related, title, now, f'<MeterReading xmlns="{ESPI}"/>')


def _reading_type(named: _Names, part: str, title: str, direction: int, minutes: int, now: datetime) -> str:
    values = {
        "accumulationBehaviour": DELTA,
        "commodity": ELECTRICITY,
        "currency": INDIAN_RUPEE,
        "dataQualifier": _NORMAL,
        "defaultQuality": VALIDATED,
        "flowDirection": direction,
        "intervalLength": 60 * minutes,
        "kind": ENERGY,
        "phase": 0,
        "powerOfTenMultiplier": 0,
        "timeAttribute": 0,
        "uom": WATT_HOURS,
    }
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    content = f'<ReadingType xmlns="{ESPI}">{inside}</ReadingType>'
    return named.entry(f"ReadingType/{part}", "ReadingType", [], title, now, content)


def _interval_blocks(named: _Names, part: str, rows: pl.DataFrame, now: datetime) -> Iterator[str]:
    """An entry per IST day."""
    up = f"{named.point}/MeterReading/{part}/IntervalBlock"
    epoch_s = day_start_s(date(1970, 1, 1))
    epoch = date(1970, 1, 1).toordinal()
    for number, own in groupby(rows.iter_rows(), key=lambda row: (row[0] - epoch_s) // DAY_S):
        day = date.fromordinal(epoch + number)
        period = f"<interval><duration>{DAY_S}</duration><start>{day_start_s(day)}</start></interval>"
        readings = "".join(_reading(start_s, minutes, wh, quality) for start_s, minutes, wh, quality in own)
        content = f'<IntervalBlock xmlns="{ESPI}">{period}{readings}</IntervalBlock>'
        yield named.entry(f"{up}/{day.isoformat()}", up, [], day.isoformat(), now, content)


def _reading(start_s: int, minutes: int, wh: int, quality: int) -> str:
    codes = "".join(
        f"<ReadingQuality><quality>{code}</quality></ReadingQuality>" for code in QUALITY_CODES[Quality(quality)]
    )
    period = f"<timePeriod><duration>{60 * minutes}</duration><start>{start_s}</start></timePeriod>"
    return f"<IntervalReading>{codes}{period}<value>{wh}</value></IntervalReading>"


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%dT%H:%M:%SZ")
