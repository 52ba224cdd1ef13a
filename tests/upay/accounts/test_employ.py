"""Employing people: invited, accepted, changed, ended; within reach, for a reason, and the last key is kept."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, select
from typer.testing import CliRunner

from tests.upay.accounts.test_people import connect
from upay.accounts import (
    Act,
    Grant,
    Permission,
    Role,
    StaffMember,
    answer,
    change,
    employed,
    enrol,
    invitation,
    invite,
    open_session,
    person_with,
    staff_of_each,
    verify,
)
from upay.accounts.models import AuditEntry, Person, SignInSession, StaffRole
from upay.accounts.staff_cli import app
from upay.db import session
from upay.errors import Problem
from upay.network.models import Zone
from upay.notices import latest

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
ASHA, RAVI = "+919876543210", "+919876543211"

pytestmark = pytest.mark.usefixtures("database")


def act(by: int | None = None, reach: frozenset[int] | None = None, why: str = "new duty", now: datetime = NOW) -> Act:
    return Act(by, reach, why, "10.0.0.1", now)


def zone(db: Session, code: str) -> int:
    made = Zone(code=code, name=code, name_hi=code)
    db.add(made)
    db.flush()
    return made.id or 0


def at_desk(db: Session, person_id: int, now: datetime = NOW) -> StaffMember | Problem:
    """What a desk page would answer to the person, had they signed in with a second factor."""
    token = open_session(db, person_id, "", "", now)
    db.flush()
    for row in db.exec(select(SignInSession)):
        row.strong = True
        db.add(row)
    db.flush()
    return staff_of_each(db, [token], now)[token]


def held(db: Session, person_id: int) -> set[tuple[str, str, str]]:
    return {(each.role, each.zone, each.state) for one in employed(db, None, NOW, [person_id]) for each in one.roles}


def refused(code: str) -> "pytest.RaisesExc[Problem]":
    return pytest.raises(Problem, check=lambda problem: problem.code == code)


@pytest.fixture
def head() -> int:
    """An administrator of everything."""
    with session() as db:
        return enrol(db, ASHA, "Asha", [Grant(Role.ADMINISTRATOR)], act(why="first")).id or 0


def test_an_invitation_opens_nothing_until_it_is_accepted(head: int):
    with session() as db:
        ravi = invite(db, RAVI, "Ravi", [Grant(Role.OFFICER, zone(db, "Z1"))], act(head)).id or 0
        assert at_desk(db, ravi) == Problem("staff.invited", status=403)
        assert held(db, ravi) == {("officer", "Z1", "invited")}
        answer(db, ravi, True, "10.0.0.2", NOW)
        member = at_desk(db, ravi)
        assert isinstance(member, StaffMember)
        assert member.zone_ids(Permission.SEE_CONSUMERS) == {db.exec(select(Zone.id)).one()}
        assert not member.may(Permission.TEND_STAFF)
        assert "7 days" in latest(db, 1)[0].text or "7 दिन" in latest(db, 1)[0].text


def test_an_invitation_lapses_and_may_be_declined(head: int):
    with session() as db:
        ravi = invite(db, RAVI, "Ravi", [Grant(Role.OFFICER)], act(head)).id or 0
        with refused("staff.no_invitation"):
            answer(db, ravi, True, "", NOW + timedelta(days=7))
        answer(db, ravi, False, "", NOW)
        assert invitation(db, ravi, NOW) == []
        assert at_desk(db, ravi) == Problem("staff.not_staff", status=403)
        invite(db, RAVI, "Ravi", [Grant(Role.LINEMAN)], act(head))
        assert held(db, ravi) == {("lineman", "", "invited")}


def test_who_works_here_is_not_invited_again_and_keeps_the_name_they_gave(head: int):
    with refused("staff.works_here"), session() as db:
        invite(db, ASHA, "Somebody", [Grant(Role.LINEMAN)], act(head))
    with session() as db:
        person_with(db, RAVI, "en", NOW).name = "Ravi"
        assert invite(db, RAVI, "Other", [Grant(Role.LINEMAN)], act(head)).name == "Ravi"


def test_a_change_tells_what_was_held_before_and_giving_that_back_undoes_it(head: int):
    with session() as db:
        one, two = zone(db, "Z1"), zone(db, "Z2")
        ravi = enrol(db, RAVI, "Ravi", [Grant(Role.OFFICER, one)], act()).id or 0
        until = NOW + timedelta(days=30)
        before = change(db, ravi, [Grant(Role.OFFICER, two), Grant(Role.BILLING, None, until)], act(head))
        assert held(db, ravi) == {("officer", "Z2", "held"), ("billing", "", "held")}
        change(db, ravi, before, act(head, why="undone"))
        assert held(db, ravi) == {("officer", "Z1", "held")}


def test_a_role_ends_by_itself_and_by_hand(head: int):
    with session() as db:
        ravi = enrol(db, RAVI, "Ravi", [Grant(Role.BILLING, None, NOW + timedelta(days=1))], act()).id or 0
        assert isinstance(at_desk(db, ravi), StaffMember)
        assert isinstance(at_desk(db, ravi, NOW + timedelta(days=1)), Problem)
        change(db, ravi, [], act(head))
        assert isinstance(at_desk(db, ravi), Problem)


@pytest.mark.parametrize("why", ["", "  "])
def test_nothing_changes_without_a_reason(head: int, why: str):
    with refused("staff.why_missing"), session() as db:
        invite(db, RAVI, "Ravi", [Grant(Role.OFFICER)], act(head, why=why))


def test_an_administrator_of_a_zone_gives_and_ends_nothing_beyond_it(head: int):
    with session() as db:
        one, two = zone(db, "Z1"), zone(db, "Z2")
        ravi = enrol(db, RAVI, "Ravi", [Grant(Role.OFFICER, two)], act()).id or 0
    local = act(head, frozenset({one}))
    beyond = [[Grant(Role.OFFICER)], [Grant(Role.ADMINISTRATOR)], [Grant(Role.OFFICER, two), Grant(Role.BILLING)], []]
    for grants in beyond:
        with refused("staff.beyond_reach"), session() as db:
            change(db, ravi, grants, local)
    with session() as db:
        change(db, ravi, [Grant(Role.OFFICER, two), Grant(Role.LINEMAN, one)], local)
        assert held(db, ravi) == {("officer", "Z2", "held"), ("lineman", "Z1", "held")}


@pytest.mark.parametrize(
    "grants", [[], [Grant(Role.MANAGER)], [Grant(Role.ADMINISTRATOR, None, NOW + timedelta(days=900))]]
)
def test_an_administrator_cannot_give_up_the_last_key_they_hold(head: int, grants: list[Grant]):
    with session() as db:
        enrol(db, RAVI, "Ravi", [Grant(Role.ADMINISTRATOR)], act())
    with refused("staff.own_last_administrator"), session() as db:
        change(db, head, grants, act(head))
    with session() as db:
        assert held(db, head) == {("administrator", "", "held")}


def test_the_last_administrator_of_all_stays_whoever_asks(head: int):
    with refused("staff.no_administrator_left"), session() as db:
        change(db, head, [], act(None))


def test_everything_is_in_the_audit_log_with_reason_and_place(head: int):
    with session() as db:
        ravi = invite(db, RAVI, "Ravi", [Grant(Role.OFFICER)], act(head, why="joins")).id or 0
        answer(db, ravi, True, "10.0.0.2", NOW)
        change(db, ravi, [Grant(Role.LINEMAN)], act(head, why="moves"))
        told = [(e.actor, e.what, e.about, e.why, e.place) for e in db.exec(select(AuditEntry).order_by(AuditEntry.id))]
        assert verify(db).broken_at is None
    about = f"person:{ravi} role:{{}} zone:*"
    assert told == [
        (None, "staff.role_given", f"person:{head} role:administrator zone:*", "first", "10.0.0.1"),
        (head, "staff.role_offered", about.format("officer"), "joins", "10.0.0.1"),
        (ravi, "staff.role_accepted", about.format("officer"), "", "10.0.0.2"),
        (head, "staff.role_ended", about.format("officer"), "moves", "10.0.0.1"),
        (head, "staff.role_given", about.format("lineman"), "moves", "10.0.0.1"),
    ]


def test_a_refused_change_leaves_no_trace(head: int):
    with session() as db:
        before = len(db.exec(select(AuditEntry)).all())
    with pytest.raises(Problem), session() as db:
        change(db, head, [], act(head))
    with session() as db:
        assert len(db.exec(select(AuditEntry)).all()) == before
        assert len(db.exec(select(StaffRole)).all()) == 1


def test_enrolling_at_the_command_line_may_be_repeated_and_names_unknown_zones():
    with session() as db:
        connect(db, "1048217730")
    run = CliRunner()
    for _ in range(2):
        done = run.invoke(app, ["enrol", "98765 43210", "Asha", "administrator", "officer", "--zone", "Z"])
        assert done.exit_code == 0, done.output
    with session() as db:
        assert len(db.exec(select(StaffRole)).all()) == 2
        assert db.exec(select(Person.name)).one() == "Asha"
    assert "Asha" in run.invoke(app, ["list"]).output
    wrong = run.invoke(app, ["enrol", "98765 43210", "Asha", "officer", "--zone", "Q"])
    assert isinstance(wrong.exception, Problem) and wrong.exception.code == "staff.unknown_zone"
