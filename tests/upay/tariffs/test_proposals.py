"""A rate changes by a row that one person proposes and another approves."""
import json
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import select

from upay.accounts.models import AuditEntry, Person
from upay.db import session
from upay.errors import Problem
from upay.tariffs import book, considered, decide, pack_book, propose
from upay.tariffs.models import TariffDecision

NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
DAY = date(2027, 4, 1)
ROW = {
    "from": "2027-04-01",
    "source": "UPERC order FY 2027-28",
    "confidence": "A",
    "slabs": [{"from": 0, "to": 150, "rate": "5.80"}, {"from": 150, "rate": "6.40"}],
}


@pytest.fixture
def people(database):
    with session() as db:
        two = [Person(mobile=f"+91900000000{n}", created_at=NOW) for n in range(2)]
        db.add_all(two)
        db.flush()
        return [person.id for person in two]


def proposed(person_id, row=ROW, topic="energy", tariff="up-lmv1-urban", reason="The year's order"):
    with session() as db:
        return propose(db, tariff, topic, json.dumps(row), reason, person_id, "10.0.0.1", NOW).id


def decided(number, person_id, approved=True, reason=""):
    with session() as db:
        decide(db, number, approved, reason, person_id, "10.0.0.1", NOW)


def rates(day=DAY):
    with session() as db:
        return [slab.rate for slab in book(db).schedule("up-lmv1-urban", day).energy[0].slabs]


def test_what_a_second_person_approves_holds_from_its_day_on(people):
    number = proposed(people[0])
    assert rates() == [55_000, 60_000, 65_000]
    decided(number, people[1])
    assert rates() == [58_000, 64_000]
    assert rates(date(2027, 3, 31)) == [55_000, 60_000, 65_000]
    with session() as db:
        assert [entry.what for entry in db.exec(select(AuditEntry))] == ["tariff.proposed", "tariff.approved"]


def test_the_old_version_keeps_its_name_and_ends_the_day_before(people):
    before = pack_book().schedule("up-lmv1-urban", DAY)
    decided(proposed(people[0]), people[1])
    with session() as db:
        old, new = book(db).versions("up-lmv1-urban")
    assert (old.version, old.last) == (before.version, date(2027, 3, 31))
    assert new.version.startswith("up-lmv1-urban@2027-04-01.") and new.version != old.version


def test_a_rejected_row_changes_nothing(people):
    decided(proposed(people[0]), people[1], approved=False, reason="Not yet published")
    assert rates() == [55_000, 60_000, 65_000]
    with session() as db:
        assert [each.decision.reason for each in considered(db) if each.decision] == ["Not yet published"]


def refusal(act, *given, **more):
    with pytest.raises(Problem) as raised:
        act(*given, **more)
    return raised.value.code


def test_nobody_decides_on_their_own_proposal_or_twice(people):
    number = proposed(people[0])
    assert refusal(decided, number, people[0]) == "tariff.own_proposal"
    assert refusal(decided, number, people[1], approved=False) == "tariff.no_reason"
    decided(number, people[1])
    assert refusal(decided, number, people[1]) == "tariff.decided"
    assert refusal(decided, 99, people[1]) == "tariff.no_proposal"


def test_the_database_itself_refuses_the_proposer(people):
    number = proposed(people[0])
    for claimed in people:
        decision = TariffDecision(
            proposal_id=number, proposed_by=claimed, decided_by=people[0], approved=True, reason="", decided_at=NOW
        )
        with pytest.raises(DBAPIError), session() as db:
            db.add(decision)


@pytest.mark.parametrize("table", ["tariffproposal", "tariffdecision"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_every_change(people, table, change):
    decided(proposed(people[0]), people[1])
    with pytest.raises(DBAPIError, match="never changed"), session() as db:
        db.execute(text(change.format(table, "reason", "reason")))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"slabs": [{"from": 0, "to": 150, "rate": "5"}, {"from": 100, "rate": "6"}]}, "tariff.overlapping_slabs"),
        ({"slabs": [{"from": 0, "rate": "NaN"}]}, "tariff.bad_value"),
        ({"slabs": [{"from": 0, "rate": True}]}, "tariff.bad_value"),
        ({"confidence": "Z"}, "tariff.bad_value"),
        ({"from": "2027-02-30"}, "tariff.bad_value"),
        ({"more": 1}, "tariff.unknown_key"),
        ({"slabs": {}}, "tariff.bad_value"),
    ],
)
def test_a_proposal_is_held_to_the_same_schema_as_a_pack(people, change, code):
    with pytest.raises(Problem) as raised:
        proposed(people[0], ROW | change)
    assert raised.value.code == code and str(raised.value.params["place"]).startswith("energy")


def test_a_proposal_needs_a_reason_a_known_topic_and_a_difference(people):
    assert refusal(proposed, people[0], reason=" ") == "tariff.no_reason"
    assert refusal(proposed, people[0], topic="water") == "tariff.bad_row"
    assert refusal(proposed, people[0], tariff="up") == "tariff.unknown"
    decided(proposed(people[0]), people[1])
    assert refusal(proposed, people[0]) == "tariff.as_it_is"
    with pytest.raises(Problem, match=r"tariff\.bad_row"), session() as db:
        propose(db, "up-lmv1-urban", "energy", "[", "why", people[0], "", NOW)


def test_a_row_with_an_end_holds_for_its_days_and_then_the_earlier_one_again(people):
    row = {"from": "2027-01-01", "to": "2027-01-31", "source": "s", "confidence": "C", "on": ["energy"]}
    row["bands"] = [{"from": 0, "percent": 0}]
    decided(proposed(people[0], row, topic="duty"), people[1])
    with session() as db:
        segments = book(db).segments("up-lmv1-urban", date(2026, 12, 20), date(2027, 2, 10))
    assert [(each.first.isoformat(), each.schedule.duty.bands[0].percent) for each in segments] == [
        ("2026-12-20", 500),
        ("2027-01-01", 0),
        ("2027-02-01", 500),
    ]
