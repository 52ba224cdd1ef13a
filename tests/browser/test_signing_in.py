"""Signing in as a person does it: number, code from the inbox, home; and out again."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.harness.product import Product

NUMBERS = iter(range(43_000, 44_000))


def fresh_mobile() -> str:
    """A number that no earlier test has asked a code for."""
    return f"98765 {next(NUMBERS)}"


def code_sent_to(page: Page, mobile: str) -> str:
    """The newest code for a number, as the demonstration's inbox shows it."""
    inbox = page.context.new_page()
    inbox.goto("/inbox")
    message = inbox.locator("main li", has_text=mobile).first
    found = re.search(r"\b\d{6}\b", message.inner_text())
    inbox.close()
    assert found
    return found.group()


def ask(page: Page, mobile: str) -> None:
    page.get_by_label("मोबाइल नंबर").fill(mobile)
    page.get_by_role("button", name="कोड भेजें").click()


def sign_in(page: Page) -> str:
    mobile = fresh_mobile()
    page.goto("/sign-in")
    ask(page, mobile)
    page.get_by_label("छह अंकों का कोड").fill(code_sent_to(page, mobile))
    page.get_by_role("button", name="आगे बढ़ें").click()
    give_name(page)
    expect(page).to_have_url(re.compile("/home"))
    return mobile


def give_name(page: Page) -> None:
    """A newcomer's last step."""
    expect(page).to_have_url(re.compile("/register/name"))
    page.get_by_label("आपका नाम").fill("रेखा वर्मा")
    page.get_by_role("button", name="आगे बढ़ें").click()


def test_a_newcomer_signs_in_and_is_told_how_to_add_a_connection(page: Page):
    sign_in(page)
    expect(page.get_by_role("heading", name="अभी कोई कनेक्शन नहीं जुड़ा")).to_be_visible()


def test_after_signing_in_the_wanted_page_opens(page: Page):
    page.goto("/account")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    mobile = fresh_mobile()
    ask(page, mobile)
    page.get_by_label("छह अंकों का कोड").fill(code_sent_to(page, mobile))
    page.keyboard.press("Enter")
    give_name(page)
    expect(page).to_have_url(re.compile("/account"))
    expect(page.get_by_text(f"+91 {mobile}")).to_be_visible()


def test_a_mistyped_number_is_explained_in_both_languages_and_not_lost(page: Page):
    page.goto("/sign-in")
    ask(page, "98765")
    expect(page.get_by_role("alert")).to_have_text("मोबाइल नंबर में दस अंक होते हैं; इसमें 5 हैं। कृपया जाँच लें।")
    expect(page.get_by_label("मोबाइल नंबर")).to_have_value("98765")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("alert")).to_have_text(
        "An Indian mobile number has ten digits; this one has 5. Please check it."
    )


def test_a_wrong_code_says_how_many_tries_are_left(page: Page):
    mobile = fresh_mobile()
    page.goto("/sign-in")
    ask(page, mobile)
    wrong = f"{(int(code_sent_to(page, mobile)) + 1) % 1_000_000:06d}"
    page.get_by_label("छह अंकों का कोड").fill(wrong)
    page.get_by_role("button", name="आगे बढ़ें").click()
    expect(page.get_by_role("alert")).to_have_text("कोड सही नहीं है। बची कोशिशें: 4")


def test_a_new_code_may_be_asked_for_after_a_countdown(page: Page):
    page.goto("/sign-in")
    page.clock.install()
    ask(page, fresh_mobile())
    waiting = page.get_by_role("button", name=re.compile("सेकंड में नया कोड"))
    expect(waiting).to_be_disabled()
    page.wait_for_load_state("networkidle")
    page.clock.run_for(31_000)
    expect(page.get_by_role("button", name="नया कोड भेजें")).to_be_enabled()


def test_signing_out_closes_every_page_of_this_browser(page: Page):
    sign_in(page)
    page.goto("/account")
    page.get_by_role("button", name="लॉगआउट करें").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto("/home")
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("width", [360, 1280])
def test_signing_in_works_before_any_script_has_loaded(browser: Browser, product: Product, width: int):
    context = browser.new_context(
        base_url=product.url, java_script_enabled=False, viewport={"width": width, "height": 780}
    )
    page = context.new_page()
    page.goto("/sign-in")
    ask(page, fresh_mobile())
    expect(page).to_have_url(re.compile("/sign-in/code"))
    expect(page.get_by_label("छह अंकों का कोड")).to_be_visible()
    context.close()


def test_the_session_token_is_out_of_reach_of_the_page(page: Page):
    sign_in(page)
    [kept] = [cookie for cookie in page.context.cookies() if cookie.get("name") == "upay_session"]
    assert kept.get("httpOnly")
    assert kept.get("value", "-") not in page.evaluate(
        "JSON.stringify([document.cookie, {...localStorage}, {...sessionStorage}])"
    )
    assert kept.get("value", "-") not in page.content()
