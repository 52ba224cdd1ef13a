"""A copy of one's data: everything of the person, nothing of anybody else, no secret, for a day."""

import io
import json
import zipfile
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest
from sqlmodel import Session

from tests.upay.consent.village import GRANDMOTHER, GRANDSON, HOUSE, NOW, SHOP, build, code_on
from upay import consent, privacy
from upay.accounts import Right, open_session
from upay.db import session
from upay.errors import Problem
from upay.network.models import Connection, Meter, MeterInstallation
from upay.settings import settings

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def people(database: str) -> dict[str, int]:
    made = build()
    with session() as db:
        house = db.get_one(Connection, 1)
        db.add(Meter(serial="M1"))
        db.flush()
        began = NOW - timedelta(days=70)
        db.add(MeterInstallation(meter_id=1, connection_id=house.id, dtr_id=house.dtr_id, from_at=began))
        open_session(db, made[GRANDMOTHER], "a browser", "10.0.0.1", NOW)
        asked = consent.ask(db, made[GRANDSON], HOUSE, [Right.USAGE], "family", "Dadi", "", NOW)
    with session() as db:
        consent.answer(db, made[GRANDSON], asked.ask_id, asked.handle, code_on(GRANDMOTHER), "", NOW)
    return made


def readings(db: Session, connection_id: int, first: date, last: date) -> str:
    return f"start,import_wh\n{first}/{last},{connection_id}\n"


def bills(db: Session, connection_id: int):
    yield "2026-10.pdf", b"%PDF"


PARTS = privacy.Parts(readings, bills)


def built(person_id: int) -> tuple[int, zipfile.ZipFile]:
    with session() as db:
        number = privacy.ask_export(db, person_id, NOW).id or 0
        assert privacy.ask_export(db, person_id, NOW).id == number, "one under way is meant"
    with session() as db:
        taken = privacy.next_export(db, NOW)
    assert taken is not None and taken.id == number
    privacy.build_export(taken, session, PARTS, lambda: NOW)
    with session() as db:
        path = privacy.export_file(db, person_id, number, NOW)
    return number, zipfile.ZipFile(io.BytesIO(path.read_bytes()))


def test_a_copy_holds_a_file_a_noun_readings_by_month_and_bills(people):
    _, copy = built(people[GRANDMOTHER])
    told = {name: json.loads(copy.read(name)) for name in copy.namelist() if name.endswith(".json")}
    assert told["person.json"]["name"] == "Savitri"
    assert [row["number"] for row in told["connections.json"]] == [HOUSE]
    assert [row["receiver_id"] for row in told["consents.json"]] == [people[GRANDSON]]
    assert told["sign_ins.json"][0]["address"] == "10.0.0.1"
    assert "Rahul" in told["messages.json"][0]["text"]
    # 14 September to 23 November: three months, one heading
    assert copy.read(f"readings/{HOUSE}.csv").decode().splitlines() == [
        "start,import_wh",
        "2026-09-14/2026-09-30,1",
        "2026-10-01/2026-10-31,1",
        "2026-11-01/2026-11-23,1",
    ]
    assert copy.read(f"bills/{HOUSE}/2026-10.pdf") == b"%PDF"


def test_what_one_may_see_of_others_is_not_ones_own(people):
    _, copy = built(people[GRANDSON])
    assert json.loads(copy.read("connections.json")) == []
    assert not [name for name in copy.namelist() if name.startswith(("readings/", "bills/"))]
    whole = b"".join(copy.read(name) for name in copy.namelist() if name != "messages.json").decode()
    assert GRANDMOTHER not in whole and SHOP not in whole


def test_no_secret_is_in_a_copy(people):
    _, copy = built(people[GRANDMOTHER])
    for name in copy.namelist():
        for secret in ("token_hash", "code_hash", "handle", "sealed", "public_key"):
            assert f'"{secret}"' not in copy.read(name).decode(errors="replace"), name


def test_a_copy_is_there_for_its_person_alone_and_for_a_day(people):
    number, _ = built(people[GRANDMOTHER])
    for who, now in ((GRANDSON, NOW), (GRANDMOTHER, NOW + timedelta(days=1))):
        with pytest.raises(Problem) as refused, session() as db:
            privacy.export_file(db, people[who], number, now)
        assert (refused.value.code, refused.value.status) == ("privacy.no_export", 404)
    with session() as db:
        assert privacy.forget_exports(db, NOW + timedelta(days=1)) == 1
    assert list(settings().exports.iterdir()) == []
    with session() as db:
        assert privacy.latest_export(db, people[GRANDMOTHER], NOW) is None


def test_a_builder_that_died_is_followed_by_another_and_leaves_no_file(people):
    with session() as db:
        privacy.ask_export(db, people[GRANDMOTHER], NOW)
    with session() as db:
        first = privacy.next_export(db, NOW)
    with session() as db:
        assert privacy.next_export(db, NOW + timedelta(seconds=30)) is None

    def dying(db: Session, connection_id: int, first: date, last: date) -> str:
        raise OSError("the disk is full")

    assert first is not None
    with pytest.raises(OSError, match="disk"):
        privacy.build_export(first, session, privacy.Parts(dying, bills), lambda: NOW)
    assert list(settings().exports.iterdir()) == []
    with session() as db:
        again = privacy.next_export(db, NOW + timedelta(minutes=3))
    assert again is not None and again.id == first.id
    privacy.build_export(again, session, PARTS, lambda: NOW + timedelta(minutes=3))


def test_copies_are_not_made_without_end(people):
    for _ in range(5):
        built(people[GRANDSON])
    with pytest.raises(Problem) as refused, session() as db:
        privacy.ask_export(db, people[GRANDSON], NOW)
    assert refused.value.code == "privacy.too_many_exports"


def test_progress_is_told_while_it_goes_on(people):
    seen: list[int] = []

    def looking() -> AbstractContextManager[Session]:
        return session()

    def watched(db: Session, connection_id: int, first: date, last: date) -> str:
        with session() as other:
            found = privacy.latest_export(other, people[GRANDMOTHER], NOW)
            seen.append(found.percent if found else -1)
        return readings(db, connection_id, first, last)

    with session() as db:
        privacy.ask_export(db, people[GRANDMOTHER], NOW)
    with session() as db:
        taken = privacy.next_export(db, NOW)
    assert taken is not None
    privacy.build_export(taken, looking, privacy.Parts(watched, bills), lambda: NOW)
    # three months: 5 % before the first, then 5 + 85/3, 5 + 2·85/3
    assert seen == [0, 33, 61]
