"""The outbox: a message once per thing it tells, in the person's language."""

from datetime import UTC, datetime, timedelta

import pytest

from upay.db import session
from upay.notices import latest, queue

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def put(key: str, language: str = "hi", now: datetime = NOW) -> int | None:
    with session() as db:
        return queue(
            db,
            key=key,
            to="+919876543210",
            template="sign_in.message_sign_in",
            params={"code": "123456", "minutes": 5, "site": "upay.example"},
            language=language,
            now=now,
        ).id


def test_the_same_thing_is_told_once():
    assert put("a") == put("a")
    with session() as db:
        assert len(latest(db, 10)) == 1


def test_each_language_has_its_own_words():
    put("a", "hi")
    put("b", "en", NOW + timedelta(seconds=1))
    with session() as db:
        english, hindi = latest(db, 2)
    assert hindi.text.startswith("123456 आपका UPAY लॉगिन कोड है")
    assert english.text.startswith("123456 is your UPAY sign-in code")
