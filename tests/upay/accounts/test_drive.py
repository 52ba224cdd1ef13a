"""The drive for mobile numbers: what counts as verified, zones, search, order, pages; nothing of other zones."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import col, select, update

from tests.upay.accounts.test_people import connect
from upay.accounts import Reach, Wanted, by_zone, check_code, every, page_of, send_code
from upay.db import session
from upay.network.models import Connection, Zone
from upay.notices import latest

NOW = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("database")
NUMBERS = {
    "1048217730": "+919876543210",
    "1048217731": None,
    "1048217732": "+911234567890",
    "1048217733": "+916000000001",
}


@pytest.fixture
def zone(database: str) -> int:
    with session() as db:
        for number, mobile in NUMBERS.items():
            connect(db, number, mobile)
        db.exec(update(Connection).where(col(Connection.number) == "1048217731").values(consumer_name="100% Ram_"))
        ended = connect(db, "1048217739")
        db.exec(update(Connection).where(col(Connection.id) == ended).values(ended_on=NOW.date() - timedelta(days=1)))
        return db.exec(select(Zone.id)).one() or 0


def listed(**wanted) -> list[tuple[str, str]]:
    with session() as db:
        return [(row.number[-1], row.reach) for row in page_of(db, Wanted(None, **wanted), 0, 50)]


def verify(mobile: str) -> None:
    with session() as db:
        handle = send_code(db, mobile, "en", "", NOW).handle
    with session() as db:
        assert check_code(db, handle, latest(db, 1)[0].params["code"], NOW) == mobile


def test_a_number_is_verified_once_a_code_has_come_back_from_it(zone: int):
    assert listed() == [("0", "unverified"), ("1", "none"), ("2", "invalid"), ("3", "unverified")]
    verify("+919876543210")
    assert listed() == [("1", "none"), ("2", "invalid"), ("3", "unverified")]
    with session() as db:
        [row] = by_zone(db, None)
        assert (row.connections, row.by_reach) == (4, {"none": 1, "invalid": 1, "unverified": 1, "verified": 1})


def test_with_another_number_in_the_register_it_is_not_verified_any_more(zone: int):
    verify("+919876543210")
    with session() as db:
        db.exec(update(Connection).where(col(Connection.number) == "1048217730").values(mobile="+919876543299"))
    assert ("0", "unverified") in listed()


def test_other_zones_are_neither_counted_nor_listed(zone: int):
    with session() as db:
        assert by_zone(db, frozenset()) == []
        assert page_of(db, Wanted(frozenset()), 0, 50) == []
        assert len(page_of(db, Wanted(frozenset({zone})), 0, 50)) == 4
        assert page_of(db, Wanted(None, zone="ELSEWHERE"), 0, 50) == []


def test_the_list_is_searched_sorted_and_paged(zone: int):
    assert listed(search="10482 17732") == [("2", "invalid")]
    assert listed(search="100%") == [("1", "none")]
    assert listed(search="ram_") == [("1", "none")]
    assert listed(search="m_x") == []
    assert listed(reach=Reach.INVALID.value) == [("2", "invalid")]
    assert listed(reach="'; DROP TABLE zone", sort="mobile; --")[0] == ("0", "unverified")
    assert [number for number, _ in listed(sort="mobile", descending=True)] == ["0", "3", "2", "1"]
    with session() as db:
        assert [row.number[-1] for row in page_of(db, Wanted(None), 2, 2)] == ["2", "3"]
        assert [row.number[-1] for row in every(db, Wanted(None))] == ["0", "1", "2", "3"]
