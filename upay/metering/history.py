"""A connection's usage over a span, ready to be drawn, listed and explained: one row a bar."""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from upay.clock import day_start_s
from upay.metering import usage
from upay.metering.rows import Row, block_rows, day_rows, month_rows, paired
from upay.metering.span import Span
from upay.metering.usage import Outage


@dataclass(frozen=True)
class History:
    """What a usage page shows of one span.

    vs_wh, matched_wh: energy of the span it is compared with, and of this one, over the bars known in both: what has no
    rival is held against nothing.  outages: those that touch the span, as they were; none where a bar is a month.
    now_s: the present, UTC seconds.
    """

    span: Span
    rows: list[Row]
    total_wh: int
    export_wh: int
    vs_wh: int | None
    matched_wh: int
    bands: tuple[int, ...]
    estimated: int
    blocks: int
    has_export: bool
    peak_w: int | None
    peak_start_s: int | None
    outages: list[Outage]
    now_s: int

    def seen(self, outage: Outage) -> tuple[int, int]:
        """What of an outage lies in the span and is past: from, to (UTC seconds)."""
        first_s, end_s = day_start_s(self.span.first), day_start_s(self.span.last + timedelta(days=1))
        return max(first_s, outage.from_s), min(end_s, outage.to_s or self.now_s)


def history(session: Session, connection_id: int, span: Span, versus: Span | None, now_s: int) -> History:
    """The usage of a connection over a span, with the span it is compared with beside it, bar by bar.

    now_s: the present (UTC seconds); what lies after it is `future`, so half a month is never held against a whole one.
    """
    outages = [] if span.step == "month" else usage.outages(session, connection_id, span.first, span.last)
    rows = _struck(_rows(session, connection_id, span, now_s), outages, now_s)
    if versus:
        rows = paired(rows, _rows(session, connection_id, versus, now_s))
    known = [row for row in rows if row.wh is not None]
    peak = max(known, key=lambda row: (row.wh or 0) / row.minutes, default=None) if span.step == "block" else None
    return History(
        span=span,
        rows=rows,
        total_wh=sum(row.wh or 0 for row in known),
        export_wh=sum(row.export_wh or 0 for row in known),
        vs_wh=sum(row.vs or 0 for row in known) if versus else None,
        matched_wh=sum(row.wh or 0 for row in known if row.vs is not None),
        bands=tuple(sum(column) for column in zip(*(row.bands for row in known), strict=True)),
        estimated=sum(row.estimated for row in known),
        blocks=sum(row.blocks for row in known),
        has_export=any(row.export_wh for row in known),
        peak_w=peak and (peak.wh or 0) * 60 // peak.minutes,
        peak_start_s=peak and peak.start_s,
        outages=outages,
        now_s=now_s,
    )


def _rows(session: Session, connection_id: int, span: Span, now_s: int) -> list[Row]:
    since = usage.first_day(session, connection_id)
    stays = usage.stays(session, connection_id, span.first, span.last)
    if span.step == "block":
        return block_rows(usage.blocks(session, connection_id, span.first, span.last), since, span, now_s, stays)
    days = day_rows(usage.days(session, connection_id, span.first, span.last), since, span, now_s, stays)
    return days if span.step == "day" else month_rows(days)


def _struck(rows: list[Row], outages: Sequence[Outage], now_s: int) -> list[Row]:
    """The rows with the minutes of these outages, where their own roll-up does not count as many yet."""
    if not outages:
        return rows
    return [replace(row, outage_minutes=max(row.outage_minutes, _minutes_off(row, outages, now_s))) for row in rows]


def _minutes_off(row: Row, outages: Sequence[Outage], now_s: int) -> int:
    end_s = row.start_s + 60 * row.minutes
    lasted = (min(end_s, each.to_s or now_s) - max(row.start_s, each.from_s) for each in outages)
    return sum(max(0, seconds) for seconds in lasted) // 60
