"""The desk in a browser: an officer sees their zone, a consumer sees who looked, an auditor only reads."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.harness.product import Product

NEWCOMER = "+916000995001"


ELSEWHERE = "1999999996"
"""A connection of another zone than the demonstration's."""
_NETWORK = {
    "zones": "code,name,name_hi\nFAR,Far,दूर\n",
    "substations": "code,zone,name,name_hi\nFAR-S1,FAR,Far,दूर\n",
    "feeders": "code,substation,name,name_hi\nFAR-F1,FAR-S1,Far,दूर\n",
    "dtrs": "code,feeder,name,name_hi,capacity_kva\nFAR-D1,FAR-F1,Far,दूर,100\n",
    "connections": "number,dtr,consumer_name,tariff_id,sanctioned_load_w\n"
    f"{ELSEWHERE},FAR-D1,Far Away,up-lmv1-urban,2000\n",
}


@pytest.fixture(scope="module", autouse=True)
def another_zone(product: Product, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A second zone, with one connection."""
    folder = tmp_path_factory.mktemp("far")
    for name, rows in _NETWORK.items():
        (folder / f"{name}.csv").write_text(rows, "utf-8")
    product.run("network", "load", str(folder))


def find(page: Page, text: str) -> None:
    page.get_by_label("Number, name, mobile or meter").fill(text)
    page.get_by_role("button", name="Find").click()


def test_an_officer_is_invited_accepts_and_sees_their_own_zone_alone(
    at_desk: Callable[..., Page], people: dict[str, Any]
):
    own, number = people["officer"]["zone"], people["home"]["connections"][0]
    page = at_desk("administrator")
    page.goto("/desk/staff")
    page.get_by_role("button", name="Invite somebody").click()
    page.get_by_label("Role", exact=True).select_option("officer")
    page.get_by_label("Zone", exact=True).select_option(own)
    page.get_by_role("button", name="Add role").click()
    page.get_by_label("Name", exact=True).fill("Meera Kapoor")
    page.get_by_label("Mobile number", exact=True).fill("60009 95001")
    page.get_by_label("Reason").fill("joins the zone")
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_text("Gives:")).to_be_visible()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Invited. The roles count once accepted.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Meera Kapoor.*invited"))).to_be_visible()

    page = at_desk(NEWCOMER)
    page.goto("/desk")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", name="Desk", level=1)).to_be_visible()
    expect(page.locator("main").get_by_text("Zonal officer")).to_be_visible()
    menu = page.get_by_role("navigation", name="Desk menu")
    expect(menu.get_by_role("link", name="Find a consumer")).to_be_visible()
    expect(menu.get_by_role("link", name="Audit log")).to_have_count(0)

    page.goto("/desk/consumers")
    find(page, ELSEWHERE)
    expect(page.get_by_text("Nobody found")).to_be_visible()
    find(page, number)
    page.get_by_role("button", name=f"Look at {number}").click()
    page.get_by_role("button", name="Look", exact=True).first.click()
    expect(page.get_by_role("alert")).to_contain_text("Please give a reason")
    page.get_by_label("Reason").select_option("staff.why_meter")
    page.locator("form", has=page.get_by_label("Reason")).get_by_role("button", name="Look").click()
    expect(page.get_by_text("This look is written down.")).to_be_visible()
    expect(page.get_by_role("heading", name="Who looks after it")).to_be_visible()
    page.goto("/desk/audit")
    expect(page.get_by_role("heading", name="This is not open to you")).to_be_visible()


def test_a_consumer_reads_who_looked_and_why(
    at_desk: Callable[..., Page], signed_in: Callable[[str], Page], people: dict[str, Any]
):
    number = people["shop"]["connections"][0]
    page = at_desk("billing")
    page.goto("/desk/consumers")
    find(page, number)
    page.get_by_role("button", name=f"Look at {number}").click()
    page.get_by_label("or in your own words").fill("bill of March came back")
    page.locator("form", has=page.get_by_label("Reason")).get_by_role("button", name="Look").click()
    expect(page.get_by_text("This look is written down.")).to_be_visible()
    page = signed_in("shop")
    page.goto("/account/looks")
    expect(page.locator("main li").first).to_contain_text("Nasreen Zaidi")
    expect(page.locator("main li").first).to_contain_text("bill of March came back")


def test_an_administrator_changes_roles_undoes_it_and_cannot_give_up_the_last_key(at_desk: Callable[..., Page]):
    page = at_desk("administrator")
    page.goto("/desk/staff")
    page.get_by_role("button", name="Change the roles of Ramkishor Pasi").click()
    page.get_by_label("Role", exact=True).select_option("officer")
    page.get_by_role("button", name="Add role").click()
    page.get_by_label("Reason").fill("stands in")
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Confirm").click()
    row = page.get_by_role("row", name=re.compile("Ramkishor Pasi"))
    expect(row).to_contain_text("Zonal officer")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    expect(row).not_to_contain_text("Zonal officer")
    page.get_by_role("button", name="Change the roles of Shalini Awasthi").click()
    page.get_by_role("button", name="remove").click()
    page.get_by_label("Reason").fill("tired")
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("You cannot end your own role as administrator")


def test_an_auditor_reads_everything_and_has_nothing_to_press(at_desk: Callable[..., Page]):
    page = at_desk("auditor")
    page.goto("/desk/staff")
    expect(page.get_by_text("Ramkishor Pasi")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)
    page.goto("/desk/audit")
    expect(page.locator("main tbody tr").first).to_be_visible()
    page.get_by_role("button", name="Check all").click()
    expect(page.get_by_text(re.compile(r"All \d+ entries hold together"))).to_be_visible()
    page.get_by_label("What", exact=True).select_option("staff.")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("what=staff"))
    with page.expect_download() as file:
        page.get_by_role("link", name="CSV").click()
    assert "Role given" in file.value.path().read_text("utf-8")


def test_a_second_factor_is_asked_for(at_desk: Callable[..., Page]):
    page = at_desk("manager", strong=False)
    page.goto("/desk/consumers")
    expect(page).to_have_url(re.compile("/sign-in/second"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious_at_the_desk(
    at_desk: Callable[..., Page], accessible: Callable[[Page], None], width: int, language: str, scheme: str
):
    page = at_desk("administrator")
    page.context.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 780})
    for address in ("/desk", "/desk/staff", "/desk/audit"):
        page.goto(address)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("main .skeleton")).to_have_count(0)
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
