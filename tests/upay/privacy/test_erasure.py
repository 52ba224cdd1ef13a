"""Being erased: a week to think, then once, all or nothing; and the table of what goes is whole."""

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Boolean, Integer
from sqlmodel import SQLModel, select

from tests.upay.consent.village import GRANDMOTHER, GRANDSON, HOUSE, NOW, build, code_on, rights_on
from upay import consent, notices, privacy
from upay.accounts import NO_RIGHTS, Right, open_session, person_of, person_with, verify
from upay.accounts.models import AccountLink, Person, SignInSession, StaffRole
from upay.consent.models import Consent
from upay.db import session
from upay.errors import Problem
from upay.migrations import metadata
from upay.notices.models import Message, NoticePreference
from upay.privacy.holdings import HOLDINGS, Fate
from upay.privacy.models import Erasure

WEEK = timedelta(days=7)


@pytest.fixture
def people(database: str) -> dict[str, int]:
    """The grandson may see the grandmother's usage; both are signed in."""
    made = build()
    with session() as db:
        asked = consent.ask(db, made[GRANDSON], HOUSE, [Right.USAGE], "family", "", "", NOW)
    with session() as db:
        consent.answer(db, made[GRANDSON], asked.ask_id, asked.handle, code_on(GRANDMOTHER), "", NOW)
        notices.choose(db, made[GRANDMOTHER], "bill", "sms", False, NOW)
    return made


def ask(person_id: int) -> int:
    with session() as db:
        return privacy.ask_erasure(db, person_id, NOW).id or 0


def erase(number: int, now=NOW + WEEK) -> bool:
    with session() as db:
        return privacy.erase(db, number, now)


def test_after_a_week_the_person_is_nobody_and_the_number_is_free(people):
    who = people[GRANDMOTHER]
    with session() as db:
        token = open_session(db, who, "a browser", "10.0.0.1", NOW)
    number = ask(who)
    assert not erase(number, NOW + WEEK - timedelta(seconds=1))
    with session() as db:
        assert privacy.due_erasures(db, NOW + WEEK) == [number]
    assert erase(number)
    with session() as db:
        person = db.get_one(Person, who)
        assert (person.mobile, person.name, person.email) == (f"x{who}", "", "")
        assert db.exec(select(AccountLink).where(AccountLink.person_id == who)).all() == []
        assert db.exec(select(NoticePreference)).all() == []
        assert person_of(db, token, NOW + timedelta(hours=1)) is None
        assert db.exec(select(Message).where(Message.to == GRANDMOTHER)).all() == []
        consents = db.exec(select(Consent).where(Consent.giver_id == who)).all()
        assert consents and all(each.mobile == "" and each.withdrawn_at for each in consents)
        assert person_with(db, GRANDMOTHER, "hi", NOW + WEEK).id != who
        assert verify(db).why == ""


def test_what_the_erased_owner_allowed_ends(people):
    assert rights_on(people[GRANDSON]) == {Right.USAGE}
    erase(ask(people[GRANDMOTHER]))
    assert rights_on(people[GRANDSON]) == NO_RIGHTS


def test_within_the_week_it_can_be_undone(people):
    number = ask(people[GRANDMOTHER])
    assert ask(people[GRANDMOTHER]) == number
    for _ in range(2):
        with session() as db:
            privacy.undo_erasure(db, people[GRANDMOTHER], NOW + timedelta(days=6))
    assert not erase(number)
    with session() as db:
        assert db.get_one(Person, people[GRANDMOTHER]).mobile == GRANDMOTHER
        assert privacy.pending_erasure(db, people[GRANDMOTHER]) is None


def test_it_is_done_once(people):
    number = ask(people[GRANDMOTHER])
    assert erase(number)
    assert not erase(number)


def test_a_member_of_staff_is_let_go_first(people):
    with session() as db:
        db.add(StaffRole(person_id=people[GRANDSON], role="auditor", since=NOW, accepted_at=NOW))
    with pytest.raises(Problem) as refused:
        ask(people[GRANDSON])
    assert refused.value.code == "privacy.is_staff"


def test_records_of_sign_ins_are_kept_180_days_longer(people):
    with session() as db:
        open_session(db, people[GRANDMOTHER], "a browser", "10.0.0.1", NOW)
        open_session(db, people[GRANDSON], "a browser", "10.0.0.1", NOW)
    erase(ask(people[GRANDMOTHER]))
    for days, left in ((179, 2), (180, 1)):
        with session() as db:
            privacy.forget_aged(db, NOW + WEEK + timedelta(days=days))
            assert len(db.exec(select(SignInSession)).all()) == left


_DIES_BEFORE_THE_END = """
import os, sys
from datetime import datetime
from upay import privacy
from upay.accounts import audit
from upay.db import session
from upay.privacy import erasure

erasure.record = lambda *_, **__: os.kill(os.getpid(), 9)
with session() as db:
    privacy.erase(db, int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


def test_an_erasing_that_was_killed_has_not_begun(people):
    number = ask(people[GRANDMOTHER])
    command = [sys.executable, "-c", _DIES_BEFORE_THE_END, str(number), (NOW + WEEK).isoformat()]
    killed = subprocess.run(command, env=os.environ, capture_output=True, check=False)
    assert killed.returncode == -9, killed.stderr
    with session() as db:
        assert db.get_one(Person, people[GRANDMOTHER]).mobile == GRANDMOTHER
        assert db.get_one(Erasure, number).done_at is None
    assert rights_on(people[GRANDSON]) == {Right.USAGE}
    assert erase(number)


def test_no_secret_of_an_erased_person_is_left(people):
    """Every table that keeps one gets a row; only the records of sign-ins, which are ended, wait for their day."""
    who, other = people[GRANDMOTHER], people[GRANDSON]
    secrets = {"password", "authenticator", "recoverycode", "passkey", "signinstep"}
    with session() as db:
        for person_id in (who, other):
            for table in secrets:
                db.connection().execute(metadata().tables[table].insert().values(filled(table, person_id)))
    erase(ask(who))
    with session() as db:
        for holding in HOLDINGS:
            rows = holding.rows
            left = db.connection().execute(rows.select().where(rows.c[holding.column] == who)).all()
            assert holding.fate is not Fate.REMOVED or left == [], holding.table
        for table in secrets:
            rows = metadata().tables[table]
            assert {row.person_id for row in db.connection().execute(rows.select())} == {other}, table
    kept = {holding.table for holding in HOLDINGS if holding.fate is not Fate.REMOVED}
    telling = ("hash", "sealed", "handle", "public_key", "credential", "secret")
    assert {
        column.table.name
        for table in kept
        for column in metadata().tables[table].columns
        if any(word in column.name for word in telling)
    } == {"signinsession"}


def filled(table: str, person_id: int) -> dict[str, Any]:
    """A row of a table for a person: something in every column that must have it."""
    row: dict[str, Any] = {}
    for column in metadata().tables[table].columns:
        if column.name == "person_id":
            row[column.name] = person_id
        elif column.name.endswith("_at"):
            row[column.name] = None if column.nullable else NOW
        elif isinstance(column.type, Boolean):
            row[column.name] = False
        elif not column.primary_key or not isinstance(column.type, Integer):
            row[column.name] = person_id if isinstance(column.type, Integer) else f"{table}{person_id}"
    return row


def test_every_column_that_points_to_a_person_is_in_the_table_of_holdings():
    pointing = {
        (table.name, column.name)
        for table in metadata().tables.values()
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == "person"
    }
    assert pointing == {(holding.table, holding.column) for holding in HOLDINGS}


def test_what_looks_like_a_secret_is_hidden_from_the_copy():
    metadata()
    secret = ("hash", "sealed", "handle", "public_key", "credential", "secret", "seal", "file")
    shown = [
        f"{holding.table}.{column.name}"
        for holding in HOLDINGS
        if holding.noun
        for column in SQLModel.metadata.tables[holding.table].columns
        if any(word in column.name for word in secret) and column.name not in holding.hidden
    ]
    assert shown == []
