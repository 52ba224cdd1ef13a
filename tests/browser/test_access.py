"""Everybody can use the public pages: axe-core, keyboard, touch, small screens."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

PAGES = [
    "/sign-in",
    "/sign-in?e=sign_in.mobile_length&digits=5",
    "/sign-in/code?ending=10&minutes=5",
    "/inbox",
    "/offline",
    "/nowhere",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing_serious(
    page: Page, accessible: Callable[[Page], None], address: str, language: str, scheme: str
):
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("address", PAGES)
def test_no_page_scrolls_sideways(page: Page, address: str, width: int):
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("address", PAGES)
def test_whatever_a_thumb_presses_is_large_enough(page: Page, address: str):
    page.goto(address)
    page.get_by_role("main").wait_for()
    small = page.evaluate("""
        [...document.querySelectorAll('button, a, input:not([type=hidden]), select')]
            .map((each) => [each.outerHTML.slice(0, 120), each.getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && (box.height < 44 || box.width < 44))
            .map(([html]) => html)
    """)
    assert small == []


def test_the_first_tab_stop_leads_past_the_header(page: Page):
    page.goto("/inbox")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="सीधे मुख्य सामग्री पर जाएँ")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
