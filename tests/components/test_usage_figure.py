"""The usage chart: what stands in the figure, and that Plotly knows every word of it."""
from dataclasses import replace
from datetime import date

import plotly.graph_objects as go

from components.usage_figure import usage_figure
from upay.clock import day_start_s
from upay.metering.history import History
from upay.metering.models import Quality
from upay.metering.rows import Row
from upay.metering.span import Span, span
from upay.metering.usage import Outage
from upay.text import say

DAY = date(2026, 11, 22)
BANDS = ("normal", "solar", "peak")


def block(slot: int, wh: int | None, band: int = 0, **more) -> Row:
    start = day_start_s(DAY) + 1800 * slot
    bands = tuple(wh or 0 if index == band else 0 for index in range(3))
    row = Row(start, 30, wh, None, bands, Quality.ACTUAL, 0, 1, 2301, 2301, 0, "" if wh is not None else "not_received")
    return replace(row, **more)


def history(of: Span, rows: list[Row], **more) -> History:
    now_s = day_start_s(DAY) + 86_400
    shown = History(of, rows, 0, 0, None, 0, (0, 0, 0), 0, len(rows), False, None, None, [], now_s)
    return replace(shown, **more)


def said(key: str, **values) -> str:
    """The key in place of its sentence, once that sentence has been found and filled."""
    say(key, "hi", **values)
    return key


def drawn(*rows: Row, of: Span | None = None, **more):
    return usage_figure(history(of or span("day", DAY), list(rows), **more), BANDS, said, "hi")


def day(number: int, wh: int, **more) -> Row:
    """A day of the month before DAY."""
    start = day_start_s(DAY.replace(day=number))
    row = Row(start, 1440, wh, None, (wh // 2, wh // 2, 0), Quality.ACTUAL, 0, 48, 2210, 2440, 0, "")
    return replace(row, **more)


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
    assert trace(figure, "band.peak")["x"][2] == "2026-11-22T18:00:00"


def test_an_estimated_block_leaves_its_band_and_says_how_it_was_estimated():
    figure = drawn(block(0, 100), block(1, 110, quality=Quality.LINEAR, estimated=1, estimated_wh=110))
    assert trace(figure, "band.normal")["y"] == [0.1, None]
    assert trace(figure, "usage.estimated")["y"] == [None, 0.11]
    assert trace(figure, "usage.estimated")["customdata"] == ["", "quality.linear"]


def test_an_unread_block_is_a_gap_and_not_a_zero():
    assert trace(drawn(block(0, 100), block(1, None)), "band.normal")["y"] == [0.1, None]


def test_export_is_drawn_below_the_line_and_read_out_as_it_is():
    figure = drawn(block(22, 50, band=1, export_wh=700), has_export=True)
    assert trace(figure, "usage.export")["y"] == [-0.7]
    assert trace(figure, "usage.export")["customdata"] == [0.7]


def test_of_a_day_that_was_estimated_in_part_only_that_part_stands_apart():
    figure = drawn(day(1, 4000, estimated=12, estimated_wh=1000), of=span("month", DAY))
    # 4 kWh, of which 1 was estimated: each of the two bands of 2 kWh shows three quarters
    assert trace(figure, "band.normal")["y"] == trace(figure, "band.solar")["y"] == [1.5]
    assert trace(figure, "band.normal")["customdata"] == [2.0]
    assert trace(figure, "usage.estimated")["y"] == [1.0]


def test_a_cut_of_twenty_minutes_is_drawn_at_its_true_time():
    off_s = day_start_s(DAY) + 14 * 3600 + 600
    stretch = trace(drawn(block(0, 100), outages=[Outage(off_s, off_s + 1200)]), "usage.outage")
    # 14:10 to 14:30: around 14:20, twenty minutes wide
    assert (stretch["x"], stretch["width"]) == (["2026-11-22T14:20:00"], [1_200_000])
    assert stretch["customdata"] == ["14:10–14:30"]
    assert stretch["marker"]["pattern"]["shape"]


def test_a_cut_that_lasts_is_drawn_up_to_now():
    now_s = day_start_s(DAY) + 10 * 3600
    figure = drawn(block(0, 100), outages=[Outage(now_s - 3600, None)], now_s=now_s)
    assert trace(figure, "usage.outage")["width"] == [3_600_000]


def test_days_with_a_cut_are_marked_and_tell_its_minutes():
    figure = drawn(day(1, 4000), day(2, 3000, outage_minutes=45), of=span("month", DAY))
    marks = trace(figure, "usage.outage")
    assert [y is not None for y in marks["y"]] == [False, True]
    assert marks["customdata"][1] == 45


def test_a_block_covers_the_time_it_was_measured_in():
    band = trace(drawn(block(0, 100)), "band.normal")
    assert (band["xperiod"], band["xperiodalignment"]) == (1_800_000, "middle")


def test_the_voltage_of_days_lies_between_two_lines_that_a_phone_hides():
    lowest, highest = [each for each in drawn(day(1, 4000), of=span("month", DAY))["data"] if "y2" in each.values()]
    assert (lowest["y"], highest["y"]) == ([221.0], [244.0])
    assert highest["customdata"] == ["221–244 V"]
    assert lowest["meta"] == highest["meta"] == "wide"


def test_voltage_has_an_axis_of_its_own():
    figure = drawn(block(0, 100))
    assert trace(figure, "usage.voltage")["y"] == [230.1]
    assert figure["layout"]["yaxis2"]["side"] == "right"


def test_plotly_knows_every_property_of_the_fullest_figure():
    rows = [block(n, 100 + n, band=n % 3, export_wh=5, vs=90) for n in range(46)]
    rows += [block(46, 80, quality=Quality.LIKE_DAY, estimated=1, estimated_wh=80), block(47, 0, reason="outage")]
    cut = Outage(day_start_s(DAY) + 600, None)
    go.Figure(coloured(drawn(*rows, has_export=True, outages=[cut])))  # raises ValueError for a word it does not know


def test_plotly_knows_every_property_of_a_month():
    rows = [day(n, 4000, estimated=1, estimated_wh=20, outage_minutes=n % 2, vs=3000) for n in range(1, 23)]
    go.Figure(coloured(drawn(*rows, of=span("month", DAY))))


def test_a_day_of_quarter_hours_stays_below_five_hundred_points():
    rows = [block(n, 100, minutes=15) for n in range(96)]
    assert max(len(each["x"]) for each in drawn(*rows)["data"]) == 96


def test_day_labels_follow_the_language():
    figure = drawn(day(22, 100), of=span("month", DAY))
    assert figure["layout"]["xaxis"]["ticktext"] == ["22 नव॰"]
