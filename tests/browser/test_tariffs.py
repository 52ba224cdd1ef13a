"""What would I pay, and the desk where one administrator proposes a rate and another approves it."""
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import update

from tests.harness.product import Product
from upay import clock, db
from upay.accounts import SESSION_COOKIE, open_session, person_with
from upay.accounts.models import SignInSession, StaffRole
from upay.db import session
from upay.settings import settings


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_everybody_can_use_the_calculator(
    page: Page, accessible: Callable[[Page], None], width: int, language: str, scheme: str
):
    page.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 780})
    page.goto("/what-would-i-pay?tod=1&month=2026-06")
    expect(page.get_by_role("main")).to_contain_text("₹1,659.92")
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_total_follows_the_units_and_the_address_holds_them(page: Page):
    page.add_init_script("localStorage.setItem('upay.language', 'en')")
    page.goto("/what-would-i-pay?month=2026-06")
    main = page.get_by_role("main")
    expect(main).to_contain_text("₹1,727.25")
    page.locator("#kwh").fill("350")
    expect(main).to_contain_text("₹2,383.50")
    expect(main).to_contain_text("150 units × ₹5.50")
    page.get_by_label("Prepaid").check()
    # 2 % of 2,270
    expect(main).to_contain_text("−₹45.40")
    assert re.search(r"kwh=350.*prepaid=1", page.url)
    page.reload()
    expect(main).to_contain_text("₹2,338.10")
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#kwh")).to_have_value("355")


def test_a_use_that_cannot_be_says_why(page: Page):
    page.add_init_script("localStorage.setItem('upay.language', 'en')")
    page.goto("/what-would-i-pay?load=0")
    expect(page.get_by_role("alert")).to_contain_text("The load must be more than 0")


@pytest.fixture
def administrators(product: Product, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The session tokens of two administrators who showed a second factor."""
    monkeypatch.setenv("UPAY_VAR", str(product.var))
    settings.cache_clear()
    db.engine.cache_clear()
    now, tokens = clock.now(), []
    with session() as opened:
        for number, name in enumerate(("Asha Verma", "Ravi Kumar")):
            person = person_with(opened, f"+91700000000{number}", "en", now)
            person.name = name
            since = now - timedelta(days=1)
            role = {"person_id": person.id, "role": "administrator", "since": since}
            opened.add(StaffRole(**role, accept_by=now + timedelta(days=1), accepted_at=since))
            tokens.append(open_session(opened, person.id or 0, "", "", now))
        opened.exec(update(SignInSession).values(strong=True))
    yield tokens
    db.engine().dispose()
    settings.cache_clear()
    db.engine.cache_clear()


def test_one_proposes_and_another_approves(browser: Browser, product: Product, administrators: list[str]):
    desks = []
    for token in administrators:
        context = browser.new_context(base_url=product.url, viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": product.url}])
        context.add_init_script("localStorage.setItem('upay.language', 'en')")
        desks.append(context.new_page())
    first, second = desks
    first.goto("/desk/tariffs?t=up-lmv1-urban&part=energy")
    first.locator("input[name='slabs.0.rate']").fill("5.80")
    first.locator("input[name=source]").fill("UPERC order FY 2027-28")
    first.locator("input[name=from]").fill("2027-04-01")
    first.get_by_role("button", name="Check and preview").click()
    first.locator("input[name=reason]").last.fill("The year's order")
    first.get_by_role("button", name="Propose", exact=True).click()
    expect(first.get_by_role("status")).to_contain_text("Somebody else decides on it")
    expect(first.get_by_role("button", name="Approve")).to_have_count(0)

    second.goto("/desk/tariffs?t=up-lmv1-urban")
    second.get_by_role("button", name="Approve").click()
    expect(second.get_by_role("status")).to_contain_text("It holds from its day on")
    expect(second.get_by_role("main")).to_contain_text("up-lmv1-urban@2027-04-01.")
    for page in desks:
        page.context.close()
