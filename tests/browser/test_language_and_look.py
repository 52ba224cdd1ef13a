"""Hindi and English, light and dark: switched on the device, kept there, and the same on the next page."""

import pytest
from playwright.sync_api import Page, expect


def test_hindi_comes_first_and_the_page_says_so(page: Page):
    page.goto("/sign-in")
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    expect(page.get_by_role("heading", level=1)).to_have_text("लॉगिन करें")
    expect(page).to_have_title("लॉगिन करें")


def test_the_language_switches_without_the_server_and_stays(page: Page):
    page.goto("/sign-in")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_title("Sign in")
    page.context.set_offline(False)
    page.goto("/inbox")
    expect(page.get_by_role("heading", level=1)).to_have_text("SMS inbox")


def test_another_tab_follows_the_choice(page: Page):
    page.goto("/sign-in")
    other = page.context.new_page()
    other.goto("/sign-in")
    other.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_reader_of_english_never_sees_the_prerendered_hindi(page: Page):
    page.add_init_script("localStorage.setItem('upay.language', 'en')")
    page.add_init_script("""
        window.seen = new Set();
        const look = () => {
            const shown = document.body && getComputedStyle(document.body).visibility === 'visible';
            if (shown) document.querySelectorAll('h1').forEach((each) => seen.add(each.textContent));
            requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    """)
    page.goto("/sign-in")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("[...seen]") == ["Sign in"]


@pytest.mark.parametrize(("scheme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_look_follows_the_device_until_one_chooses(page: Page, scheme: str, other: str):
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/sign-in")
    html = page.locator("html")
    expect(html).to_have_class(scheme)
    page.get_by_role("banner").get_by_role("button").last.click()
    expect(html).to_have_class(other)
    page.reload()
    expect(html).to_have_class(other)
