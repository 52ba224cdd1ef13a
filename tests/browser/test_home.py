"""Home: what a worried person sees first, and how it moves by itself."""
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Meter
from upay.clock import IST, day_of, day_start

SignedIn = Callable[[str], Page]
MeterOf = Callable[[str], Meter]


def finished_block() -> datetime:
    """The start of the last half-hour of today that is over."""
    now = datetime.now(UTC)
    start = datetime.fromtimestamp(now.timestamp() // 1800 * 1800 - 1800, UTC)
    if start < day_start(day_of(now)):
        pytest.skip("today has no finished half-hour yet")
    return start


def big_number(page: Page) -> Locator:
    """Today's units: money stands before them, without a chart."""
    return page.locator("main section:has(figure)").first.locator("p > span").first


def units(page: Page) -> float:
    """The big number as it stands."""
    return float(big_number(page).inner_text().replace(",", ""))


def test_a_read_appears_in_the_open_page_by_itself(signed_in: SignedIn, meter: MeterOf):
    page = signed_in("home")
    page.goto("/home")
    expect(page.get_by_text("units today")).to_be_visible()
    before = units(page)
    meter("home").send("reads", start=finished_block().isoformat(), wh=1230, v=229.5)
    expect(big_number(page)).to_have_text(f"{before + 1.23:.2f}")
    expect(page.get_by_text("Meter is reporting")).to_be_visible()


def test_power_now_follows_the_live_readings(signed_in: SignedIn, meter: MeterOf):
    page = signed_in("shop")
    page.goto("/home")
    expect(page.get_by_text("units today")).to_be_visible()
    at = time.time()
    for power, shown in ((840, "0.84 kW"), (2150, "2.15 kW")):
        at += 1
        meter("shop").send("live", at=datetime.fromtimestamp(at, IST).isoformat(), power_w=power, v=231)
        expect(page.get_by_text(shown)).to_be_visible()
    expect(page.get_by_text("231 V")).to_be_visible()


def test_the_half_hour_in_progress_grows_with_the_meters_register(signed_in: SignedIn, meter: MeterOf):
    page = signed_in("solar")
    page.goto("/home")
    expect(page.get_by_text("units today")).to_be_visible()
    before = units(page)
    # both readings in one half-hour, though it may be ending as they are made
    at = min(time.time(), (time.time() // 1800 + 1) * 1800 - 3)
    for second, register in ((0, 1000.0), (1, 1000.42)):
        moment = datetime.fromtimestamp(at + second, IST).isoformat()
        meter("solar").send("live", at=moment, power_w=900, v=230, register_wh=round(register * 1000))
    # 1,000.42 − 1,000.00 units since the half-hour's first reading
    expect(big_number(page)).to_have_text(f"{before + 0.42:.2f}")


def test_a_family_switches_between_its_connections(signed_in: SignedIn, people):
    page = signed_in("family")
    page.goto("/home")
    chooser = page.get_by_label("Choose a connection")
    second = people["family"]["connections"][1]
    month = page.get_by_text("Units so far").locator("..")
    expect(month).to_contain_text(re.compile(r"\d"))
    chooser.select_option(second)
    expect(chooser).to_have_value(second)
    expect(page.get_by_text("units today")).to_be_visible()


def test_a_solar_home_sees_what_it_sent_to_the_grid(signed_in: SignedIn):
    page = signed_in("solar")
    page.goto("/home")
    expect(page.get_by_text("Sent to the grid today")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious_at_home(
    signed_in: SignedIn, accessible, width: int, language: str, scheme: str
):
    page = signed_in("home")
    page.context.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size({"width": width, "height": 780})
    page.goto("/home")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(big_number(page)).to_have_text(re.compile(r"\d"))
    expect(page.locator(".skeleton")).to_have_count(0)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nobody_signed_in_is_led_to_the_sign_in_page_and_back(page: Page):
    page.goto("/home")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fhome"))
