"""Bars of usage: one row a block, a day or a month, and why one is empty."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import polars as pl

from upay.clock import DAY_S, day_of, day_start_s
from upay.metering.models import ConnectionDay, Quality
from upay.metering.span import Span

Reason = Literal["future", "before_meter", "no_meter", "not_received", "outage", ""]
Stay = tuple[int, int, int]
"""A meter's time at the connection, as `usage.stays` gives it: meter id, from, to (UTC seconds)."""


@dataclass(frozen=True)
class Row:
    """One bar: a block, a day or a month. Wh; None where nothing is known, and then `reason` says why.

    start_s: its first instant (UTC seconds).  bands: energy in the pack's ToD bands.  vs: the energy of the bar it is
    compared with.  quality: the least certain Quality inside.  estimated, blocks: how many of its blocks.
    estimated_wh: of wh, what was estimated.
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
    estimated_wh: int = 0
    vs: int | None = None


def paired(rows: list[Row], before: list[Row]) -> list[Row]:
    """The rows with the energy of those before beside them, place by place."""
    rivals = [row.wh for row in before[: len(rows)]] + [None] * (len(rows) - len(before))
    return [replace(row, vs=wh) for row, wh in zip(rows, rivals, strict=True)]


def block_rows(
    found: pl.DataFrame, since: date | None, span: Span, now_s: int, stays: Sequence[Stay] | None = None
) -> list[Row]:
    """One row per block of the finest grid seen in the span.

    found: blocks as `usage.blocks` gives them, of the span or more.  since: the day of the first meter.  stays: the
    meters of the span, where an empty row is to tell a missing reading from a missing meter.
    """
    first_s, end_s = day_start_s(span.first), day_start_s(span.last + timedelta(days=1))
    by_start = {row["start_s"]: row for row in found.iter_rows(named=True) if first_s <= row["start_s"] < end_s}
    minutes = min((row["minutes"] for row in by_start.values()), default=30)
    step_s = 60 * minutes
    phase_s = min(((start - first_s) % step_s for start in by_start), default=0)
    return [
        _block_row(start, minutes, by_start.get(start), since, now_s, stays)
        for start in range(first_s + phase_s, end_s, step_s)
    ]


def _block_row(
    start: int,
    minutes: int,
    found: dict[str, Any] | None,
    since: date | None,
    now_s: int,
    stays: Sequence[Stay] | None,
) -> Row:
    if found is None or found["wh"] is None:
        reason = _why_empty(start, start + 60 * minutes, since, now_s, stays)
        return Row(start, minutes, None, None, (0, 0, 0), Quality.MISSING, 0, 1, None, None, 0, reason)
    quality = found["quality"]
    is_estimate = Quality.OUTAGE < quality < Quality.MANUAL
    return Row(
        start_s=start,
        minutes=found["minutes"],
        wh=found["wh"],
        export_wh=found["export_wh"],
        bands=tuple(found["wh"] if found["band"] == band else 0 for band in range(3)),
        quality=quality,
        estimated=int(is_estimate),
        blocks=1,
        min_dv=found["dv"],
        max_dv=found["dv"],
        outage_minutes=found["minutes"] if quality == Quality.OUTAGE else 0,
        reason="outage" if quality == Quality.OUTAGE else "",
        estimated_wh=found["wh"] if is_estimate else 0,
    )


def day_rows(
    found: Iterable[ConnectionDay],
    since: date | None,
    span: Span,
    now_s: int,
    stays: Sequence[Stay] | None = None,
) -> list[Row]:
    """One row per day of the span. found: roll-ups as `usage.days` gives them, of the span or more.

    since, stays: as for `block_rows`.
    """
    by_day = {row.day: row for row in found}
    days = (span.first + timedelta(days=number) for number in range(span.days))
    return [_day_row(day_start_s(day), by_day.get(day), since, now_s, stays) for day in days]


def _day_row(
    start: int, found: ConnectionDay | None, since: date | None, now_s: int, stays: Sequence[Stay] | None
) -> Row:
    if found is None or (found.actual == 0 and found.estimated == 0):
        reason = _why_empty(start, start + DAY_S, since, now_s, stays)
        return Row(start, 1440, None, None, (0, 0, 0), Quality.MISSING, 0, 0, None, None, 0, reason)
    return Row(
        start_s=start,
        minutes=1440,
        wh=found.import_wh,
        export_wh=found.export_wh,
        bands=(found.band0_wh, found.band1_wh, found.band2_wh),
        quality=found.quality,
        estimated=found.estimated,
        blocks=found.blocks,
        min_dv=found.min_dv,
        max_dv=found.max_dv,
        outage_minutes=found.outage_minutes,
        reason="",
        estimated_wh=found.estimated_wh,
    )


def month_rows(days: list[Row]) -> list[Row]:
    """Days summed by calendar month; a month without a single known day stays empty, with its last day's reason."""
    months: dict[tuple[int, int], list[Row]] = {}
    for row in days:
        day = day_of(datetime.fromtimestamp(row.start_s, UTC))
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
        estimated_wh=sum(row.estimated_wh for row in known),
    )


def _why_empty(start_s: int, end_s: int, since: date | None, now_s: int, stays: Sequence[Stay] | None) -> Reason:
    if start_s >= now_s:
        return "future"
    if since is None or end_s <= day_start_s(since):
        return "before_meter"
    if stays is not None and not any(from_s < end_s and to_s > start_s for _, from_s, to_s in stays):
        return "no_meter"
    return "future" if end_s > now_s else "not_received"
