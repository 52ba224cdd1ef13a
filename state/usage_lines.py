"""What the usage page lists: its table's rows and the power failures below the chart."""
from datetime import date
from typing import TypedDict

from upay.clock import DAY_S, IST_OFFSET_S
from upay.metering.models import Quality
from upay.metering.rows import Row
from upay.metering.span import Span
from upay.metering.usage import Outage


class Line(TypedDict):
    """A row of the table. wh, export_wh, vs_wh: -1 where unknown.  paise: its cost, -1 likewise.
    said: code of what is to be said of the reading."""

    start_s: int
    day: str
    wh: int
    export_wh: int
    vs_wh: int
    paise: int
    said: str
    estimated: int
    blocks: int
    min_dv: int
    max_dv: int
    outage_minutes: int


class Cut(TypedDict):
    """A power failure. to_s: 0 while it lasts.  is_dated: whether the times alone would not tell its days."""

    from_s: int
    to_s: int
    from_day: str
    to_day: str
    is_dated: bool


def line_of(row: Row, paise: int | None) -> Line:
    """What the table says of a bar. paise: what it cost, None where unknown."""
    quality = Quality(row.quality if row.blocks == 1 else Quality.ACTUAL)
    said = f"usage.reason_{row.reason}" if row.reason else f"quality.{quality.name.lower()}"
    return Line(
        start_s=row.start_s,
        day=_day(row.start_s),
        wh=-1 if row.wh is None else row.wh,
        export_wh=-1 if row.export_wh is None else row.export_wh,
        vs_wh=-1 if row.vs is None else row.vs,
        paise=-1 if paise is None else paise,
        said=said,
        estimated=row.estimated,
        blocks=row.blocks,
        min_dv=row.min_dv or 0,
        max_dv=row.max_dv or 0,
        outage_minutes=row.outage_minutes,
    )


def cut_of(outage: Outage, shown: Span) -> Cut:
    """What is said of an outage below the chart of a span."""
    from_day, to_day = _day(outage.from_s), _day(outage.to_s or outage.from_s)
    return Cut(
        from_s=outage.from_s,
        to_s=outage.to_s or 0,
        from_day=from_day,
        to_day=to_day,
        is_dated=not from_day == to_day == shown.first.isoformat() == shown.last.isoformat(),
    )


def _day(at_s: int) -> str:
    return date.fromordinal((at_s + IST_OFFSET_S) // DAY_S + date(1970, 1, 1).toordinal()).isoformat()
