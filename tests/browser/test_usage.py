"""Usage: any stretch of time, its address, its table, its downloads."""
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from upay.clock import day_of

SignedIn = Callable[[str], Page]


def days_ago(number: int) -> date:
    return day_of(datetime.now(UTC)) - timedelta(days=number)


def drawn(page: Page) -> None:
    """The chart is there."""
    expect(page.locator(".js-plotly-plot .bars path").first).to_be_visible(timeout=15_000)


def test_a_day_shows_its_half_hours_as_chart_and_table(signed_in: SignedIn):
    page = signed_in("home")
    page.goto(f"/usage?view=day&on={days_ago(3)}")
    drawn(page)
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(48)


def test_the_address_holds_the_view_so_that_it_can_be_shared(signed_in: SignedIn):
    page = signed_in("home")
    page.goto(f"/usage?view=day&on={days_ago(3)}")
    page.get_by_role("button", name="Week", exact=True).click()
    expect(page).to_have_url(re.compile("view=week"))
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(min(7, days_ago(3).weekday() + 4))
    page.get_by_label("Compare with").select_option("before")
    expect(page).to_have_url(re.compile("vs=before"))
    expect(page.get_by_role("columnheader", name="Compared")).to_be_visible()
    address = page.url
    page.goto("/home")
    page.goto(address)
    expect(page.get_by_role("button", name="Week", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("columnheader", name="Compared")).to_be_visible()


def test_earlier_and_later_walk_through_the_days(signed_in: SignedIn):
    page = signed_in("home")
    page.goto(f"/usage?view=day&on={days_ago(3)}")
    page.get_by_role("button", name="Earlier").click()
    expect(page).to_have_url(re.compile(f"on={days_ago(4)}"))
    page.go_back()
    expect(page).to_have_url(re.compile(f"on={days_ago(3)}"))
    expect(page.get_by_role("button", name="Later")).to_be_visible()


def test_the_language_changes_every_word_and_the_chart_without_a_reload(signed_in: SignedIn):
    page = signed_in("home")
    page.goto(f"/usage?view=month&on={days_ago(10)}")
    drawn(page)
    page.evaluate("window.stillHere = true")
    page.get_by_role("button", name="हिन्दी").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("खपत")
    expect(page.locator(".js-plotly-plot .legend")).to_contain_text("सामान्य घंटे")
    assert page.evaluate("window.stillHere")


def test_a_date_that_is_none_is_explained(signed_in: SignedIn):
    page = signed_in("home")
    page.goto("/usage?view=day&on=32-13-2026")
    expect(page.get_by_role("alert")).to_contain_text("32-13-2026")


def test_days_before_the_meter_say_why_they_are_empty(signed_in: SignedIn):
    page = signed_in("home")
    page.goto("/usage?view=month&on=2015-01-10")
    expect(page.get_by_text("No readings in this period")).to_be_visible()
    expect(page.get_by_text("Before this meter was installed").first).to_be_visible()


@pytest.mark.parametrize(("name", "ending"), [("CSV table", "csv"), ("Excel (XLSX)", "xlsx"), ("Green Button", "xml")])
def test_what_is_shown_can_be_downloaded(signed_in: SignedIn, name: str, ending: str):
    page = signed_in("home")
    page.goto(f"/usage?view=day&on={days_ago(3)}")
    drawn(page)
    with page.expect_download() as waiting:
        page.get_by_role("link", name=name).click()
    assert waiting.value.suggested_filename.endswith(f".{ending}")
    assert waiting.value.path().stat().st_size > 500


def test_another_persons_connection_is_not_shown_and_its_chart_is_refused(signed_in: SignedIn, people):
    page = signed_in("home")
    other, own = people["shop"]["connections"][0], people["home"]["connections"][0]
    page.goto(f"/usage?c={other}&view=day&on={days_ago(3)}")
    drawn(page)
    assert own in (page.get_by_role("link", name="CSV table").get_attribute("href") or "")
    answer = page.request.get(f"/api/v1/connections/{other}/usage/chart?view=day&on={days_ago(3)}")
    assert answer.status == 404
    assert answer.json()["code"] == "usage.not_yours"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious_in_usage(signed_in: SignedIn, accessible, width: int, scheme: str):
    page = signed_in("solar")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"/usage?view=week&on={days_ago(8)}&vs=before")
    drawn(page)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
