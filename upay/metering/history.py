"""A connection's usage over a span, ready to be drawn, listed and explained: one row a bar."""
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlmodel import Session

from upay.clock import day_start_s
from upay.metering import usage
from upay.metering.models import Quality
from upay.metering.span import Span

Reason = Literal["future", "before_meter", "not_received", "outage", ""]


@dataclass(frozen=True)
class Row:
    """One bar: a block, a day or a month. Wh; None where nothing is known, and then `reason` says why.

    start_s: its first instant (UTC seconds).  bands: energy in the pack's ToD bands.  vs: the energy of the bar it is
    compared with.  quality: the least certain Quality inside.  estimated, blocks: how many of its blocks.
    """

    start_s: int
    minutes: int
    wh: int | None
    export_wh: int | None
    bands: tuple[int, ...]
    quality: int
    estimated: int
    blocks: int
    min_dv: int | None
    max_dv: int | None
    outage_minutes: int
    reason: Reason
    vs: int | None = None


@dataclass(frozen=True)
class History:
    """What a usage page shows of one span."""

    span: Span
    rows: list[Row]
    total_wh: int
    export_wh: int
    vs_wh: int | None
    bands: tuple[int, ...]
    estimated: int
    blocks: int
    has_export: bool
    peak_w: int | None
    peak_start_s: int | None


def history(session: Session, connection_id: int, span: Span, versus: Span | None, now_s: int) -> History:
    """The usage of a connection over a span, with the span it is compared with beside it, bar by bar.

    now_s: the present (UTC seconds); what lies after it is `future`, and a comparison counts only as far as today's
    place in the span, so that half a month is never held against a whole one.
    """
    rows = _rows(session, connection_id, span, now_s)
    before = _rows(session, connection_id, versus, now_s) if versus else []
    if versus:
        paired = [*before, *[None] * max(0, len(rows) - len(before))]
        rows = [
            Row(**{**row.__dict__, "vs": other.wh if other else None}) for row, other in zip(rows, paired, strict=False)
        ]
    known = [row for row in rows if row.wh is not None]
    peak = max(known, key=lambda row: (row.wh or 0) / row.minutes, default=None) if span.step == "block" else None
    return History(
        span=span,
        rows=rows,
        total_wh=sum(row.wh or 0 for row in known),
        export_wh=sum(row.export_wh or 0 for row in known),
        vs_wh=sum(row.vs or 0 for row in rows if row.reason != "future") if versus else None,
        bands=tuple(sum(column) for column in zip(*(row.bands for row in known), strict=True)),
        estimated=sum(row.estimated for row in known),
        blocks=sum(row.blocks for row in known),
        has_export=any(row.export_wh for row in known),
        peak_w=peak and (peak.wh or 0) * 60 // peak.minutes,
        peak_start_s=peak and peak.start_s,
    )


def _rows(session: Session, connection_id: int, span: Span, now_s: int) -> list[Row]:
    if span.step == "block":
        return _block_rows(session, connection_id, span, now_s)
    days = _day_rows(session, connection_id, span, now_s)
    return days if span.step == "day" else _month_rows(days)


def _block_rows(session: Session, connection_id: int, span: Span, now_s: int) -> list[Row]:
    """One row per block of the finest grid seen in the span."""
    found = usage.blocks(session, connection_id, span.first, span.last)
    since = usage.first_day(session, connection_id)
    minutes = int(found["minutes"].min() or 30) if len(found) else 30  # type: ignore[arg-type]
    by_start = {row["start_s"]: row for row in found.iter_rows(named=True)}
    step_s = 60 * minutes
    first_s, end_s = day_start_s(span.first), day_start_s(span.last + timedelta(days=1))
    offset = min((start - first_s) % step_s for start in by_start) if by_start else 0
    rows: list[Row] = []
    for start in range(first_s + offset, end_s, step_s):
        row = by_start.get(start)
        if row is None or row["wh"] is None:
            reason = _why_empty(start, start + step_s, since, now_s)
            rows.append(Row(start, minutes, None, None, (0, 0, 0), Quality.MISSING, 0, 1, None, None, 0, reason))
            continue
        quality = row["quality"]
        rows.append(
            Row(
                start_s=start,
                minutes=row["minutes"],
                wh=row["wh"],
                export_wh=row["export_wh"],
                bands=tuple(row["wh"] if row["band"] == band else 0 for band in range(3)),
                quality=quality,
                estimated=int(Quality.OUTAGE < quality < Quality.MANUAL),
                blocks=1,
                min_dv=row["dv"],
                max_dv=row["dv"],
                outage_minutes=row["minutes"] if quality == Quality.OUTAGE else 0,
                reason="outage" if quality == Quality.OUTAGE else "",
            )
        )
    return rows


def _day_rows(session: Session, connection_id: int, span: Span, now_s: int) -> list[Row]:
    by_day = {row.day: row for row in usage.days(session, connection_id, span.first, span.last)}
    since = usage.first_day(session, connection_id)
    rows: list[Row] = []
    for number in range(span.days):
        day = span.first + timedelta(days=number)
        start = day_start_s(day)
        row = by_day.get(day)
        if row is None or (row.actual == 0 and row.estimated == 0):
            reason = _why_empty(start, start + 86_400, since, now_s)
            rows.append(Row(start, 1440, None, None, (0, 0, 0), Quality.MISSING, 0, 0, None, None, 0, reason))
            continue
        rows.append(
            Row(
                start_s=start,
                minutes=1440,
                wh=row.import_wh,
                export_wh=row.export_wh,
                bands=(row.band0_wh, row.band1_wh, row.band2_wh),
                quality=row.quality,
                estimated=row.estimated,
                blocks=row.blocks,
                min_dv=row.min_dv,
                max_dv=row.max_dv,
                outage_minutes=row.outage_minutes,
                reason="",
            )
        )
    return rows


def _month_rows(days: list[Row]) -> list[Row]:
    """Days summed by calendar month; a month without a single known day stays empty, with its last day's reason."""
    months: dict[tuple[int, int], list[Row]] = {}
    for row in days:
        day = _day(row.start_s)
        months.setdefault((day.year, day.month), []).append(row)
    return [_sum(rows) for rows in months.values()]


def _sum(rows: list[Row]) -> Row:
    known = [row for row in rows if row.wh is not None]
    volts = [row for row in known if row.min_dv is not None and row.max_dv is not None]
    return Row(
        start_s=rows[0].start_s,
        minutes=1440 * len(rows),
        wh=sum(row.wh or 0 for row in known) if known else None,
        export_wh=sum(row.export_wh or 0 for row in known) if known else None,
        bands=tuple(sum(row.bands[band] for row in known) for band in range(3)),
        quality=max((row.quality for row in known), default=Quality.MISSING),
        estimated=sum(row.estimated for row in known),
        blocks=sum(row.blocks for row in known),
        min_dv=min((row.min_dv or 0 for row in volts), default=None),
        max_dv=max((row.max_dv or 0 for row in volts), default=None),
        outage_minutes=sum(row.outage_minutes for row in known),
        reason="" if known else rows[-1].reason,
    )


def _why_empty(start_s: int, end_s: int, since: date | None, now_s: int) -> Reason:
    if start_s >= now_s:
        return "future"
    if since is None or end_s <= day_start_s(since):
        return "before_meter"
    return "future" if end_s > now_s else "not_received"


def _day(start_s: int) -> date:
    return date.fromordinal((start_s + 19_800) // 86_400 + date(1970, 1, 1).toordinal())
