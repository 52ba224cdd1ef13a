"""Whoever has the database to themselves may change, remove, swap or slip in any entry of the audit log: found."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, text
from sqlmodel import col, select

from upay.accounts import record, verify
from upay.accounts.models import AuditEntry
from upay.db import engine, session

NOON, COUNT = datetime(2026, 11, 23, 6, 30, tzinfo=UTC), 6
Rows = list[dict[str, Any]]
PLACES = st.integers(0, COUNT - 1)
CHANGES: dict[str, Callable[[Any], Any]] = {
    "at": lambda value: value + timedelta(microseconds=1),
    "actor": lambda value: None if value else 1,
    "connection_id": lambda value: None if value else 1,
    **{name: lambda value: f"{value}x" for name in ("what", "about", "why", "place")},
    **{name: lambda value: ("1" if value[0] == "0" else "0") + value[1:] for name in ("before", "seal")},
}


@pytest.fixture
def written(sqlite: None) -> Rows:
    """A whole log without the triggers that would refuse what follows."""
    with session() as db:
        for number in range(COUNT):
            record(
                db, actor=number % 3 or None, what="staff.invited", about=str(number), connection_id=number % 2 or None,
                why="नया", where="10.0.0.1", now=NOON + timedelta(minutes=number),
            )  # fmt: skip
    with engine().begin() as connection:
        connection.execute(text("DROP TRIGGER auditentry_no_update"))
        connection.execute(text("DROP TRIGGER auditentry_no_delete"))
    with session() as db:
        return [entry.model_dump() for entry in db.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]


@st.composite
def tampered(draw: st.DrawFn) -> Callable[[Rows], Rows]:
    """One thing done to a log, to be given the log's rows."""
    place, other = draw(PLACES), draw(PLACES)
    name = draw(st.sampled_from(sorted(CHANGES)))
    how = draw(st.sampled_from(["change", "remove", "close up", "swap", "insert"]))

    def done(rows: Rows) -> Rows:
        rows = [dict(row) for row in rows]
        if how == "change":
            rows[place][name] = CHANGES[name](rows[place][name])
        elif how == "remove":
            del rows[place]
        elif how == "close up":
            del rows[place]
            rows = [row | {"id": number} for number, row in enumerate(rows, 1)]
        elif how == "swap":
            second = other if other != place else (place + 1) % COUNT
            rows[place], rows[second] = (
                rows[second] | {"id": rows[place]["id"]},
                rows[place] | {"id": rows[second]["id"]},
            )
        else:
            rows.insert(place, dict(rows[other]))
            rows = [row | {"id": number} for number, row in enumerate(rows, 1)]
        return rows

    return done


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(act=tampered())
def test_any_one_thing_done_to_any_entry_is_found(written: Rows, act: Callable[[Rows], Rows]):
    for rows, whole in ((act(written), False), (written, True)):
        with engine().begin() as connection:
            connection.execute(delete(AuditEntry))
            connection.execute(insert(AuditEntry), rows)
        with session() as db:
            assert (verify(db).broken_at is None) is whole
