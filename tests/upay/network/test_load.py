"""Loading a network from plain tables."""
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlmodel import select

from tests.upay.network.tables import CONNECTIONS, INSTALLATIONS, METERS, ZONES, network
from upay.bulk import bulk
from upay.db import session
from upay.errors import Problem
from upay.network import (
    Connection,
    Meter,
    MeterInstallation,
    Zone,
    connection_by_number,
    load_network,
    meter_of,
    registry,
    zones,
)

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def refusals(report):
    return [(refusal.table, refusal.row, refusal.code) for refusal in report.refused]


def test_a_network_is_taken_whole():
    report = load_network(network(), NOW)

    assert report.refused == []
    assert report.rows["connections"] == {"given": 2, "added": 2, "known": 0, "refused": 0}
    with session() as db:
        assert [zone.code for zone in zones(db)] == ["BLY"]
        connection = connection_by_number(db, "2810000002")
        assert connection is not None and connection.consumer_name == "Imran Khan" and connection.prepaid is False
        meter = meter_of(db, connection.id, NOW)
        assert meter is not None and (meter.serial, meter.minutes) == ("M2", 30)
        assert meter_of(db, connection.id, datetime(2024, 12, 31, tzinfo=UTC)) is None


def test_loading_twice_changes_nothing():
    load_network(network(), NOW)
    with bulk() as db:
        names = ("connection", "meterinstallation", "meter")
        before = {name: db.read(f"SELECT * FROM {name} ORDER BY id").rows() for name in names}
    report = load_network(network(), NOW)
    with bulk() as db:
        after = {name: db.read(f"SELECT * FROM {name} ORDER BY id").rows() for name in before}

    assert after == before
    assert report.rows["meters"] == {"given": 3, "added": 0, "known": 3, "refused": 0}


def test_a_known_row_is_brought_up_to_date_and_keeps_its_id():
    load_network(network(), NOW)
    with session() as db:
        before = connection_by_number(db, "2810000001")
    load_network({"connections": pl.DataFrame([CONNECTIONS[0] | {"sanctioned_load_w": "5000"}])}, NOW)
    with session() as db:
        after = connection_by_number(db, "2810000001")

    assert (after.id, after.sanctioned_load_w) == (before.id, 5000)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("number", "12345", "network.bad_value"),
        ("sanctioned_load_w", "two", "network.bad_value"),
        ("sanctioned_load_w", "-1", "network.bad_value"),
        ("consumer_name", " ", "network.missing_value"),
        ("dtr", "D9", "network.unknown_parent"),
        ("has_solar", "maybe", "network.bad_value"),
        ("mobile", "98765", "network.bad_value"),
        ("number", "2810000001", "network.twice"),
    ],
)
def test_a_bad_row_is_refused_with_its_reason_and_the_row_beside_it_is_taken(column, cell, code):
    report = load_network(network(connections=[CONNECTIONS[0], CONNECTIONS[1] | {column: cell}]), NOW)

    assert refusals(report)[0] == ("connections", 2, code)
    with session() as db:
        assert connection_by_number(db, "2810000001") is not None
        assert len(db.exec(select(Connection)).all()) == 1


def test_a_refused_zone_takes_all_that_hangs_on_it_with_it():
    report = load_network(network(zones=[ZONES[0] | {"area_class": "lunar"}]), NOW)

    assert [(table, code) for table, _row, code in refusals(report)] == [
        ("zones", "network.bad_value"),
        ("substations", "network.unknown_parent"),
        ("feeders", "network.unknown_parent"),
        ("dtrs", "network.unknown_parent"),
        ("connections", "network.unknown_parent"),
        ("connections", "network.unknown_parent"),
        ("installations", "network.unknown_parent"),
        ("installations", "network.unknown_parent"),
        ("installations", "network.unknown_parent"),
    ]


def changed(**cells):
    return INSTALLATIONS[0] | {"from_at": "2025-06-01T00:00:00+05:30"} | cells


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (changed(), "network.overlaps"),  # M1 has stood there since January
        (changed(serial="M3", connection="2810000002"), "network.overlaps"),  # M2 stands on that connection
        (changed(from_at="2024-06-01T00:00:00Z"), "network.overlaps"),  # runs into what began in January
        (changed(serial="M9"), "network.unknown_parent"),
        (changed(serial="M3", connection=""), "network.missing_value"),
        (changed(serial="M3", from_at="2027-01-01T00:00:00Z"), "network.begins_in_future"),
        (changed(serial="M3", to_at="2025-05-31T00:00:00Z"), "network.ends_before_it_begins"),
        (changed(serial="M3", from_at="yesterday"), "network.bad_value"),
    ],
)
def test_an_installation_that_cannot_be_is_refused(row, code):
    load_network(network(meters=[*METERS, {"serial": "M3", "kind": "consumer"}]), NOW)
    report = load_network({"installations": pl.DataFrame([row])}, NOW)

    assert refusals(report) == [("installations", 1, code)]


def test_a_meter_change_closes_one_installation_and_opens_the_next():
    load_network(network(), NOW)
    moment = "2026-03-01T11:30:00+05:30"
    load_network(
        {
            "meters": pl.DataFrame([{"serial": "M3", "kind": "consumer"}]),
            "installations": pl.DataFrame(
                [
                    INSTALLATIONS[0] | {"to_at": moment, "to_register_wh": "4000000"},
                    changed(serial="M3", from_at=moment),
                ]
            ),
        },
        NOW,
    )
    with session() as db:
        connection = connection_by_number(db, "2810000001")
        change = datetime.fromisoformat(moment)
        assert meter_of(db, connection.id, datetime(2026, 2, 28, tzinfo=UTC)).serial == "M1"
        assert meter_of(db, connection.id, change).serial == "M3"
        assert len(db.exec(select(MeterInstallation)).all()) == 4


def test_the_registry_follows_a_load():
    load_network(network(), NOW)
    first = registry()
    place = first.locate(pl.Series(["T1", "nobody", None, "M2"]))

    assert place.tolist()[1:3] == [-1, -1]
    assert first.is_dtr[place[0]] and not first.is_dtr[place[3]]
    assert registry() is first
    load_network({"meters": pl.DataFrame([{"serial": "M7"}])}, NOW)
    assert registry().locate(pl.Series(["M7"])).tolist() != [-1]


def test_a_table_or_a_column_that_is_missing_is_named():
    with pytest.raises(Problem, match=r"network\.no_table"):
        load_network({"towns": pl.DataFrame()}, NOW)
    with pytest.raises(Problem, match=r"network\.no_column"):
        load_network({"zones": pl.DataFrame([{"code": "X"}])}, NOW)
    with session() as db:
        assert db.exec(select(Zone)).all() == []


def test_every_one_of_many_serials_is_found_at_its_own_place():
    serials = [f"SM{number}" for number in range(5000)]
    load_network({"meters": pl.DataFrame({"serial": serials})}, NOW)
    held = registry()
    wanted = pl.Series(serials).sample(fraction=1, shuffle=True, seed=1)

    assert held.serial.gather(held.locate(wanted)).to_list() == wanted.to_list()
    assert np.all(held.locate(wanted + "x") == -1)


def january(day):
    return f"2024-01-{day:02}T00:00:00Z"


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["M1", "M2"]),
            st.sampled_from(["2810000001", "2810000002"]),
            st.integers(1, 20),
            st.integers(1, 8),
        ),
        max_size=8,
    )
)
def test_no_meter_and_no_connection_is_ever_in_two_places(stays):
    load_network(network(), NOW)
    rows = [
        changed(serial=serial, connection=number, from_at=january(day), to_at=january(day + days))
        for serial, number, day, days in stays
    ]
    if rows:
        load_network({"installations": pl.DataFrame(rows)}, NOW)
    with session() as db:
        standing = db.exec(select(MeterInstallation).join(Meter)).all()
    for place in ("meter_id", "connection_id"):
        for key in {getattr(stay, place) for stay in standing} - {None}:
            ordered = sorted((stay for stay in standing if getattr(stay, place) == key), key=lambda stay: stay.from_at)
            assert all(one.to_at is not None and one.to_at <= two.from_at for one, two in pairwise(ordered))
