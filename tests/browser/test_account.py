"""Account: who is signed in, for everybody to use."""
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi", "en"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_serious_in_the_account(
    signed_in: Callable[[str], Page], accessible: Callable[[Page], None], width: int, language: str, scheme: str
):
    page = signed_in("home")
    page.context.add_init_script(f"localStorage.setItem('upay.language', '{language}')")
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 780})
    page.goto("/account")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_text(re.compile(r"^\+91 \d{5} \d{5}$"))).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
