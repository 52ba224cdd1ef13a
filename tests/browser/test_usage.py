"""Usage: any stretch of time, its address, its table, its downloads."""
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Place
from upay.clock import day_of

SignedIn = Callable[[str], Page]
DayWhere = Callable[[str], Place]


def days_ago(number: int) -> date:
    return day_of(datetime.now(UTC)) - timedelta(days=number)


def drawn(page: Page) -> None:
    """The chart is there. Its first bars may be of nothing, and so of no height."""
    expect(page.locator(".js-plotly-plot .bars path").locator("visible=true").first).to_be_visible(timeout=15_000)


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


def test_the_plain_address_becomes_one_that_can_be_kept_and_back_leaves_the_page(signed_in: SignedIn, people):
    page = signed_in("home")
    page.goto("/home")
    expect(page.get_by_text("units today")).to_be_visible()
    page.get_by_role("link", name="Usage", exact=True).first.click()
    number = people["home"]["connections"][0]
    expect(page).to_have_url(re.compile(rf"/usage/?\?c={number}&view=day&on={days_ago(0)}$"))
    expect(page.get_by_role("table").locator("tbody tr").first).to_be_visible()
    page.go_back()
    expect(page).to_have_url(re.compile("/home"))
    expect(page.get_by_text("units today")).to_be_visible()
    expect(page).to_have_url(re.compile("/home"))


def test_a_year_shows_its_months(signed_in: SignedIn):
    page = signed_in("home")
    page.goto(f"/usage?view=year&on={days_ago(0)}")
    drawn(page)
    rows = page.get_by_role("table").locator("tbody tr")
    expect(rows).to_have_count(days_ago(0).month)
    expect(rows.last).to_contain_text(f"{days_ago(0):%B %Y}")


def test_a_range_of_ones_own_is_asked_for_and_named_in_the_address(signed_in: SignedIn):
    page = signed_in("home")
    page.goto(f"/usage?view=day&on={days_ago(3)}")
    page.get_by_role("button", name="Dates", exact=True).click()
    expect(page).to_have_url(re.compile("view=range"))
    page.get_by_label("From").fill(str(days_ago(12)))
    page.get_by_label("To", exact=True).fill(str(days_ago(3)))
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page).to_have_url(re.compile(f"view=range&on={days_ago(12)}&to={days_ago(3)}"))
    drawn(page)
    expect(page.get_by_role("table").locator("tbody tr")).to_have_count(10)


def test_an_outage_is_drawn_and_told_in_words(signed_in: SignedIn, day_where: DayWhere):
    place = day_where("d.outage_minutes BETWEEN 20 AND 600")
    page = signed_in(place.kind)
    page.goto(f"/usage?c={place.number}&view=day&on={place.day}")
    drawn(page)
    expect(page.locator(".js-plotly-plot .legend")).to_contain_text("Power off")
    expect(page.locator("main details li").first).to_have_text(
        re.compile(r"Power off .*\d:\d\d [ap]m – .*\d:\d\d [ap]m")
    )
    page.goto(f"/usage?c={place.number}&view=month&on={place.day}")
    drawn(page)
    expect(page.locator(".js-plotly-plot .legend")).to_contain_text("Power off")


def test_estimated_half_hours_are_drawn_apart_and_explained(signed_in: SignedIn, day_where: DayWhere):
    place = day_where("d.estimated_wh > 0")
    page = signed_in(place.kind)
    page.goto(f"/usage?c={place.number}&view=day&on={place.day}")
    drawn(page)
    expect(page.locator(".js-plotly-plot .legend")).to_contain_text("Estimated")
    expect(page.get_by_role("table").get_by_text(re.compile("^Estimated")).first).to_be_visible()
    page.get_by_text(re.compile(r"\d+ of \d+ readings are estimated")).click()
    expect(page.get_by_text("The meter did not send these readings.")).to_be_visible()
    page.goto(f"/usage?c={place.number}&view=month&on={place.day}")
    drawn(page)
    expect(page.locator(".js-plotly-plot .legend")).to_contain_text("Estimated")


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
    assert answer.json()["code"] == "accounts.not_yours"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious_in_usage(
    signed_in: SignedIn, accessible, day_where: DayWhere, width: int, language: str, scheme: str
):
    place = day_where("d.outage_minutes BETWEEN 20 AND 600")
    page = signed_in(place.kind)
    page.context.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"/usage?c={place.number}&view=week&on={place.day}&vs=before")
    drawn(page)
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator("main details summary").first.click()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
