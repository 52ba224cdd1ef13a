"""The bulk path beside the ordinary one, on both databases."""
from datetime import UTC, date, datetime

import polars as pl
import pytest
from sqlmodel import select

from upay.bulk import bulk
from upay.db import session
from upay.metering.models import HeadEndKey
from upay.network import Meter, Zone

pytestmark = pytest.mark.usefixtures("database")


def zone(code, name="Civil Lines"):
    return {"code": code, "name": name, "name_hi": "सिविल लाइन्स", "area_class": "urban"}


def test_what_bulk_writes_a_session_reads_and_the_other_way_round():
    # Sessions stay open in the pool all the while: two SQLite libraries in one process would lose rows here.
    with session() as db:
        db.add(Zone(**zone("A")))
    with bulk() as db:
        db.append(Zone, pl.DataFrame([zone("B")]))
    with session() as db:
        assert [row.code for row in db.exec(select(Zone).order_by(Zone.code))] == ["A", "B"]
        db.add(Zone(**zone("C")))
    with bulk() as db:
        assert db.read("SELECT code FROM zone WHERE code > ? ORDER BY code", ("A",))["code"].to_list() == ["B", "C"]


def test_instants_come_back_as_the_same_instants():
    moment = datetime(2026, 11, 23, 8, 30, 15, 250_000, UTC)
    row = {"head_end": "H", "key_hash": "0", "created_at": moment}
    with bulk() as db:
        db.append(HeadEndKey, pl.DataFrame([row]))
    with session() as db:
        assert db.exec(select(HeadEndKey)).one().created_at == moment


def test_an_upsert_adds_what_is_new_and_takes_over_what_is_known():
    with bulk() as db:
        db.upsert(Zone, pl.DataFrame([zone("A"), zone("B")]), key=("code",))
        db.upsert(Zone, pl.DataFrame([zone("B", "Kutubkhana"), zone("C")]), key=("code",))
        read = db.read("SELECT code, name FROM zone ORDER BY code").rows()

    assert read == [("A", "Civil Lines"), ("B", "Kutubkhana"), ("C", "Civil Lines")]


def test_after_a_failure_nothing_of_the_transaction_stands():
    with pytest.raises(RuntimeError), bulk() as db:
        db.append(Zone, pl.DataFrame([zone("A")]))
        raise RuntimeError
    with bulk() as db:
        assert db.read("SELECT code FROM zone").is_empty()


def test_sessions_go_on_counting_after_ids_that_bulk_gave():
    with bulk() as db:
        db.append(Meter, pl.DataFrame({"id": [7], "serial": ["M7"], "kind": ["dtr"], "minutes": [30], "digits": [8]}))
    with session() as db:
        meter = Meter(serial="M8")
        db.add(meter)
        db.flush()
        assert meter.id == 8


def test_a_column_the_table_has_not_is_an_error():
    with pytest.raises(KeyError), bulk() as db:
        db.append(Zone, pl.DataFrame([zone("A") | {"height": 3, "on": date(2026, 1, 1)}]))
