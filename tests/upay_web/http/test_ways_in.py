"""Passwords, second factors and registering over plain forms; and that no answer tells a stranger who is known here."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlmodel import select

from tests.upay.accounts.test_people import connect
from tests.upay_web.http.test_sign_in import NOON, OURS, led_to
from upay import clock
from upay.accounts import SESSION_COOKIE, begin_authenticator, hashed, person_with, set_password
from upay.accounts.credentials import hashing
from upay.accounts.credentials.tables import Authenticator
from upay.accounts.models import AccountLink, Person, SignInSession, StaffRole
from upay.accounts.permissions import Role
from upay.consent.models import Consent
from upay.db import engine, session
from upay.notices import latest
from upay.settings import settings
from upay_web.http.app import api, layers

MOBILE, NAME, PASSWORD = "+919876543210", "asha.verma", "tangy mule on ice"


@pytest.fixture
def web(sqlite: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser, and one person known by name and password; hashes are made cheaply."""
    monkeypatch.setenv("UPAY_PASSWORD_MEMORY_MIB", "19")
    monkeypatch.setenv("UPAY_PASSWORD_PASSES", "1")
    settings.cache_clear()
    app: Any = api
    for layer in layers:
        app = layer(app)
    with session() as db:
        connect(db, "1048217730", mobile=MOBILE)
        connect(db, "1048217731")
        person = person_with(db, MOBILE, "en", NOON)
        person.name = "Asha"
        set_password(db, person.id or 0, NAME, hashed(PASSWORD), NOON)
    with clock.at(NOON), TestClient(app, base_url="http://localhost:3000", follow_redirects=False) as client:
        client.headers.update(OURS)
        yield client


def sign_in(web: TestClient, name: str = NAME, password: str = PASSWORD) -> tuple[str, dict[str, str]]:
    return led_to(web.post("/api/v1/sign-in/password", data={"name": name, "password": password}))


def app_of_asha() -> pyotp.TOTP:
    """An authenticator app in force."""
    with session() as db:
        person_id = db.exec(select(Person.id).where(Person.mobile == MOBILE)).one() or 0
        secret = begin_authenticator(db, person_id, NOON)
        db.flush()
        db.exec(select(Authenticator)).one().confirmed_at = NOON
    return pyotp.TOTP(secret)


@pytest.mark.parametrize("name", [NAME, "Asha Verma".replace(" ", "."), "ASHAVERMA", "98765 43210", "+९१ ९८७६५ ४३२१०"])
def test_a_name_or_number_and_the_password_lead_home(web: TestClient, name: str):
    assert sign_in(web, name) == ("/home", {})
    assert led_to(web.get("/")) == ("/home", {})


def test_who_works_here_and_has_no_connection_begins_at_the_desk(web: TestClient):
    with session() as db:
        works = person_with(db, "+919876543219", "en", NOON)
        set_password(db, works.id or 0, "works.here", hashed(PASSWORD), NOON)
        for mobile in (MOBILE, works.mobile):
            person_id = db.exec(select(Person.id).where(Person.mobile == mobile)).one() or 0
            db.add(StaffRole(person_id=person_id, role=Role.OFFICER, zone_id=None, since=NOON, accepted_at=NOON))
    sign_in(web, "works.here")
    assert led_to(web.get("/")) == ("/desk", {})
    web.cookies.clear()
    sign_in(web)
    assert led_to(web.get("/")) == ("/home", {})


def work_of(web: TestClient, monkeypatch: pytest.MonkeyPatch, path: str, data: dict[str, str]) -> tuple[Any, int, int]:
    """Where a form leads, how many statements that took, and how many hashes were computed."""
    statements, hashes = [], []
    checked = hashing.is_right
    monkeypatch.setattr("upay_web.http.sign_in.is_right", lambda *of: hashes.append(1) or checked(*of))

    def count(*told: Any) -> None:
        statements.append(told[2])

    event.listen(engine(), "before_cursor_execute", count)
    answer = led_to(web.post(path, data=data))
    event.remove(engine(), "before_cursor_execute", count)
    return answer, len(statements), len(hashes)


def test_wrong_and_unknown_names_get_one_answer_for_one_amount_of_work(web: TestClient, monkeypatch: Any):
    told = [
        work_of(web, monkeypatch, "/api/v1/sign-in/password", {"name": name, "password": "wrong password"})
        for name in (NAME, "nobody.here", "9876543210", "9876543999")
    ]
    assert told == [(("/sign-in/password", {"e": "sign_in.password_wrong", "at": "password"}), told[0][1], 1)] * 4


def test_a_locked_name_reads_the_same_whether_or_not_anybody_has_it(web: TestClient):
    for name in (NAME, "nobody.here"):
        told = [sign_in(web, name, "wrong password")[1]["e"] for _ in range(6)]
        assert told == ["sign_in.password_wrong"] * 5 + ["sign_in.locked"]


def test_known_unknown_and_unreachable_consumer_numbers_get_one_answer_for_one_amount_of_work(
    web: TestClient, monkeypatch: Any
):
    path = "/api/v1/register/account/code"
    numbers = ("1048217730", "1048217731", "1048217799")
    told = [work_of(web, monkeypatch, path, {"number": number}) for number in numbers]
    assert len({work for _, work, _ in told}) == 1
    assert {(page, tuple(query)) for (page, query), _, _ in told} == {
        ("/register/account/code", ("ending", "minutes"))
    }
    with session() as db:
        assert [message.to for message in latest(db, 10)] == [MOBILE]


def test_the_code_of_a_consumer_number_makes_its_owner(web: TestClient):
    web.post("/api/v1/register/account/code", data={"number": "१०४८ २१७ ७३०"})
    with session() as db:
        code = latest(db, 1)[0].params["code"]
    path = "/api/v1/register/account/verify"
    assert led_to(web.post(path, data={"code": " ".join(code)})) == ("/home", {})
    with session() as db:
        assert db.exec(select(AccountLink.relation)).all() == ["owner"]


@pytest.mark.parametrize(
    ("way", "typed"), [("sign-in", {"mobile": MOBILE}), ("register/account", {"number": "1048217730"})]
)
def test_who_arrives_by_a_code_has_agreed_to_the_notice_once(web: TestClient, way: str, typed: dict[str, str]):
    for minutes in (0, 5):
        with clock.at(NOON + timedelta(minutes=minutes)):
            web.post(f"/api/v1/{way}/code", data=typed)
            with session() as db:
                code = latest(db, 1)[0].params["code"]
            assert led_to(web.post(f"/api/v1/{way}/verify", data={"code": code}))[0] == "/home"
    with session() as db:
        agreed = db.exec(select(Consent.purpose, Consent.version, Consent.how, Consent.mobile)).all()
    assert agreed == [("account", 1, "code", MOBILE)]


def test_a_code_of_one_way_in_is_none_for_another(web: TestClient):
    web.post("/api/v1/register/account/code", data={"number": "1048217730"})
    with session() as db:
        code = latest(db, 1)[0].params["code"]
    assert led_to(web.post("/api/v1/sign-in/verify", data={"code": code}))[1]["e"] == "sign_in.code_expired"


def test_an_app_in_force_is_asked_for_and_each_of_its_codes_is_good_once(web: TestClient):
    app = app_of_asha()
    assert sign_in(web) == ("/sign-in/second", {})
    assert SESSION_COOKIE not in web.cookies
    code = app.at(NOON)
    wrong = f"{(int(code) + 500_000) % 10**6:06d}"
    assert led_to(web.post("/api/v1/sign-in/second", data={"code": wrong}))[1]["e"] == "sign_in.second_wrong"
    assert led_to(web.post("/api/v1/sign-in/second", data={"code": code})) == ("/home", {})
    with session() as db:
        assert db.exec(select(SignInSession.strong)).one()
    web.cookies.clear()
    sign_in(web)
    assert led_to(web.post("/api/v1/sign-in/second", data={"code": code}))[1]["e"] == "sign_in.second_wrong"


def test_a_planted_session_cookie_is_never_adopted(web: TestClient):
    planted = {"Cookie": f"{SESSION_COOKIE}={'planted' * 6}"}
    told = web.post("/api/v1/sign-in/password", data={"name": NAME, "password": PASSWORD}, headers=planted)
    [given] = [each for each in told.headers.get_list("set-cookie") if each.startswith(SESSION_COOKIE)]
    assert "planted" not in given


def test_what_opens_the_account_changes_only_for_who_has_lately_proved_who_they_are(web: TestClient):
    sign_in(web)
    with clock.at(NOON + timedelta(minutes=11)):
        told = web.post("/api/v1/account/authenticator/begin", headers={"Referer": "http://localhost:3000/account/security"})
        assert led_to(told) == ("/account/confirm", {"next": "/account/security"})
        proof = {"password": PASSWORD, "next": "/account/security"}
        assert led_to(web.post("/api/v1/confirm/password", data=proof)) == ("/account/security", {})
        assert led_to(web.post("/api/v1/account/authenticator/begin"))[0] == "/account/authenticator"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "sign_in.password_short"),
        ("x" * 129, "sign_in.password_long"),
        ("P@ssw0rd!2024", "sign_in.password_common"),
        ("jai shri ram 108", "sign_in.password_common"),
        ("xk 9876543210 q", "sign_in.password_own"),
        ("my asha.verma yes", "sign_in.password_own"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused_with_its_reason(web: TestClient, password: str, code: str):
    sign_in(web)
    told = led_to(web.post("/api/v1/account/password", data={"name": NAME, "password": password}))
    assert (told[0], told[1]["e"], told[1]["at"]) == ("/account/password", code, "password")


def test_a_new_password_signs_out_every_other_browser_and_is_told(web: TestClient):
    sign_in(web)
    elsewhere = web.cookies[SESSION_COOKIE]
    web.cookies.clear()
    sign_in(web)
    told = web.post("/api/v1/account/password", data={"name": NAME, "password": "my green kettle sings"})
    assert led_to(told) == ("/account/security", {"done": "password"})
    assert led_to(web.get("/")) == ("/home", {})
    web.cookies.clear()
    web.cookies.set(SESSION_COOKIE, elsewhere)
    assert led_to(web.get("/")) == ("/sign-in", {})
    with session() as db:
        assert latest(db, 1)[0].template == "security.message_password"


def test_another_number_needs_both_and_connections_follow(web: TestClient):
    sign_in(web)
    base = "/api/v1/account/mobile"
    assert led_to(web.post(f"{base}/new", data={"mobile": "9876543299"}))[1]["e"] == "security.mobile_again"
    web.post(f"{base}/old")
    web.post(f"{base}/old/verify", data={"code": _code()})
    web.post(f"{base}/new", data={"mobile": "98765 43299"})
    assert led_to(web.post(f"{base}/new/verify", data={"code": _code()})) == ("/account/security", {"done": "mobile"})
    with session() as db:
        assert db.exec(select(Person.mobile)).one() == "+919876543299"
        assert {message.to for message in latest(db, 2)} == {MOBILE, "+919876543299"}
        newcomer = person_with(db, MOBILE, "en", NOON)
        assert db.exec(select(AccountLink).where(AccountLink.person_id == newcomer.id)).all() == []


def _code() -> str:
    with session() as db:
        return latest(db, 1)[0].params["code"]
