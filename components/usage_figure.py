"""The usage chart: rows in, a figure in Plotly's schema out.

Plain dicts, because building `go.Figure` costs more than everything else on the way. Colours are names of our design
tokens (`--sun`); the page puts the theme's values in their place, so one figure serves light and dark.
"""
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from babel.dates import format_date

from upay.clock import IST
from upay.metering.history import History, Row
from upay.metering.models import Quality


def _pattern(shape: str, solidity: float = 0.22, ink: str = "--card") -> dict[str, Any]:
    """Drawn over the bar's own colour, so that bars are told apart without colour too."""
    return {"shape": shape, "size": 5, "solidity": solidity, "fgcolor": ink, "fillmode": "overlay"}


_BAND_LOOK = {
    "normal": {"color": "--norm"},
    "solar": {"color": "--sun", "pattern": _pattern(".")},
    "peak": {"color": "--peak", "pattern": _pattern("/")},
}
_USUAL_VOLTS = (200, 260)
_TICKS = 7

Say = Callable[[str], str]


def usage_figure(shown: History, bands: Sequence[str], say: Say, language: str) -> dict[str, Any]:
    """A figure of one History: bars by ToD band, export below the line, what it is compared with, voltage, outages.

    bands: the pack's band keys in the order of `Row.bands`.  say: key → sentence.  At most about 400 points.
    """
    by_block = shown.span.step == "block"
    x = [_moment(row.start_s, by_block) for row in shown.rows]
    traces = [_band(shown.rows, x, index, key, say) for index, key in enumerate(bands)]
    traces.append(_estimated(shown.rows, x, say))
    if shown.has_export:
        traces.append(_export(shown.rows, x, say))
    if any(row.vs is not None for row in shown.rows):
        traces.append(_versus(shown.rows, x, say))
    volts = by_block and any(row.min_dv for row in shown.rows)
    if volts:
        traces.append(_voltage(shown.rows, x, say))
    return {"data": [trace for trace in traces if trace], "layout": _layout(shown, x, volts, language)}


def _band(rows: list[Row], x: list[str], index: int, key: str, say: Say) -> dict[str, Any] | None:
    """The certain blocks of one ToD band."""
    energy = [_kwh(row.bands[index]) if row.wh is not None and not _is_estimate(row) else None for row in rows]
    if not any(energy):
        return None
    return {
        "type": "bar",
        "name": say(f"band.{key}"),
        "x": x,
        "y": energy,
        "marker": _BAND_LOOK[key],
        "hovertemplate": f"%{{y:.2f}} {say('unit.kwh')}<extra>{say(f'band.{key}')}</extra>",
    }


def _estimated(rows: list[Row], x: list[str], say: Say) -> dict[str, Any] | None:
    """What was estimated stands apart: an outline, filled with nothing but a hint."""
    energy = [_kwh(row.wh) if row.wh is not None and _is_estimate(row) else None for row in rows]
    if not any(energy):
        return None
    reasons = [say(f"quality.{Quality(row.quality).name.lower()}") if _is_estimate(row) else "" for row in rows]
    return {
        "type": "bar",
        "name": say("usage.estimated"),
        "x": x,
        "y": energy,
        "customdata": reasons,
        "marker": {
            "color": "--tint",
            "line": {"color": "--soft", "width": 1.5},
            "pattern": _pattern("-", 0.15, "--soft"),
        },
        "hovertemplate": f"%{{y:.2f}} {say('unit.kwh')}<br>%{{customdata}}<extra>{say('usage.estimated')}</extra>",
    }


def _export(rows: list[Row], x: list[str], say: Say) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": say("usage.export"),
        "x": x,
        "y": [-_kwh(row.export_wh) if row.export_wh else None for row in rows],
        "marker": {"color": "--in", "pattern": _pattern("x")},
        "customdata": [_kwh(row.export_wh or 0) for row in rows],
        "hovertemplate": f"%{{customdata:.2f}} {say('unit.kwh')}<extra>{say('usage.export')}</extra>",
    }


def _versus(rows: list[Row], x: list[str], say: Say) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": say("usage.compared"),
        "x": x,
        "y": [_kwh(row.vs) if row.vs is not None else None for row in rows],
        "line": {"color": "--ink", "width": 1.8, "dash": "dot", "shape": "hvh"},
        "hovertemplate": f"%{{y:.2f}} {say('unit.kwh')}<extra>{say('usage.compared')}</extra>",
    }


def _voltage(rows: list[Row], x: list[str], say: Say) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": say("usage.voltage"),
        "x": x,
        "y": [row.min_dv / 10 if row.min_dv else None for row in rows],
        "yaxis": "y2",
        "line": {"color": "--soft", "width": 1.2},
        "connectgaps": False,
        "hovertemplate": f"%{{y:.0f}} V<extra>{say('usage.voltage')}</extra>",
    }


def _layout(shown: History, x: list[str], volts: bool, language: str) -> dict[str, Any]:
    places, labels = _ticks(shown, x, language)
    axis = {"gridcolor": "--line", "zerolinecolor": "--soft", "fixedrange": True, "tickfont": {"size": 13}}
    layout: dict[str, Any] = {
        "barmode": "relative",
        "bargap": 0.18,
        "hovermode": "x unified",
        "hoverlabel": {"bgcolor": "--card", "bordercolor": "--line", "font": {"color": "--ink"}},
        "showlegend": True,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 13}},
        "margin": {"l": 40, "r": 52 if volts else 8, "t": 8, "b": 34},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": "--ink", "size": 14},
        "xaxis": {
            **axis,
            "showgrid": False,
            "type": "date",
            "tickvals": places,
            "ticktext": labels,
            "ticks": "outside",
            "ticklen": 6,
            "tickcolor": "rgba(0,0,0,0)",
        },
        "yaxis": {**axis, "nticks": 6},
        "shapes": [_outage(row) for row in shown.rows if row.reason == "outage"],
    }
    if volts:
        measured = [row.min_dv / 10 for row in shown.rows if row.min_dv]
        layout["yaxis2"] = {
            **axis,
            "overlaying": "y",
            "side": "right",
            "showgrid": False,
            "ticksuffix": " V",
            "nticks": 5,
            # A fixed scale: two volts up or down must not look like an event.
            "range": [min([_USUAL_VOLTS[0], *measured]), max([_USUAL_VOLTS[1], *measured])],
        }
    return layout


def _outage(row: Row) -> dict[str, Any]:
    """A shaded stretch behind the bars."""
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "layer": "below",
        "x0": _moment(row.start_s, True),
        "x1": _moment(row.start_s + 60 * row.minutes, True),
        "y0": 0,
        "y1": 1,
        "fillcolor": "--due",
        "opacity": 0.14,
        "line": {"width": 0},
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


def _is_estimate(row: Row) -> bool:
    """For a bar of many blocks: most of it was estimated."""
    return row.estimated * 2 > row.blocks


def _moment(start_s: int, by_block: bool) -> str:
    local = _local(start_s)
    return local.strftime("%Y-%m-%dT%H:%M") if by_block else local.strftime("%Y-%m-%d")


def _local(start_s: int) -> datetime:
    return datetime.fromtimestamp(start_s, UTC).astimezone(IST)


def _kwh(wh: int) -> float:
    """For drawing only."""
    return wh / 1000
