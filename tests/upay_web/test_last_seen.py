"""A web worker writes which sessions were seen, as long as it runs and once more when it ends."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from upay.accounts import open_session, person_of, person_with, seen
from upay.accounts.models import SignInSession
from upay.db import session
from upay_web import last_seen
from upay_web.last_seen import keeping_last_seen

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)


@pytest.fixture(autouse=True)
def nothing_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_noted", {})


def seen_later() -> None:
    with session() as db:
        person = person_with(db, "+919876543210", "hi", NOON)
        token = open_session(db, person.id or 0, "a browser", "10.0.0.1", NOON)
    with session() as db:
        assert person_of(db, token, LATER)


def written() -> datetime:
    with session() as db:
        return db.exec(select(SignInSession.last_seen_at)).one()


async def test_a_worker_that_ends_leaves_nothing_unwritten(sqlite):
    async with keeping_last_seen():
        seen_later()
        assert written() == NOON
    assert written() == LATER


async def test_a_failing_write_does_not_end_the_worker(sqlite, monkeypatch):
    def fail(_db) -> int:
        raise ConnectionError("away")

    monkeypatch.setattr(last_seen, "write_seen", fail)
    async with keeping_last_seen():
        seen_later()
    assert written() == NOON
