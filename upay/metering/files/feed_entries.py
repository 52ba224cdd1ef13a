"""A Green Button feed, entry by entry: what each resource is, where it hangs, and the readings of its blocks.

The document is streamed: a reading's element is dropped once its numbers are kept, so that a feed of millions costs
what its numbers cost. No DTD, no entities, and bounds on depth and number, for a file comes from anywhere.
"""
import io
import re
from array import array
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from upay.errors import Problem
from upay.metering.files.espi import ATOM, ESPI, quality_of

_MOST_READINGS = 20_000_000
_DEEPEST = 40
_NONE = -1
# Links are relative or absolute, with or without a service's path before them: they are compared from here on.
_RESOURCE = re.compile(r"(?:RetailCustomer|Subscription|UsagePoint|ReadingType|LocalTimeParameters)/.*")


@dataclass
class Readings:
    """Readings of interval blocks, in the units of their ReadingType: parallel arrays, quality −1 for none."""

    start_s: "array[int]" = field(default_factory=lambda: array("q"))
    seconds: "array[int]" = field(default_factory=lambda: array("q"))
    value: "array[int]" = field(default_factory=lambda: array("q"))
    quality: "array[int]" = field(default_factory=lambda: array("b"))
    unreadable: int = 0

    def add(self, other: "Readings") -> None:
        """Append another's readings."""
        for name in ("start_s", "seconds", "value", "quality"):
            getattr(self, name).extend(getattr(other, name))
        self.unreadable += other.unreadable


@dataclass(frozen=True)
class Entry:
    """One resource. kind: its element's name.  own, up: its links, made comparable.  values: its simple children."""

    kind: str
    title: str
    own: str
    up: str
    related: tuple[str, ...]
    values: dict[str, str]
    readings: Readings


def entries(content: bytes) -> list[Entry]:
    """Every resource of a feed, in its order. Raises Problem `files.bad_xml`, `files.too_large`."""
    found: list[Entry] = []
    readings = Readings()
    path: list[Element] = []
    try:
        for event, element in iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                path.append(element)
                if len(path) > _DEEPEST:
                    raise Problem("files.bad_xml")
                continue
            path.pop()
            if element.tag == f"{{{ESPI}}}IntervalReading":
                _keep(element, readings)
                path[-1].remove(element)
            elif element.tag == f"{{{ATOM}}}entry":
                if entry := _entry(element, readings):
                    found.append(entry)
                readings = Readings()
                if path:
                    path[-1].remove(element)
            if len(readings.value) > _MOST_READINGS:
                raise Problem("files.too_large", {"limit": _MOST_READINGS})
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise Problem("files.bad_xml") from error
    return found


def resource(href: str) -> str:
    """A link from its first resource on, without a trailing slash."""
    found = _RESOURCE.search(href)
    return (found[0] if found else href).rstrip("/")


def _keep(element: Element, readings: Readings) -> None:
    period = element.find(f"{{{ESPI}}}timePeriod")
    try:
        start, seconds = (int(_text(period, name)) for name in ("start", "duration"))
        value = int(_text(element, "value"))
        codes = [int(code.text or "") for code in element.iterfind(f"{{{ESPI}}}ReadingQuality/{{{ESPI}}}quality")]
        numbers = (start, seconds, value)
        quality = quality_of(codes)
        if any(abs(number) >= 2**47 for number in numbers):
            raise ValueError(element.tag)
    except ValueError:
        readings.unreadable += 1
        return
    readings.start_s.append(start)
    readings.seconds.append(seconds)
    readings.value.append(value)
    readings.quality.append(_NONE if quality is None else quality)


def _entry(element: Element, readings: Readings) -> Entry | None:
    content = element.find(f"{{{ATOM}}}content")
    if content is None or not len(content):
        return None
    links = [(link.get("rel", ""), resource(link.get("href", ""))) for link in element.iterfind(f"{{{ATOM}}}link")]
    thing = content[0]
    title = element.findtext(f"{{{ATOM}}}title") or ""
    return Entry(
        kind=thing.tag.rpartition("}")[2],
        title=" ".join(title.split())[:64],
        own=next((href for rel, href in links if rel == "self"), ""),
        up=next((href for rel, href in links if rel == "up"), ""),
        related=tuple(href for rel, href in links if rel == "related"),
        values={part.tag.rpartition("}")[2]: (part.text or "").strip() for part in thing.iter() if not len(part)},
        readings=readings,
    )


def _text(element: Element | None, name: str) -> str:
    text = None if element is None else element.findtext(f"{{{ESPI}}}{name}")
    return (text or "").strip()
