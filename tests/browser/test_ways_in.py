"""Registering, walked as a person walks it; every page on the way is looked at on a phone and on a desk."""

import re
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_signing_in import code_sent_to, fresh_mobile
from tests.harness.product import Product

PASSWORD = "tangy mule on ice"
FIRST = ["/register", "/register/account", "/sign-in/password", "/sign-in/second", "/reset"]
LOOKS = ((360, "hi", "light"), (1280, "en", "dark"))


@pytest.fixture
def seen(page: Page, accessible: Callable[[Page], None]) -> Callable[[str], None]:
    """Looks at the page as it stands, which must be at an address: axe finds nothing, nothing scrolls sideways."""
    page.add_init_script("localStorage.getItem('upay.language') || localStorage.setItem('upay.language', 'en')")

    def look(address: str) -> None:
        expect(page).to_have_url(re.compile(rf"{address}/?(\?|$)"))
        for width, language, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 780})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.evaluate("language => localStorage.setItem('upay.language', language)", language)
            page.reload()
            expect(page.locator("html")).to_have_attribute("lang", language)
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator("main .skeleton")).to_have_count(0)
            accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= width

    return look


def go_on(page: Page, name: str = "Continue") -> None:
    page.get_by_role("button", name=name, exact=True).click()


def give_code(page: Page, mobile: str) -> None:
    page.get_by_label("Six-digit code").fill(code_sent_to(page, mobile))
    go_on(page)


def choose_password(page: Page, name: str) -> None:
    page.get_by_label("User name").fill(name)
    page.get_by_label("New password").fill(PASSWORD)
    go_on(page, "Save")


def sign_out(page: Page) -> None:
    page.goto("/account")
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.fixture
def consumer(product: Product) -> tuple[str, str]:
    """A connection whose registered mobile nobody has signed in with: its number, and that mobile as pages write it."""
    with sqlite3.connect(f"file:{product.var / 'upay.db'}?mode=ro", uri=True) as db:
        number, mobile = db.execute(
            "SELECT number, mobile FROM connection WHERE mobile IS NOT NULL AND mobile <> '' AND ended_on IS NULL"
            " AND mobile NOT IN (SELECT mobile FROM person) ORDER BY number DESC"
        ).fetchone()
    return number, f"{mobile[-10:-5]} {mobile[-5:]}"


@pytest.mark.parametrize("address", FIRST)
def test_every_first_page_can_be_used_by_everybody(page: Page, seen: Callable[[str], None], address: str):
    page.goto(address)
    seen(address)


def test_a_newcomer_registers_by_mobile_number_and_gives_a_name(page: Page, seen: Callable[[str], None]):
    mobile = fresh_mobile()
    page.goto("/register")
    page.get_by_label("Mobile number").fill(mobile)
    go_on(page, "Send the code")
    give_code(page, mobile)
    seen("/register/name")
    page.get_by_label("Your name").fill("Rekha Verma")
    go_on(page)
    expect(page).to_have_url(re.compile("/home"))


def test_a_consumer_number_and_its_registered_phone_open_the_connection_for_good(
    page: Page, seen: Callable[[str], None], consumer: tuple[str, str]
):
    number, mobile = consumer
    page.goto("/register/account")
    page.get_by_label("Consumer number").fill(number)
    go_on(page, "Send the code")
    seen("/register/account/code")
    expect(page.get_by_text(f"••••••••{mobile[-2:]}")).to_be_visible()
    give_code(page, mobile)
    seen("/account/password")
    choose_password(page, "gulmohar.lane")
    expect(page).to_have_url(re.compile("/home"))
    sign_out(page)
    page.goto("/sign-in/password")
    page.get_by_label("User name").fill("Gulmohar.Lane")
    page.get_by_label("Password").fill("not this one")
    go_on(page, "Sign in")
    expect(page.get_by_role("alert").filter(has_text="do not match")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    go_on(page, "Sign in")
    expect(page).to_have_url(re.compile("/home"))
