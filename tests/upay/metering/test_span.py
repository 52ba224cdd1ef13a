"""The stretch of time a usage page shows."""
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upay.errors import Problem
from upay.metering.span import Span, span

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))
CALENDAR_VIEWS = st.sampled_from(["day", "week", "month", "year"])


def test_a_week_runs_from_monday_to_sunday():
    # 22 November 2026 is a Sunday
    assert span("week", date(2026, 11, 22)) == Span("week", date(2026, 11, 16), date(2026, 11, 22))


def test_a_month_knows_its_length_in_a_leap_year():
    assert span("month", date(2028, 2, 10)).last == date(2028, 2, 29)


def test_the_month_before_january_is_december():
    assert span("month", date(2026, 1, 15)).shifted(-1) == span("month", date(2025, 12, 1))


def test_a_day_a_year_ago_is_the_same_weekday():
    # 364 days are 52 whole weeks: Monday 23 November 2026 against Monday 24 November 2025
    assert span("day", date(2026, 11, 23)).against("year") == span("day", date(2025, 11, 24))


def test_a_range_is_drawn_by_block_then_by_day_then_by_month():
    first = date(2026, 1, 1)
    assert span("range", first, date(2026, 1, 2)).step == "block"
    assert span("range", first, date(2026, 1, 3)).step == "day"
    assert span("range", first, date(2026, 4, 10)).step == "day"  # 100 days
    assert span("range", first, date(2026, 4, 11)).step == "month"


def test_a_reversed_range_is_refused_with_its_dates():
    with pytest.raises(Problem) as refused:
        span("range", date(2026, 2, 1), date(2026, 1, 1))
    assert refused.value.code == "usage.range_reversed"
    assert refused.value.params == {"first": "2026-02-01", "last": "2026-01-01"}


def test_a_range_of_ten_years_is_refused():
    with pytest.raises(Problem) as refused:
        span("range", date(2016, 1, 1), date(2026, 1, 1))
    assert refused.value.code == "usage.range_too_long"


@given(CALENDAR_VIEWS, DAYS)
def test_a_span_contains_the_day_it_was_asked_for(view, day):
    shown = span(view, day)
    assert shown.first <= day <= shown.last


@given(CALENDAR_VIEWS, DAYS)
def test_going_back_and_forth_returns_to_the_same_span(view, day):
    shown = span(view, day)
    assert shown.shifted(-1).shifted(1) == shown


@given(CALENDAR_VIEWS, DAYS)
def test_neighbouring_spans_touch_without_overlapping(view, day):
    shown = span(view, day)
    assert (shown.first - shown.shifted(-1).last).days == 1
