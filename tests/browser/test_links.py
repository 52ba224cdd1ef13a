"""Links by consent in two browsers: one's own number, the grandmother's consent, its end; one's data, and erasing."""

import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.product import Product

PAGES = ("/account", "/account/add", "/account/profile", "/account/privacy")


@pytest.fixture
def other(browser: Browser, product: Product, cookies: Callable[[str], Any]) -> Iterator[Callable[[str], Page]]:
    """The phone of somebody else, in English."""
    opened = []

    def of(kind: str) -> Page:
        context = browser.new_context(base_url=product.url, viewport={"width": 360, "height": 780})
        opened.append(context)
        context.add_cookies(cookies(kind))
        context.add_init_script("localStorage.setItem('upay.language', 'en')")
        return context.new_page()

    yield of
    for context in opened:
        context.close()


def code_for(page: Page, to: str) -> str:
    """The latest code in the demonstration's inbox for a number."""
    inbox = page.context.new_page()
    inbox.goto("/inbox")
    digits = re.sub(r"\D", "", to)[-10:]
    message = inbox.locator("main li", has_text=f"{digits[:5]} {digits[5:]}").first
    found = re.search(r"\b\d{6}\b", message.inner_text())
    inbox.close()
    assert found
    return found.group()


def look_for(page: Page, number: str) -> None:
    page.goto("/account/add")
    page.get_by_label("Consumer number").fill(f"{number[:3]}-{number[3:]}")
    page.get_by_role("button", name="Continue").click()


def test_ones_own_number_is_removed_brought_back_and_added(signed_in: Callable[[str], Page], people: dict[str, Any]):
    page, number = signed_in("solar"), people["solar"]["connections"][0]
    shown = f"{number[:2]} {number[2:6]} {number[6:]}"
    page.goto("/account")
    item = page.get_by_role("listitem").filter(has_text=shown)
    expect(item).to_contain_text("You may do everything.")
    item.locator("summary").click()
    item.get_by_role("button", name="Remove from my list").click()
    expect(page.get_by_text("No connection yet")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(item).to_be_visible()
    item.locator("summary").click()
    item.get_by_role("button", name="Remove from my list").click()
    look_for(page, number)
    expect(page.get_by_text("registered under your mobile number")).to_be_visible()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("is on your list.")).to_be_visible()
    page.goto("/home")
    expect(page.get_by_text("units today")).to_be_visible()


def test_a_grandmother_consents_and_takes_it_back_and_the_other_page_loses_it_at_once(
    other: Callable[[str], Page], people: dict[str, Any]
):
    number, owner_mobile = people["home"]["connections"][0], people["home"]["mobile"]
    grandson, grandmother = other("shop"), other("home")
    look_for(grandson, number)
    grandson.get_by_label("See bills").uncheck()
    grandson.get_by_label("Name on your list").fill("Dadi")
    grandson.get_by_role("button", name="Send the code to the owner").click()
    expect(grandson.get_by_text("Ask the owner for the code")).to_be_visible()
    grandson.get_by_label("The owner's six-digit code").fill(code_for(grandson, owner_mobile))
    grandson.get_by_role("button", name="Link").click()
    expect(grandson.get_by_text("is on your list.")).to_be_visible()
    grandson.goto(f"/home?c={number}")
    expect(grandson.get_by_label("Choose a connection")).to_have_value(number)
    route = f"/api/v1/connections/{number}/usage/chart?view=day&on=2026-01-01"
    assert grandson.request.get(route).status == 200

    grandmother.goto("/account")
    linked = grandmother.get_by_role("listitem").filter(has_text="since")
    expect(linked).to_contain_text("See usage")
    linked.locator("summary").click()
    linked.get_by_role("button", name="End the link").click()
    expect(grandmother.get_by_text("The link has been ended.")).to_be_visible()

    # Nobody touches the other phone.
    expect(grandson.get_by_label("Choose a connection")).not_to_have_value(number)
    expect(grandson.get_by_text("Dadi")).to_have_count(0)
    assert grandson.request.get(route).status == 404

    grandmother.get_by_role("button", name="Undo").click()
    expect(linked).to_contain_text("See usage")
    linked.locator("summary").click()
    linked.get_by_role("button", name="End the link").click()


def test_a_copy_of_ones_data_is_made_and_downloaded(
    signed_in: Callable[[str], Page], product: Product, people: dict[str, Any]
):
    page, number = signed_in("home"), people["home"]["connections"][0]
    page.goto("/account/privacy")
    page.get_by_role("button", name="Make a copy").click()
    expect(page.get_by_text("It is being made")).to_be_visible()
    product.run("jobs", "run", "exports")
    link = page.get_by_role("link", name="Download")
    expect(link).to_be_visible()
    answer = page.request.get(link.get_attribute("href") or "")
    copy = zipfile.ZipFile(io.BytesIO(answer.body()))
    assert json.loads(copy.read("person.json"))["mobile"] == people["home"]["mobile"]
    lines = copy.read(f"readings/{number}.csv").decode().splitlines()
    assert lines[0].startswith("start,") and len(lines) > 40 * 48
    page.context.clear_cookies()
    assert page.request.get(link.get_attribute("href") or "/").status == 401


def test_erasing_needs_a_code_and_can_be_undone(
    signed_in: Callable[[str], Page], people: dict[str, Any], product: Product
):
    page = signed_in("family")
    # the code of the sign-in a moment ago: another so soon is refused
    with sqlite3.connect(product.var / "upay.db", timeout=30) as db:
        db.execute("UPDATE onetimecode SET created_at = datetime(created_at, '-1 hour')")
    page.goto("/account/privacy")
    expect(page.get_by_text("What the law makes us keep")).to_be_visible()
    page.get_by_role("button", name="Send me a code to go on").click()
    field = page.get_by_label("Six-digit code")
    expect(field).to_be_visible()
    code = code_for(page, people["family"]["mobile"])
    field.fill(f"{(int(code) + 1) % 1_000_000:06d}")
    page.get_by_role("button", name="Erase my account in 7 days").click()
    expect(page.get_by_text("The code is not right")).to_be_visible()
    field.fill(code)
    page.get_by_role("button", name="Erase my account in 7 days").click()
    expect(page.get_by_text("Your account will be erased on")).to_be_visible()
    page.get_by_role("button", name="Keep my account").click()
    expect(page.get_by_text("Your account stays.")).to_be_visible()


def test_what_is_told_is_chosen_and_what_the_law_asks_for_stays(signed_in: Callable[[str], Page]):
    page = signed_in("home")
    page.goto("/account/profile")
    bills = page.get_by_label("Bills and due dates by SMS")
    expect(bills).to_be_checked()
    bills.click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(bills).not_to_be_checked()
    expect(page.get_by_label("Notice before disconnection by SMS")).to_be_disabled()
    expect(page.get_by_text("The law asks for notice before supply is cut")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious(
    signed_in: Callable[[str], Page], accessible: Callable[[Page], None], width: int, language: str, scheme: str
):
    page = signed_in("family")
    page.context.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 780})
    for address in PAGES:
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("main .skeleton")).to_have_count(0)
        for summary in page.locator("main summary").all():
            summary.click()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
