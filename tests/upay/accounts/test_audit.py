"""The audit log: what was written stays, whatever is done to it is found, and writers at once keep one chain."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from upay.accounts import record, verify
from upay.accounts.models import AuditEntry
from upay.db import engine, session

NOON = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
IST = timezone(timedelta(hours=5, minutes=30))


def written(count: int) -> None:
    for number in range(count):
        with session() as db:
            record(db, actor=7, what="staff.invited", about=str(number), why="नया", where="10.0.0.1", now=NOON)


def unsealed(*statements: str) -> None:
    """Do to the log what its triggers refuse, as somebody may who has the database to themselves."""
    with engine().begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER auditentry_no_update"))
            connection.execute(text("DROP TRIGGER auditentry_no_delete"))
        else:
            connection.execute(text("DROP TRIGGER auditentry_stays ON auditentry"))
        for statement in statements:
            connection.execute(text(statement))


def test_an_empty_log_holds_together(database: str):
    with session() as db:
        assert verify(db) == (found := verify(db)) and (found.entries, found.broken_at) == (0, None)


def test_entries_are_numbered_without_gaps_and_hold_together(database: str):
    written(3)
    with session() as db:
        found = verify(db)
        last = db.exec(select(AuditEntry).where(AuditEntry.id == 3)).one()
    assert (found.entries, found.seal, found.broken_at, found.why) == (3, last.seal, None, "")


def test_an_entry_tells_the_same_moment_wherever_its_time_was_taken(database: str):
    with session() as db:
        record(db, actor=None, what="staff.invited", now=NOON.astimezone(IST) + timedelta(microseconds=5))
    with session() as db:
        assert verify(db).broken_at is None


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(database: str):
    written(1)
    with pytest.raises(ZeroDivisionError), session() as db:
        record(db, actor=7, what="staff.invited", now=NOON)
        raise ZeroDivisionError
    written(1)
    with session() as db:
        assert verify(db).entries == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE auditentry SET why = 'other' WHERE id = 2",
        "DELETE FROM auditentry WHERE id = 3",
        "DELETE FROM auditentry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(database: str, change: str):
    written(3)
    with pytest.raises(DBAPIError, match="never changed or removed"), session() as db:
        db.connection().execute(text(change))
    with session() as db:
        assert verify(db).entries == 3


@pytest.mark.parametrize(
    ("change", "at", "why"),
    [
        ("UPDATE auditentry SET why = 'other' WHERE id = 2", 2, "audit.wrong_seal"),
        ("UPDATE auditentry SET actor = NULL WHERE id = 1", 1, "audit.wrong_seal"),
        ("UPDATE auditentry SET connection_id = 4 WHERE id = 4", 4, "audit.wrong_seal"),
        ("UPDATE auditentry SET before = seal WHERE id = 3", 3, "audit.wrong_before"),
        ("DELETE FROM auditentry WHERE id = 2", 2, "audit.gap"),
        ("DELETE FROM auditentry WHERE id = 1", 1, "audit.gap"),
        ("DELETE FROM auditentry WHERE id > 2", 3, "audit.wrong_count"),
        ("DELETE FROM counter WHERE name = 'audit'", 1, "audit.wrong_count"),
        (
            """INSERT INTO auditentry SELECT 5, at, actor, what, about, connection_id, why, place, seal, seal
            FROM auditentry WHERE id = 4""",
            5,
            "audit.wrong_seal",
        ),
    ],
)
def test_what_somebody_does_past_the_triggers_is_found(database: str, change: str, at: int, why: str):
    written(4)
    unsealed(change)
    with session() as db:
        found = verify(db)
    assert (found.broken_at, found.why) == (at, why)


def test_a_log_that_was_cut_with_its_counter_is_found_by_what_was_noted_elsewhere(database: str):
    written(4)
    with session() as db:
        noted = (4, verify(db).seal)
    unsealed("DELETE FROM auditentry WHERE id > 2", "UPDATE counter SET value = 2 WHERE name = 'audit'")
    with session() as db:
        assert verify(db).broken_at is None
        assert (verify(db, noted).broken_at, verify(db, noted).why) == (3, "audit.not_as_noted")
    written(2)
    with session() as db:
        assert verify(db, noted).why == ("audit.not_as_noted" if verify(db).seal != noted[1] else "")


def test_writers_at_once_make_one_chain(database: str):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: written(5), range(6)))
    with session() as db:
        assert (verify(db).entries, verify(db).broken_at) == (30, None)


_DIES_BEFORE_ITS_COMMIT = """
import os
from upay import clock
from upay.accounts import record
from upay.db import session

with session() as db:
    record(db, actor=7, what="staff.invited", now=clock.now())
    os.kill(os.getpid(), 9)
"""


def test_a_writer_that_is_killed_leaves_nothing_and_stops_nobody(database: str):
    written(2)
    assert subprocess.run([sys.executable, "-c", _DIES_BEFORE_ITS_COMMIT], check=False).returncode == -9
    written(1)
    with session() as db:
        assert (verify(db).entries, verify(db).broken_at) == (3, None)
