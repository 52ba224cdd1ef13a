"""People and the connections they look after."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import Session, select
from typer.testing import CliRunner

from upay.accounts import ALL_RIGHTS, NO_RIGHTS, Right, allowed, connections_of, link, person_with
from upay.accounts.cli import app
from upay.accounts.models import AccountLink, Person
from upay.db import session
from upay.errors import Problem
from upay.network.models import Connection, Dtr, Feeder, Substation, Zone

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


def connect(db: Session, number: str, mobile: str | None = None) -> int:
    """A connection at the one DTR of a small network."""
    dtr = db.exec(select(Dtr)).first()
    if dtr is None:
        parent = None
        for place in (
            Zone(code="Z", name="Z", name_hi="Z"),
            Substation(code="S", name="S", name_hi="S", zone_id=0),
            Feeder(code="F", name="F", name_hi="F", substation_id=0),
            Dtr(code="D", name="D", name_hi="D", feeder_id=0, capacity_kva=100),
        ):
            for field in ("zone_id", "substation_id", "feeder_id"):
                if hasattr(place, field):
                    setattr(place, field, parent)
            db.add(place)
            db.flush()
            parent = place.id
            dtr = place
    made = Connection(
        number=number,
        dtr_id=dtr.id,
        consumer_name="Asha",
        mobile=mobile,
        tariff_id="up-lmv1-urban",
        sanctioned_load_w=2000,
    )
    db.add(made)
    db.flush()
    assert made.id is not None
    return made.id


def test_a_number_seen_for_the_first_time_becomes_a_person_without_connections():
    with session() as db:
        person = person_with(db, "+919876543210", "hi", NOW)
        assert connections_of(db, person.id or 0) == []
        assert person_with(db, "+919876543210", "en", NOW).id == person.id
        assert person.language == "hi"


def test_connections_registered_under_the_number_are_there_at_once_and_later_ones_at_the_next_sign_in():
    with session() as db:
        connect(db, "1048217730", mobile="+919876543210")
        connect(db, "1048217731", mobile="+919876543211")
        person = person_with(db, "+919876543210", "hi", NOW)
        assert [each.number for each in connections_of(db, person.id or 0)] == ["1048217730"]
        connect(db, "1048217732", mobile="+919876543210")
        person_with(db, "+919876543210", "hi", NOW)
        assert [each.number for each in connections_of(db, person.id or 0)] == ["1048217730", "1048217732"]


def test_an_owner_holds_all_rights_and_others_what_they_were_given():
    with session() as db:
        person = person_with(db, "+919876543210", "hi", NOW)
        for number, relation, rights in (("1", "owner", NO_RIGHTS), ("2", "friend", NO_RIGHTS), ("3", "family", "pay")):
            link(db, person.id or 0, connect(db, f"104821773{number}"), NOW, relation, {Right.PAY} if rights else ())
    with session() as db:
        held = {each.number[-1]: each.rights for each in connections_of(db, person.id or 0)}
    assert held == {"1": ALL_RIGHTS, "2": NO_RIGHTS, "3": {Right.PAY}}


@pytest.mark.parametrize("number", ["1048217731", "1048217732", "9999999999", "", "1048217730 "])
def test_another_persons_number_an_unknown_one_and_a_right_not_given_are_answered_alike(number: str):
    with session() as db:
        mine, _, friends = (connect(db, f"104821773{digit}") for digit in range(3))
        person = person_with(db, "+919876543210", "hi", NOW)
        link(db, person.id or 0, mine, NOW)
        link(db, person.id or 0, friends, NOW, "friend", {Right.PAY})
        own = connections_of(db, person.id or 0)
    assert allowed(own, "1048217730", Right.USAGE).id == mine
    assert allowed(own, "1048217732", Right.PAY).id == friends
    with pytest.raises(Problem) as refused:
        allowed(own, number, Right.USAGE)
    assert refused.value == Problem("accounts.not_yours", {"number": number}, 404)


def test_a_right_that_no_longer_exists_opens_nothing():
    with session() as db:
        mine = connect(db, "1048217730")
        person = person_with(db, "+919876543210", "hi", NOW)
        link(db, person.id or 0, mine, NOW, "friend", {Right.PAY})
        db.connection().execute(text("UPDATE accountlink SET rights = 'everything pay'"))
    with session() as db:
        assert connections_of(db, person.id or 0)[0].rights == {Right.PAY}


def test_linking_twice_is_linking_once():
    with session() as db:
        mine = connect(db, "1048217730")
        person = person_with(db, "+919876543210", "hi", NOW)
        assert link(db, person.id or 0, mine, NOW).id == link(db, person.id or 0, mine, NOW).id


def test_enrol_makes_person_and_link_and_may_be_run_again():
    with session() as db:
        connect(db, "1048217730")
    for _ in range(2):
        done = CliRunner().invoke(app, ["enrol", "98765 43210", "Asha", "1048217730", "--language", "en"])
        assert done.exit_code == 0, done.output
    with session() as db:
        person = db.exec(select(Person)).one()
        assert (person.mobile, person.name, person.language) == ("+919876543210", "Asha", "en")
        assert len(db.exec(select(AccountLink)).all()) == 1


def test_enrol_names_a_connection_that_does_not_exist():
    done = CliRunner().invoke(app, ["enrol", "9876543210", "Asha", "9999999999"])
    assert isinstance(done.exception, Problem)
    assert done.exception.code == "accounts.unknown_connection"
