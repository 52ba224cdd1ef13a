"""The usage chart: what stands in the figure, and that Plotly knows every word of it."""
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go

from components.usage_figure import usage_figure
from upay.clock import day_start_s
from upay.metering.history import History, Row
from upay.metering.models import Quality
from upay.metering.span import span

DAY = date(2026, 11, 22)
BANDS = ("normal", "solar", "peak")


def block(slot: int, wh: int | None, band: int = 0, **more) -> Row:
    start = day_start_s(DAY) + 1800 * slot
    bands = tuple(wh or 0 if index == band else 0 for index in range(3))
    row = Row(start, 30, wh, None, bands, Quality.ACTUAL, 0, 1, 2301, 2301, 0, "" if wh is not None else "not_received")
    return replace(row, **more)


def drawn(*rows: Row, **more):
    shown = History(span("day", DAY), list(rows), 0, 0, None, 0, (0, 0, 0), 0, len(rows), False, None, None)
    return usage_figure(replace(shown, **more), BANDS, lambda key: key, "hi")


def trace(figure, name: str):
    return next(each for each in figure["data"] if each["name"] == name)


def coloured(value):
    """The theme's values in place of token names, as the page does it."""
    if isinstance(value, str):
        return "#123456" if value.startswith("--") else value
    if isinstance(value, list):
        return [coloured(each) for each in value]
    return {key: coloured(each) for key, each in value.items()} if isinstance(value, dict) else value


def test_each_block_stands_in_the_trace_of_its_band_in_units():
    figure = drawn(block(0, 120), block(20, 500, band=1), block(36, 900, band=2))
    assert trace(figure, "band.normal")["y"] == [0.12, 0.0, 0.0]
    assert trace(figure, "band.solar")["y"] == [0.0, 0.5, 0.0]
    assert trace(figure, "band.peak")["y"] == [0.0, 0.0, 0.9]
    assert trace(figure, "band.peak")["x"][2] == "2026-11-22T18:00"


def test_an_estimated_block_leaves_its_band_and_says_how_it_was_estimated():
    figure = drawn(block(0, 100), block(1, 110, quality=Quality.LINEAR, estimated=1))
    assert trace(figure, "band.normal")["y"] == [0.1, None]
    assert trace(figure, "usage.estimated")["y"] == [None, 0.11]
    assert trace(figure, "usage.estimated")["customdata"] == ["", "quality.linear"]


def test_an_unread_block_is_a_gap_and_not_a_zero():
    assert trace(drawn(block(0, 100), block(1, None)), "band.normal")["y"] == [0.1, None]


def test_export_is_drawn_below_the_line_and_read_out_as_it_is():
    figure = drawn(block(22, 50, band=1, export_wh=700), has_export=True)
    assert trace(figure, "usage.export")["y"] == [-0.7]
    assert trace(figure, "usage.export")["customdata"] == [0.7]


def test_an_outage_is_a_shaded_stretch_of_its_own_length():
    shape = drawn(block(0, 100), block(28, 0, reason="outage", quality=Quality.OUTAGE))["layout"]["shapes"][0]
    assert (shape["x0"], shape["x1"]) == ("2026-11-22T14:00", "2026-11-22T14:30")


def test_voltage_has_an_axis_of_its_own():
    figure = drawn(block(0, 100))
    assert trace(figure, "usage.voltage")["y"] == [230.1]
    assert figure["layout"]["yaxis2"]["side"] == "right"


def test_plotly_knows_every_property_of_the_fullest_figure():
    rows = [block(n, 100 + n, band=n % 3, export_wh=5, vs=90) for n in range(46)]
    rows += [block(46, 80, quality=Quality.LIKE_DAY, estimated=1), block(47, 0, reason="outage")]
    go.Figure(coloured(drawn(*rows, has_export=True)))  # raises ValueError for a word it does not know


def test_a_day_of_quarter_hours_stays_below_five_hundred_points():
    rows = [block(n, 100, minutes=15) for n in range(96)]
    assert max(len(each["x"]) for each in drawn(*rows)["data"]) == 96


def test_day_labels_follow_the_language():
    figure = usage_figure(
        History(span("month", DAY), [block(0, 100, minutes=1440)], 0, 0, None, 0, (0, 0, 0), 0, 1, False, None, None),
        BANDS,
        lambda key: key,
        "hi",
    )
    assert figure["layout"]["xaxis"]["ticktext"] == ["22 नव॰"]
