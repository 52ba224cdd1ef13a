"""The usage chart: rows in, a figure in Plotly's schema out.

Plain dicts, because building `go.Figure` costs more than everything else on the way. Colours are names of our design
tokens (`--sun`); the page puts the theme's values in their place, so one figure serves light and dark.
"""
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.dates import format_date

from components import usage_traces as draw
from components.usage_traces import Say, Trace
from upay.clock import IST, day_start_s
from upay.metering.history import History
from upay.metering.rows import Row

_USUAL_VOLTS = (200, 260)
_TICKS = 7
_BAR_SHARE = 0.84
_AXIS = {"gridcolor": "--line", "zerolinecolor": "--soft", "fixedrange": True, "tickfont": {"size": 13}}


def usage_figure(shown: History, bands: Sequence[str], say: Say, language: str) -> dict[str, Any]:
    """A figure of one History: bars by ToD band, estimates, export below the line, the compared span, voltage, outages.

    bands: the pack's band keys in the order of `Row.bands`.  say: key → sentence.  At most about 400 points.
    """
    rows = shown.rows
    x = [_place(shown, row) for row in rows]
    traces = [_placed(shown, trace) for trace in _bars(shown, x, bands, say)]
    if any(row.vs is not None for row in rows):
        traces.append(_placed(shown, draw.versus(rows, x, say)))
    has_volts = shown.span.step != "month" and any(row.min_dv for row in rows)
    if has_volts:
        traces += [_placed(shown, trace) for trace in draw.voltage(rows, x, say)]
    if shown.span.step == "block" and shown.outages:
        traces.append(draw.outage_stretches(shown, say))
    elif shown.span.step != "block" and any(row.outage_minutes for row in rows):
        traces.append(draw.outage_marks(rows, x, say))
    return {"data": traces, "layout": _layout(shown, x, has_volts, language)}


def _bars(shown: History, x: list[str], bands: Sequence[str], say: Say) -> list[Trace]:
    """The stacked bars that have anything to show."""
    made = [draw.band(shown.rows, x, index, key, say) for index, key in enumerate(bands)]
    made.append(draw.estimated(shown.rows, x, say))
    if shown.has_export:
        made.append(draw.export(shown.rows, x, say))
    return [trace for trace in made if any(trace["y"])]


def _place(shown: History, row: Row) -> str:
    """Where a bar stands: a block at its first instant, to be drawn on its middle; a day or a month at its date."""
    return draw.moment(row.start_s) if shown.span.step == "block" else draw.moment(row.start_s)[:10]


def _placed(shown: History, trace: Trace) -> Trace:
    """A block covers the time it was measured in, so that an outage lies over the blocks it cut."""
    if shown.span.step != "block":
        return trace
    step_ms = 60_000 * shown.rows[0].minutes
    middle = {"xperiod": step_ms, "xperiod0": draw.moment(shown.rows[0].start_s), "xperiodalignment": "middle"}
    return {**trace, **middle} | ({"width": step_ms * _BAR_SHARE} if trace["type"] == "bar" else {})


def _layout(shown: History, x: list[str], has_volts: bool, language: str) -> dict[str, Any]:
    layout: dict[str, Any] = {
        "barmode": "relative",
        "bargap": 1 - _BAR_SHARE,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "--card", "bordercolor": "--line", "font": {"color": "--ink"}},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 13}},
        "margin": {"l": 40, "r": 52 if has_volts else 8, "t": 8, "b": 34},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": "--ink", "size": 14},
        "xaxis": _x_axis(shown, x, language),
        "yaxis": {**_AXIS, "nticks": 6},
        # Outages reach from top to bottom, whatever was used.
        "yaxis3": {"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
    }
    if has_volts:
        layout["yaxis2"] = _volts_axis(shown.rows)
    return layout


def _x_axis(shown: History, x: list[str], language: str) -> dict[str, Any]:
    places, labels = _ticks(shown, x, language)
    axis = {
        **_AXIS,
        "showgrid": False,
        "type": "date",
        "tickvals": places,
        "ticktext": labels,
        "ticks": "outside",
        "ticklen": 6,
        "tickcolor": "rgba(0,0,0,0)",
    }
    if shown.span.step == "block":
        first_s = day_start_s(shown.span.first)
        axis["range"] = [draw.moment(first_s), draw.moment(first_s + 86_400 * shown.span.days)]
        axis["hoverformat"] = "%H:%M"
    return axis


def _volts_axis(rows: list[Row]) -> dict[str, Any]:
    measured = [volts / 10 for row in rows for volts in (row.min_dv, row.max_dv) if volts]
    return {
        **_AXIS,
        "overlaying": "y",
        "side": "right",
        "showgrid": False,
        "ticksuffix": " V",
        "nticks": 5,
        # A fixed scale: two volts up or down must not look like an event.
        "range": [min([_USUAL_VOLTS[0], *measured]), max([_USUAL_VOLTS[1], *measured])],
    }


def _ticks(shown: History, x: list[str], language: str) -> tuple[list[str], list[str]]:
    """About seven labels, in the reader's language."""
    every = max(1, -(-len(x) // _TICKS))
    if shown.span.step == "block" and shown.span.days == 1:
        every = max(1, len(x) // 8)
    form = {"block": "HH:mm", "day": "d MMM", "month": "MMM yy"}[shown.span.step]
    places = x[::every]
    rows = shown.rows[::every]
    if form == "HH:mm":
        return places, [_local(row.start_s).strftime("%H:%M") for row in rows]
    return places, [format_date(_local(row.start_s).date(), form, locale=f"{language}_IN") for row in rows]


def _local(start_s: int) -> datetime:
    return datetime.fromtimestamp(start_s, IST)
