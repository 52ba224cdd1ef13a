"""What a first visit costs a cheap phone. Limits of the product: 180 kB of script and 20 kB of style, gzipped."""

import gzip
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Response


@pytest.fixture
def weigh(page: Page) -> Callable[[str], dict[str, int]]:
    """Bytes, gzipped, of script and style that a page loads."""

    def weighed(address: str) -> dict[str, int]:
        loaded: dict[str, Response] = {}
        page.on("response", lambda answer: loaded.setdefault(urlsplit(answer.url).path, answer))
        page.goto(address)
        page.wait_for_load_state("networkidle")
        return {
            kind: sum(len(gzip.compress(answer.body(), 9)) for path, answer in loaded.items() if path.endswith(kind))
            for kind in (".js", ".css")
        }

    return weighed


@pytest.mark.parametrize("address", ["/sign-in", "/home"])
def test_a_first_visit_is_light(weigh: Callable[[str], dict[str, int]], address: str):
    weight = weigh(address)
    assert 0 < weight[".js"] <= 180_000
    assert 0 < weight[".css"] <= 20_000
