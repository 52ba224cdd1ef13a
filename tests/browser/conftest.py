"""Signed in as persons of the demonstration fleet; each signs in once, for codes are rationed."""
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.harness.product import Product
from tests.harness.sources import ROOT


@dataclass
class Meter:
    """A connection's meter, and its head-end's way to the doors."""

    serial: str
    number: str
    doors: httpx.Client

    def send(self, door: str, **row: Any) -> dict[str, Any]:
        """Post one row; returns the answer. Fails when it is not taken."""
        body = json.dumps({"meter": self.serial, **row})
        answer = self.doors.post(f"/api/v1/{door}", content=body, headers={"Content-Type": "application/x-ndjson"})
        assert answer.status_code == 200 and answer.json()["accepted"] == 1, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def people(product: Product) -> dict[str, dict[str, Any]]:
    """The demonstration's persons by kind: home, solar, family, shop."""
    told = json.loads((product.var / "demo" / "sign-ins.json").read_text())
    return {person["kind"]: person for person in told}


@pytest.fixture(scope="session")
def held() -> dict[str, Any]:
    """The cookies of the kinds of persons that have signed in."""
    return {}


@pytest.fixture(scope="module")
def cookies(
    browser: Browser, product: Product, people: dict[str, Any], held: dict[str, Any]
) -> Callable[[str], Any]:
    """Signs a kind of person in, the first time through the pages."""

    def of(kind: str) -> Any:
        if kind not in held:
            context = browser.new_context(base_url=product.url)
            page = context.new_page()
            page.goto("/sign-in")
            page.locator("input[name=mobile]").fill(people[kind]["mobile"])
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("/sign-in/code"))
            inbox = context.new_page()
            inbox.goto("/inbox")
            code = re.search(r"\b\d{6}\b", inbox.locator("main li", has_text=_grouped(people[kind])).first.inner_text())
            assert code
            page.locator("input[name=code]").fill(code.group())
            page.keyboard.press("Enter")
            page.wait_for_url(re.compile("/home"))
            held[kind] = context.cookies()
            context.close()
        return held[kind]

    return of


def _grouped(person: dict[str, Any]) -> str:
    digits = re.sub(r"\D", "", person["mobile"])[-10:]
    return f"{digits[:5]} {digits[5:]}"


@pytest.fixture
def signed_in(page: Page, cookies: Callable[[str], Any]) -> Callable[[str], Page]:
    """The phone of this test, signed in as a kind of person, in English."""

    def as_kind(kind: str) -> Page:
        page.context.add_cookies(cookies(kind))
        page.context.add_init_script("localStorage.setItem('upay.language', 'en')")
        return page

    return as_kind


@pytest.fixture
def meter(product: Product, people: dict[str, Any]) -> Iterator[Callable[[str], Meter]]:
    """The meter of a person's first connection."""
    key = (product.var / "demo" / "headend.key").read_text().strip()
    with httpx.Client(base_url=product.url, headers={"Authorization": f"Bearer {key}"}) as doors:

        def of(kind: str) -> Meter:
            number = people[kind]["connections"][0]
            return Meter(_serial(product, number), number, doors)

        yield of


@dataclass(frozen=True)
class Place:
    """A day of a connection that one of the persons looks after."""

    kind: str
    number: str
    day: str


@pytest.fixture(scope="session")
def day_where(product: Product, people: dict[str, Any]) -> Callable[[str], Place]:
    """The latest closed day of any person's connection that meets an SQL condition on its roll-up."""

    def of(condition: str) -> Place:
        kinds = {number: kind for kind, person in people.items() for number in person["connections"]}
        with sqlite3.connect(f"file:{product.var / 'upay.db'}?mode=ro", uri=True) as db:
            found = db.execute(
                "SELECT c.number, d.day FROM connectionday d JOIN connection c ON c.id = d.connection_id"
                f" WHERE c.number IN ({', '.join('?' * len(kinds))}) AND {condition} ORDER BY d.day DESC, c.number",
                list(kinds),
            ).fetchone()
        assert found, f"the demonstration has no day with {condition}"
        return Place(kinds[found[0]], *found)

    return of


def _serial(product: Product, number: str) -> str:
    with sqlite3.connect(f"file:{product.var / 'upay.db'}?mode=ro", uri=True) as db:
        return db.execute(
            "SELECT m.serial FROM meter m JOIN meterinstallation i ON i.meter_id = m.id"
            " JOIN connection c ON c.id = i.connection_id WHERE c.number = ? AND i.to_at IS NULL",
            [number],
        ).fetchone()[0]


_SIGN_IN = """
import sys
from datetime import timedelta
from upay import clock
from upay.accounts import open_session, person_with
from upay.accounts.models import SignInSession
from upay.db import session
from sqlmodel import select

with session() as db:
    person = person_with(db, sys.argv[1], "en", clock.now())
    print(open_session(db, person.id, "test", "", clock.now()))
    db.flush()
    for row in db.exec(select(SignInSession).where(SignInSession.person_id == person.id)):
        row.strong = sys.argv[2] == "strong"
        row.proved_at = clock.now() if sys.argv[3] == "fresh" else clock.now() - timedelta(days=1)
        db.add(row)
"""


@pytest.fixture
def token_of(product: Product, people: dict[str, Any]) -> Callable[..., str]:
    """Opens a session for a kind of person, or for a mobile number; gives its token."""

    def opened(kind: str, strong: bool = True, fresh: bool = True) -> str:
        mobile = people[kind]["mobile"] if kind in people else kind
        how = "strong" if strong else "weak", "fresh" if fresh else "stale"
        command = [sys.executable, "-c", _SIGN_IN, mobile, *how]
        done = subprocess.run(command, env=product.environment, cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    return opened


@pytest.fixture
def at_desk(page: Page, product: Product, token_of: Callable[..., str]) -> Callable[..., Page]:
    """A desk, 1280 px wide, in English, signed in as one of the staff (a kind of person, or a mobile number).

    strong: they have shown a second factor.  fresh: they have shown just now who they are.
    """

    def as_kind(kind: str, strong: bool = True, fresh: bool = True) -> Page:
        token = token_of(kind, strong, fresh)
        page.context.clear_cookies()
        page.context.add_cookies([{"name": "upay_session", "value": token, "url": product.url}])
        page.context.add_init_script("localStorage.setItem('upay.language', 'en')")
        page.set_viewport_size({"width": 1280, "height": 900})
        return page

    return as_kind
