"""A connection's usage over HTTP: spans that cannot be, and files that are written once the database is let go."""
import pytest
from sqlmodel import select

from tests.upay.metering.intake.town import NOW
from upay.accounts import SESSION_COOKIE, open_session, person_with
from upay.accounts.people import link
from upay.db import engine, session
from upay.metering.files import export
from upay.network import Connection, Dtr


@pytest.fixture
def own(web) -> str:
    """Where a signed-in person's usage is."""
    with session() as db:
        dtr = db.exec(select(Dtr)).first()
        values = {"consumer_name": "Asha", "tariff_id": "up-lmv1-urban", "sanctioned_load_w": 2_000}
        connection = Connection(number="1000000001", dtr_id=dtr.id, **values)
        db.add(connection)
        db.flush()
        person = person_with(db, "+919876500000", "hi", NOW)
        link(db, person.id or 0, connection.id, NOW)
        web.cookies.set(SESSION_COOKIE, open_session(db, person.id or 0, "", "", NOW))
        return f"/api/v1/connections/{connection.number}/usage"


@pytest.mark.parametrize("view", ["day", "week", "month", "year", "range"])
@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "2009-12-31", "2200-01-01"])
def test_a_day_at_the_ends_of_the_calendar_is_answered_with_a_code(web, own, view, on):
    told = web.get(f"{own}/chart", params={"view": view, "on": on, "against": "year"})
    assert (told.status_code, told.json()["code"]) == (400, "usage.date_out_of_reach")


@pytest.mark.parametrize("on", ["2010-01-01", "2199-12-31"])
@pytest.mark.parametrize("against", ["before", "year"])
def test_the_first_and_the_last_year_can_be_looked_at(web, own, on, against):
    for view in ("day", "week", "month", "year"):
        assert web.get(f"{own}/chart", params={"view": view, "on": on, "against": against}).status_code == 200


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "0001-01-02"), ("9999-12-30", "9999-12-31")])
def test_a_download_of_such_days_is_answered_with_a_code(web, own, first, last):
    told = web.get(f"{own}/download", params={"first": first, "last": last, "format": "csv"})
    assert (told.status_code, told.json()["code"]) == (400, "usage.date_out_of_reach")


@pytest.mark.parametrize("form", ["csv", "xlsx", "greenbutton"])
def test_a_file_is_written_while_no_session_is_held(web, own, form, monkeypatch):
    held = []
    pieces = export.Export.pieces

    def watched(self, language):
        for piece in pieces(self, language):
            held.append(engine().pool.checkedout())
            yield piece

    monkeypatch.setattr(export.Export, "pieces", watched)
    query = {"first": "2026-11-01", "last": "2026-11-22", "format": form, "language": "en"}
    answer = web.get(f"{own}/download", params=query)
    assert answer.status_code == 200 and answer.content
    assert "2026-11-01_2026-11-22" in answer.headers["Content-Disposition"]
    assert set(held) == {0}
