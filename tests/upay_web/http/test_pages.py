"""Pages answer at their own addresses, and closed ones are not there."""

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from upay_web.http.pages import page_addresses


@pytest.fixture
def browser() -> TestClient:
    """In front of a server that says which path it was asked for."""

    def echo(request: Request) -> PlainTextResponse:
        return PlainTextResponse(request.url.path)

    inner = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])])
    return TestClient(page_addresses({"home", "sign-in/code"}, {"inbox"})(inner))


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/home", "/home/"),
        ("/home/", "/home/"),
        ("/sign-in/code", "/sign-in/code/"),
        ("/tokens.css", "/tokens.css"),
        ("/", "/"),
        ("/inbox", "/404/closed"),
        ("/inbox/", "/404/closed"),
    ],
)
def test_an_address_leads_to_the_page_as_it_was_built(browser: TestClient, asked: str, led: str):
    assert browser.get(asked).text == led


def test_what_is_posted_is_left_alone(browser: TestClient):
    assert browser.post("/home").text == "/home"
