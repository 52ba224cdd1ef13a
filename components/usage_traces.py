"""The traces of the usage chart: energy by band, estimates, export, voltage, outages, and what is compared with."""
from datetime import datetime
from typing import Any, Protocol

from upay.clock import IST
from upay.metering.history import History
from upay.metering.models import Quality
from upay.metering.rows import Row

Trace = dict[str, Any]

WIDE = "wide"
"""In a trace's `meta`: a narrow screen hides it until its legend entry is pressed."""


class Say(Protocol):
    """The sentence of a key in the reader's language, its placeholders filled."""

    def __call__(self, key: str, /, **values: Any) -> str: ...


def _pattern(shape: str, solidity: float = 0.22, ink: str = "--card") -> dict[str, Any]:
    """Drawn over the bar's own colour, so that bars are told apart without colour too."""
    return {"shape": shape, "size": 5, "solidity": solidity, "fgcolor": ink, "fillmode": "overlay"}


_BAND_LOOK = {
    "normal": {"color": "--norm"},
    "solar": {"color": "--sun", "pattern": _pattern(".")},
    "peak": {"color": "--peak", "pattern": _pattern("/")},
}
_OUTAGE_LOOK = {"color": "--due", "opacity": 0.3, "pattern": _pattern("x", 0.3), "line": {"width": 0}}


def band(rows: list[Row], x: list[str], index: int, key: str, say: Say) -> Trace:
    """The read part of one ToD band. Hovering tells the band's whole energy, the estimated part with it."""
    return {
        "type": "bar",
        "name": say(f"band.{key}"),
        "x": x,
        "y": [_certain(row, index) for row in rows],
        "customdata": [kwh(row.bands[index]) for row in rows],
        "marker": _BAND_LOOK[key],
        "hovertemplate": f"%{{customdata:.2f}} {say('unit.kwh')}<extra>{say(f'band.{key}')}</extra>",
    }


def estimated(rows: list[Row], x: list[str], say: Say) -> Trace:
    """What was estimated stands apart: an outline, filled with nothing but a hint."""
    return {
        "type": "bar",
        "name": say("usage.estimated"),
        "x": x,
        "y": [kwh(row.estimated_wh) if row.estimated_wh else None for row in rows],
        "customdata": [_explained(row, say) for row in rows],
        "marker": {
            "color": "--tint",
            "line": {"color": "--soft", "width": 1.5},
            "pattern": _pattern("-", 0.15, "--soft"),
        },
        "hovertemplate": f"%{{y:.2f}} {say('unit.kwh')}<br>%{{customdata}}<extra>{say('usage.estimated')}</extra>",
    }


def export(rows: list[Row], x: list[str], say: Say) -> Trace:
    """What went to the grid, below the line."""
    return {
        "type": "bar",
        "name": say("usage.export"),
        "x": x,
        "y": [-kwh(row.export_wh) if row.export_wh else None for row in rows],
        "marker": {"color": "--in", "pattern": _pattern("x")},
        "customdata": [kwh(row.export_wh or 0) for row in rows],
        "hovertemplate": f"%{{customdata:.2f}} {say('unit.kwh')}<extra>{say('usage.export')}</extra>",
    }


def versus(rows: list[Row], x: list[str], say: Say) -> Trace:
    """The energy of the span it is compared with, as a stepped line."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": say("usage.compared"),
        "x": x,
        "y": [kwh(row.vs) if row.vs is not None else None for row in rows],
        "line": {"color": "--ink", "width": 1.8, "dash": "dot", "shape": "hvh"},
        "hovertemplate": f"%{{y:.2f}} {say('unit.kwh')}<extra>{say('usage.compared')}</extra>",
    }


def voltage(rows: list[Row], x: list[str], say: Say) -> list[Trace]:
    """The voltage of blocks as one line; of days, between its lowest and its highest."""
    if all(row.min_dv == row.max_dv for row in rows):
        return [{**_volts([row.min_dv for row in rows], x, say), "customdata": [_volts_text(row) for row in rows]}]
    told = {"legendgroup": "volts", "meta": WIDE}
    lowest = {**_volts([row.min_dv for row in rows], x, say), **told, "showlegend": False, "hoverinfo": "skip"}
    del lowest["hovertemplate"]
    highest = {
        **_volts([row.max_dv for row in rows], x, say),
        **told,
        "fill": "tonexty",
        "fillcolor": "rgba(128,128,128,0.14)",
        "customdata": [_volts_text(row) for row in rows],
    }
    return [lowest, highest]


def _volts(measured: list[int | None], x: list[str], say: Say) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": say("usage.voltage"),
        "x": x,
        "y": [each / 10 if each else None for each in measured],
        "yaxis": "y2",
        "line": {"color": "--soft", "width": 1.2},
        "connectgaps": False,
        "hovertemplate": f"%{{customdata}}<extra>{say('usage.voltage')}</extra>",
    }


def outage_stretches(shown: History, say: Say) -> Trace:
    """Power failures at their true times: hatched from top to bottom, behind nothing that is measured."""
    seen = [shown.seen(each) for each in shown.outages]
    return {
        "type": "bar",
        "name": say("usage.outage"),
        "x": [moment((from_s + to_s) // 2) for from_s, to_s in seen],
        "y": [1] * len(seen),
        "width": [1000 * (to_s - from_s) for from_s, to_s in seen],
        "yaxis": "y3",
        "marker": _OUTAGE_LOOK,
        "customdata": [f"{_hour(from_s)}–{_hour(to_s)}" for from_s, to_s in seen],
        "hovertemplate": f"%{{customdata}}<extra>{say('usage.outage')}</extra>",
    }


def outage_marks(rows: list[Row], x: list[str], say: Say) -> Trace:
    """A mark above each day or month on which power failed."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": say("usage.outage"),
        "x": x,
        "y": [0.97 if row.outage_minutes else None for row in rows],
        "yaxis": "y3",
        "marker": {"color": "--due", "symbol": "triangle-down", "size": 9},
        "customdata": [row.outage_minutes for row in rows],
        "hovertemplate": f"%{{customdata}} {say('unit.minutes')}<extra>{say('usage.outage')}</extra>",
    }


def moment(start_s: int) -> str:
    """An instant as the chart's axis takes it: Indian time, to the second."""
    return datetime.fromtimestamp(start_s, IST).strftime("%Y-%m-%dT%H:%M:%S")


def kwh(wh: int) -> float:
    """For drawing only."""
    return wh / 1000


def _certain(row: Row, index: int) -> float | None:
    """Of a band what was read. How an estimate spread over the bands is not kept: each gives its share."""
    if not row.wh or not row.estimated_wh:
        return None if row.wh is None else kwh(row.bands[index])
    if row.estimated_wh >= row.wh:
        return None
    return kwh(row.bands[index] * (row.wh - row.estimated_wh) // row.wh)


def _explained(row: Row, say: Say) -> str:
    """How a block was estimated; of a longer bar, how many of its blocks were."""
    if not row.estimated_wh:
        return ""
    if row.blocks == 1:
        return say(f"quality.{Quality(row.quality).name.lower()}")
    return say("usage.estimated_of", estimated=row.estimated, blocks=row.blocks)


def _volts_text(row: Row) -> str:
    if not row.min_dv or not row.max_dv:
        return ""
    ends = sorted({round(row.min_dv / 10), round(row.max_dv / 10)})
    return "–".join(str(volts) for volts in ends) + " V"


def _hour(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, IST).strftime("%H:%M")
