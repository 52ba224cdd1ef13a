"""Installed on a phone, without a network: the last known numbers and their age, and back by itself."""

import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect


def ready(page: Page) -> None:
    """The service worker is in charge and has kept what it needs."""
    page.goto("/sign-in")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def test_a_visit_without_network_shows_the_last_known_numbers_and_their_age(page: Page):
    ready(page)
    page.goto("/offline")
    page.evaluate("""
        upayKeep('home', {connection: 'घर', today_wh: 4820, month_wh: 123400, last_read_s: 1795417200});
        const kept = JSON.parse(localStorage['upay.kept.home']);
        localStorage['upay.kept.home'] = JSON.stringify({...kept, at_s: kept.at_s - 7200});
    """)
    page.context.set_offline(True)
    page.goto("/home")
    expect(page.get_by_role("heading", level=1)).to_have_text("अभी इंटरनेट नहीं है")
    expect(page.get_by_text("2 घंटे पहले")).to_be_visible()
    expect(page.get_by_text("4.8", exact=True)).to_be_visible()
    expect(page.get_by_text("123.4", exact=True)).to_be_visible()


def test_the_home_page_as_it_was_last_seen_is_told_without_network(signed_in: Callable[[str], Page]):
    page = signed_in("family")
    page.goto("/home")
    expect(page.get_by_text("units today")).to_be_visible()
    page.wait_for_function("navigator.serviceWorker.controller !== null && localStorage['upay.kept.home']")
    last = json.loads(page.evaluate("localStorage['upay.kept.home']"))["values"]
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(page.get_by_text(f"{last['today_wh'] / 1000:.1f}", exact=True).first).to_be_visible()
    expect(page.get_by_text(last["connection"])).to_be_visible()


def test_the_page_comes_back_by_itself_with_the_network(page: Page):
    ready(page)
    page.context.set_offline(True)
    page.goto("/sign-in/code")
    expect(page).to_have_url(re.compile("/offline/"))
    page.context.set_offline(False)
    expect(page).to_have_url(re.compile("/sign-in/code"), timeout=15_000)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_the_way_back_never_leads_to_another_site(page: Page, elsewhere: str):
    page.goto(f"/offline?back={quote(elsewhere, safe='')}")
    expect(page.get_by_role("link", name="फिर कोशिश करें")).to_have_attribute("href", "/")


def test_an_open_page_says_that_the_network_is_gone_and_when_it_is_back(page: Page):
    page.goto("/sign-in")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    expect(page.get_by_role("status")).to_contain_text("सर्वर से संपर्क नहीं हो पा रहा")
    page.context.set_offline(False)
    expect(page.get_by_role("status")).to_have_text("संपर्क फिर जुड़ गया।", timeout=15_000)


def test_another_person_does_not_find_the_last_ones_numbers(page: Page):
    page.goto("/offline")
    page.evaluate("upayKeep('home', {connection: 'घर', today_wh: 4820, month_wh: 1, last_read_s: 1})")
    page.goto("/sign-in")
    assert page.evaluate("localStorage['upay.kept.home'] ?? ''") == ""


def test_nothing_of_a_person_is_in_the_workers_cache(page: Page):
    ready(page)
    page.goto("/inbox")
    kept = page.evaluate("""async () => {
        const names = [];
        for (const cache of await caches.keys())
            for (const request of await (await caches.open(cache)).keys()) names.push(new URL(request.url).pathname);
        return names;
    }""")
    assert kept
    assert [path for path in kept if not re.match(r"/(assets|fonts)/|/offline/$", path)] == []


def test_the_manifest_makes_the_site_installable(page: Page):
    page.goto("/sign-in")
    manifest = json.loads(page.request.get("/manifest.webmanifest").text())
    assert {"name", "short_name", "start_url", "display", "icons"} <= manifest.keys()
    assert page.locator("link[rel=manifest]").get_attribute("href") == "/manifest.webmanifest"
    for icon in manifest["icons"]:
        assert page.request.get(icon["src"]).ok
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    assert "maskable" in {icon.get("purpose") for icon in manifest["icons"]}
