"""Sessions: a random token in the browser, its hash in the database, an end, and an end by disuse."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update
from sqlmodel import select

from upay.accounts import end_session, open_session, person_of, person_with, seen, write_seen
from upay.accounts.keys import keep
from upay.accounts.models import SignInSession
from upay.db import session
from upay.settings import settings

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_noted", {})


def signed_in(now: datetime = NOON) -> str:
    with session() as db:
        person = person_with(db, "+919876543210", "hi", now)
        return open_session(db, person.id or 0, "a browser", "10.0.0.1", now)


def asked(token: str | None, now: datetime) -> str | None:
    with session() as db:
        found = person_of(db, token, now)
        return found.mobile if found else None


def written() -> int:
    with session() as db:
        return write_seen(db)


def last_seen() -> datetime:
    with session() as db:
        return db.exec(select(SignInSession.last_seen_at)).one()


def test_the_token_tells_who_is_signed_in():
    assert asked(signed_in(), NOON) == "+919876543210"


@pytest.mark.parametrize("token", [None, "", "made-up", "x" * 5000])
def test_no_other_token_does(token: str | None):
    signed_in()
    assert asked(token, NOON) is None


def test_every_sign_in_makes_a_token_of_its_own():
    assert signed_in() != signed_in()


def test_the_token_itself_is_not_kept():
    token = signed_in()
    with session() as db:
        row = db.exec(select(SignInSession)).one()
    assert token not in row.model_dump_json()


def test_a_session_that_is_not_used_for_a_week_ends():
    token = signed_in()
    assert asked(token, NOON + timedelta(days=7)) is None


def test_a_used_session_lives_on_but_not_beyond_thirty_days():
    token = signed_in()
    for day in range(5, 30, 5):
        assert asked(token, NOON + timedelta(days=day))
        written()
    assert asked(token, NOON + timedelta(days=30)) is None


def test_looking_again_soon_notes_nothing():
    token = signed_in()
    asked(token, NOON + timedelta(minutes=14))
    assert (written(), last_seen()) == (0, NOON)


def test_a_look_writes_nothing_itself():
    token, later = signed_in(), NOON + timedelta(hours=1)
    asked(token, later)
    assert last_seen() == NOON
    assert (written(), last_seen(), written()) == (1, later, 0)


def test_a_look_does_not_wait_for_whoever_writes_sessions():
    token, later = signed_in(), NOON + timedelta(hours=1)
    with session() as db:
        db.exec(update(SignInSession).values(user_agent="another"))
        with ThreadPoolExecutor(1) as other:
            assert other.submit(asked, token, later).result(timeout=5) == "+919876543210"


def test_a_write_that_fails_refuses_nobody_and_is_made_up_for():
    token, later = signed_in(), NOON + timedelta(hours=1)
    asked(token, later)
    with pytest.raises(ConnectionError), session() as db:
        write_seen(db)
        raise ConnectionError("away")
    assert (asked(token, later), last_seen()) == ("+919876543210", NOON)
    assert (written(), last_seen()) == (1, later)


def test_a_later_look_stays_whoever_writes_last():
    token = signed_in()
    asked(token, NOON + timedelta(hours=1))
    with session() as db:
        db.exec(update(SignInSession).values(last_seen_at=NOON + timedelta(hours=2)))
    written()
    assert last_seen() == NOON + timedelta(hours=2)


def test_signing_out_ends_this_session_and_no_other():
    here, elsewhere = signed_in(), signed_in()
    for _ in range(2):
        with session() as db:
            end_session(db, here, NOON)
    assert asked(here, NOON) is None
    assert asked(elsewhere, NOON)


def test_the_installations_key_is_its_own_and_readable_by_nobody_else():
    signed_in()
    path = settings().var / "secret.key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_bytes()) == 32


def test_what_is_kept_depends_on_what_it_is_for():
    assert keep("session", "a") != keep("handle", "a")
