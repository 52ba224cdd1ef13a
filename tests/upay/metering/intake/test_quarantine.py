"""Rows that wait until what was wrong has been mended."""
import pytest
from sqlmodel import select

from tests.upay.metering.intake.town import NOW, TEN_S, install, landed, row, send
from upay.db import session
from upay.metering import intake
from upay.metering.models import Quarantine, ReadBatch
from upay.network import bump_registry

pytestmark = pytest.mark.usefixtures("town")


def replayed(**chosen):
    """Replay and commit."""
    with session() as db:
        return intake.replay(db, NOW, **chosen)


def waiting(**chosen):
    """Row numbers and codes of what waits."""
    with session() as db:
        return [(held.row_number, held.code) for held in intake.held(db, **chosen)]


def mend(serial):
    """Bring an unknown meter into the register."""
    with session() as db:
        install(db, serial, 1)
        bump_registry(db)


def test_rows_of_a_meter_that_was_not_known_are_taken_once_it_is():
    send([row("N", wh=11), row("A"), row("N", wh=12, start="2026-11-23T10:30:00+05:30"), row("X")])
    mend("N")
    assert replayed() == {"tried": 3, "settled": 2}
    assert waiting() == [(4, "reads.unknown_meter")]
    assert landed().filter(wh=11)["start_s"].to_list() == [TEN_S]
    with session() as db:
        batch = db.exec(select(ReadBatch).where(ReadBatch.source == "replay:head-end:north")).one()
    assert (batch.accepted, batch.total_wh) == (2, 23)


def test_what_was_settled_is_never_taken_again():
    send([row("N")])
    mend("N")
    assert replayed()["settled"] == 1
    assert replayed() == {"tried": 0, "settled": 0}
    assert len(landed()) == 1


def test_rows_are_chosen_by_number_or_by_code():
    send([row("N"), row("O"), row("A", wh=-1)])
    mend("N")
    mend("O")
    with session() as db:
        second = intake.held(db)[1].id
    assert replayed(ids=[second]) == {"tried": 1, "settled": 1}
    assert replayed(code="reads.negative") == {"tried": 1, "settled": 0}
    assert waiting() == [(1, "reads.unknown_meter"), (3, "reads.negative")]


def test_a_row_that_fails_for_another_reason_now_says_so():
    send([row("N", wh=-1)])
    mend("N")
    replayed()
    assert waiting() == [(1, "reads.negative")]


def test_a_replay_is_held_to_the_zones_of_the_head_ends_keys_today():
    with session() as db:
        first, _ = intake.issue(db, "south", ["KNP"], NOW)
    send([row("A")], zones=first.zone_ids, source="head-end:south")
    assert replayed()["settled"] == 0
    with session() as db:
        intake.issue(db, "south", ["LKO"], NOW)
    assert replayed()["settled"] == 1


def test_nothing_of_a_head_end_without_a_key_in_force_is_taken():
    send([row("N")], source="head-end:south")
    mend("N")
    with session() as db:
        key, _ = intake.issue(db, "south", None, NOW)
        intake.revoke(db, key.id, NOW)
    assert replayed()["settled"] == 0


def test_lines_that_could_not_be_read_are_kept_but_never_tried():
    send(b'{"meter": "A", "start_s": 1795408200, "wh": 1}\n{"meter\n')
    with session() as db:
        assert db.exec(select(Quarantine.raw)).one() == {"line": '{"meter'}
    assert replayed() == {"tried": 0, "settled": 0}


def test_pages_of_the_quarantine_follow_on_one_another():
    send([row(f"X{n}") for n in range(5)])
    with session() as db:
        first = intake.held(db, limit=3)
        rest = intake.held(db, after=first[-1].id)
    assert [held.row_number for held in first + rest] == [1, 2, 3, 4, 5]
