"""Signing in over plain forms: what each step answers, which cookies it sets, and what it refuses."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from sqlmodel import select

from upay import clock
from upay.accounts import SESSION_COOKIE, person_with
from upay.accounts.models import Person
from upay.db import session
from upay.notices import latest
from upay.settings import settings
from upay_web.http.app import api, layers
from upay_web.http.sign_in import WAITING_COOKIE

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
OURS = {"Origin": "http://localhost:3000", "Accept": "text/html"}


@pytest.fixture
def browser(sqlite: None) -> Iterator[TestClient]:
    """A browser that follows no redirect by itself."""
    app: Any = api
    for layer in layers:
        app = layer(app)
    with session() as db:
        person_with(db, "+919876543210", "en", NOON).name = "Asha"
    with clock.at(NOON), TestClient(app, base_url="http://localhost:3000", follow_redirects=False) as client:
        client.headers.update(OURS)
        yield client


def led_to(answer: Response) -> tuple[str, dict[str, str]]:
    """Where an answer sends the browser."""
    assert answer.status_code == 303
    target = urlsplit(answer.headers["location"])
    return target.path, {name: values[0] for name, values in parse_qs(target.query).items()}


def ask(browser: TestClient, mobile: str = "98765 43210", **more: str) -> Response:
    return browser.post("/api/v1/sign-in/code", data={"mobile": mobile, "language": "en", **more})


def verify(browser: TestClient, code: str, **more: str) -> Response:
    return browser.post("/api/v1/sign-in/verify", data={"code": code, "language": "en", **more})


def sent() -> str:
    with session() as db:
        return latest(db, 1)[0].params["code"]


def test_a_number_and_its_code_lead_home(browser: TestClient):
    assert led_to(ask(browser)) == ("/sign-in/code", {"ending": "10", "minutes": "5"})
    assert led_to(verify(browser, sent())) == ("/home", {})
    assert led_to(browser.get("/")) == ("/home", {})


def test_a_newcomer_is_asked_for_a_name_and_a_language_before_anything_else(browser: TestClient):
    ask(browser, "98765 43211")
    assert led_to(verify(browser, sent(), next="/usage")) == ("/register/name", {"next": "/usage"})
    name = {"name": "  Rekha   Verma ", "language": "hi", "next": "/usage"}
    assert led_to(browser.post("/api/v1/register/name", data=name)) == ("/usage", {})
    with session() as db:
        found = db.exec(select(Person).where(Person.mobile == "+919876543211")).one()
    assert (found.name, found.language) == ("Rekha Verma", "hi")


def test_after_signing_in_one_is_where_one_wanted_to_be(browser: TestClient):
    _, carried = led_to(ask(browser, next="/usage?view=day"))
    assert carried["next"] == "/usage?view=day"
    assert verify(browser, sent(), next=carried["next"]).headers["location"] == "/usage?view=day"


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/\t/evil", "/\n/evil"]
)
def test_signing_in_never_leads_to_another_site(browser: TestClient, elsewhere: str):
    ask(browser)
    assert verify(browser, sent(), next=elsewhere).headers["location"] == "/home"


def test_known_and_unknown_numbers_get_the_same_answers(browser: TestClient):
    ask(browser)
    verify(browser, sent())
    with clock.at(NOON + timedelta(minutes=1)):
        known = ask(browser, "98765 43210").headers["location"]
        unknown = ask(browser, "98765 43310").headers["location"]
    assert known == unknown


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: TestClient, monkeypatch: pytest.MonkeyPatch
):
    ask(browser)
    [kept] = [
        each for each in verify(browser, sent()).headers.get_list("set-cookie") if each.startswith(SESSION_COOKIE)
    ]
    assert {"HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={30 * 86400}"} <= set(kept.split("; "))
    assert "Secure" not in kept
    monkeypatch.setenv("UPAY_PUBLIC_URL", "https://localhost:3000")
    settings.cache_clear()
    with clock.at(NOON + timedelta(minutes=1)):
        [waiting] = ask(browser).headers.get_list("set-cookie")
    assert waiting.startswith(WAITING_COOKIE)
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(waiting.split("; "))


def test_signing_in_again_ends_the_session_that_was(browser: TestClient):
    ask(browser)
    verify(browser, sent())
    first = browser.cookies[SESSION_COOKIE]
    with clock.at(NOON + timedelta(minutes=1)):
        ask(browser)
        verify(browser, sent())
        assert browser.cookies[SESSION_COOKIE] != first
        browser.cookies.set(SESSION_COOKIE, first)
        assert led_to(browser.get("/")) == ("/sign-in", {})


def test_signing_out_ends_the_session_on_the_server_too(browser: TestClient):
    ask(browser)
    verify(browser, sent())
    token = browser.cookies[SESSION_COOKIE]
    assert led_to(browser.post("/api/v1/sign-out")) == ("/sign-in", {})
    assert SESSION_COOKIE not in browser.cookies
    browser.cookies.set(SESSION_COOKIE, token)
    assert led_to(browser.get("/")) == ("/sign-in", {})


def test_what_was_mistyped_comes_back_with_its_reason(browser: TestClient):
    assert led_to(ask(browser, "98765")) == ("/sign-in", {"e": "sign_in.mobile_length", "digits": "5"})
    ask(browser)
    wrong = f"{(int(sent()) + 1) % 1_000_000:06d}"
    assert led_to(verify(browser, wrong, ending="10", minutes="5")) == (
        "/sign-in/code",
        {"e": "sign_in.code_wrong", "left": "4", "ending": "10", "minutes": "5"},
    )


def test_wrong_tries_are_counted_although_each_is_refused(browser: TestClient):
    ask(browser)
    code = sent()
    for _ in range(5):
        verify(browser, f"{(int(code) + 1) % 1_000_000:06d}")
    assert led_to(verify(browser, code))[1]["e"] == "sign_in.code_spent"


def test_a_new_code_goes_to_the_waiting_number_without_typing(browser: TestClient):
    ask(browser)
    first = sent()
    assert led_to(ask(browser, "", again="true"))[1] == {"e": "sign_in.too_soon", "seconds": "30"}
    with clock.at(NOON + timedelta(seconds=31)):
        assert led_to(ask(browser, "", again="true"))[0] == "/sign-in/code"
        assert led_to(verify(browser, first))[1]["e"] in ("sign_in.code_wrong", "sign_in.code_spent")
        assert led_to(verify(browser, sent())) == ("/home", {})


@pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
@pytest.mark.parametrize("route", ["/api/v1/sign-in/code", "/api/v1/sign-in/verify", "/api/v1/sign-out"])
def test_a_form_on_another_site_does_nothing(browser: TestClient, route: str, origin: str):
    ask(browser)
    verify(browser, sent())
    browser.post(route, data={"mobile": "9876543211", "code": "000000"}, headers={"Origin": origin})
    with session() as db:
        assert len(latest(db, 10)) == 1
    assert led_to(browser.get("/")) == ("/home", {})


@pytest.mark.parametrize("code", ["x" * 41, "1" * 5000])
def test_oversized_fields_are_refused_without_a_fault(browser: TestClient, code: str):
    ask(browser)
    assert verify(browser, code).status_code == 422
