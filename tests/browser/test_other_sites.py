"""A page of another site, opened by somebody who is signed in here: its browser sends our cookie, and gets nothing."""

from collections.abc import Callable
from uuid import uuid4

import aiohttp
import pytest

from tests.harness.product import Product

OTHERS = [
    "https://upay.example",
    "http://localhost",
    "http://localhost.upay.example",
    "null",
]


@pytest.fixture
def socket_of(product: Product) -> Callable[[str], str]:
    """The address of a socket of the pages, by its transport's scheme."""

    def address(scheme: str) -> str:
        transport = "websocket" if scheme == "ws" else "polling"
        return f"{product.url.replace('http', scheme)}/_event/?EIO=4&transport={transport}&token={uuid4()}"

    return address


@pytest.mark.parametrize("origin", OTHERS)
async def test_another_site_opens_no_socket_with_the_cookie_of_who_is_signed_in(
    product: Product, token_of: Callable[..., str], socket_of: Callable[[str], str], origin: str
):
    async with aiohttp.ClientSession(cookies={"upay_session": token_of("home")}) as browser:
        async with browser.ws_connect(socket_of("ws"), origin=product.url) as own:
            assert (await own.receive_str()).startswith("0{")
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.ws_connect(socket_of("ws"), origin=origin)
        async with browser.get(socket_of("http"), headers={"Origin": origin}) as polled:
            assert polled.status >= 400
            assert "sid" not in await polled.text()
            assert "Access-Control-Allow-Origin" not in polled.headers


async def test_another_site_reads_no_answer_of_ours(product: Product, token_of: Callable[..., str]):
    async with aiohttp.ClientSession(cookies={"upay_session": token_of("home")}) as browser:
        for path in ("/api/v1/account/authenticator/secret", "/home"):
            async with browser.get(f"{product.url}{path}", headers={"Origin": OTHERS[0]}) as answer:
                assert "Access-Control-Allow-Origin" not in answer.headers
