"""The statement page: what moved the balance, by days and side, with its files."""
import re
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness.product import Product


@pytest.fixture(scope="module")
def number(product: Product, people: dict[str, Any]) -> str:
    """The home person's connection, with thirty receipts of a counter, a returned cheque and its charge."""
    number = people["home"]["connections"][0]
    file = product.var / "counter.csv"
    rows = [f"ST{n},{number},{100 + n}.50,{_day(product, n)},{'cheque' if n == 1 else 'cash'}" for n in range(1, 31)]
    file.write_text("receipt,connection,amount,date,mode\n" + "\n".join(rows) + "\n", "utf-8")
    product.run("ledger", "receive", str(file))
    product.run("ledger", "return", "ST1")
    return str(number)


def _day(product: Product, back: int) -> str:
    with sqlite3.connect(f"file:{product.var / 'upay.db'}?mode=ro", uri=True) as db:
        return str(db.execute("SELECT date('now', ?)", [f"-{back} days"]).fetchone()[0])


def entries(page: Page) -> Any:
    return page.locator("main li")


def test_the_newest_entries_stand_first_with_the_balance_after_each(signed_in: Callable[[str], Page], number: str):
    page = signed_in("home")
    page.goto(f"/statement?c={number}")
    expect(entries(page)).to_have_count(25)
    expect(entries(page).first).to_contain_text(re.compile("Charge|Taken back"))
    page.get_by_role("button", name="Older").click()
    page.wait_for_url(re.compile("page=2"))
    # 30 receipts, one taken back, one charge
    expect(entries(page)).to_have_count(7)
    page.reload()
    expect(entries(page)).to_have_count(7)


def test_one_side_alone_is_shown_and_the_address_keeps_it(signed_in: Callable[[str], Page], number: str):
    page = signed_in("home")
    page.goto(f"/statement?c={number}")
    page.get_by_role("button", name="Charged").click()
    page.wait_for_url(re.compile("show=charged"))
    # the cheque taken back and its charge of ₹500
    expect(entries(page)).to_have_count(2)
    expect(page.get_by_text("+ ₹500")).to_be_visible()


def test_days_of_ones_own_and_days_that_cannot_be(signed_in: Callable[[str], Page], number: str):
    page = signed_in("home")
    page.goto(f"/statement?c={number}&from=2020-01-01&to=2020-02-01")
    expect(page.get_by_text("Nothing moved in these days.")).to_be_visible()
    page.goto(f"/statement?c={number}&from=2026-02-01&to=2026-01-01")
    expect(page.get_by_role("alert")).to_contain_text("cannot be shown")


@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_the_files_are_the_persons_own(signed_in: Callable[[str], Page], number: str, form: str):
    page = signed_in("home")
    page.goto(f"/statement?c={number}")
    expect(entries(page)).to_have_count(25)
    with page.expect_download() as kept:
        page.get_by_role("link", name=form.upper()).click()
    assert kept.value.suggested_filename.endswith(f".{form}")
    asked = f"/api/v1/connections/9999999999/statement/download?first=2026-01-01&last=2026-01-02&format={form}"
    stranger = page.request.get(asked)
    assert stranger.status == 404


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious_on_the_statement(
    signed_in: Callable[[str], Page], accessible: Callable[[Page], None], number: str, width: int, language: str,
    scheme: str,
):
    page = signed_in("home")
    page.context.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(f"/statement?c={number}")
    expect(entries(page)).to_have_count(25)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
