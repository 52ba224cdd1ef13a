"""Events of meters: known by meter, code and instant."""
import pytest
from sqlmodel import select

from tests.upay.metering.intake.test_quarantine import mend, replayed, waiting
from tests.upay.metering.intake.town import FORMS, NOW, written
from upay.db import session
from upay.metering import intake
from upay.metering.models import MeterEvent

pytestmark = pytest.mark.usefixtures("town")

AT = "2026-11-23T10:07:31+05:30"
AT_S = 1_795_408_651


def event(meter="A", code=101, at=AT):
    """One event as a head-end writes it."""
    return {"meter": meter, "code": code, "at": at}


def send(rows, form="ndjson"):
    """Take a batch of events and commit."""
    with session() as db:
        return intake.take_events(db, written(rows, form), FORMS[form], None, "head-end:north", NOW)


def known():
    """Every event on record."""
    with session() as db:
        events = db.exec(select(MeterEvent).order_by(MeterEvent.id)).all()
        return [(found.meter_id, found.connection_id, found.dtr_id, found.code, found.at_s) for found in events]


@pytest.mark.parametrize("form", FORMS)
def test_events_are_kept_with_where_the_meter_stands(form):
    assert send([event(), event("K", 102)], form)["accepted"] == 2
    assert known() == [(1, None, 1, 101, AT_S), (5, None, 2, 102, AT_S)]


def test_an_event_counts_once():
    first, again = send([event(), event(), event("B")]), send([event(), event("A", 102)])
    assert (first["accepted"], first["duplicates"]) == (2, 1)
    assert (again["accepted"], again["duplicates"]) == (1, 1)
    assert len(known()) == 3


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (event("X"), "reads.unknown_meter"),
        (event(code=0), "reads.bad_event_code"),
        (event(code=1000), "reads.bad_event_code"),
        (event(code="off"), "reads.bad_event_code"),
        (event(code=None), "reads.missing_field"),
        (event(at="2026-11-23T10:07:31"), "reads.no_offset"),
        (event(at="then"), "reads.bad_time"),
        (event(at="2026-11-23T12:05:01+05:30"), "reads.row_in_future"),
    ],
)
def test_a_bad_event_has_its_code_and_waits_in_quarantine(bad, code):
    answer = send([{key: str(value) if value is not None else None for key, value in bad.items()}, event("B")])
    assert (answer["accepted"], answer["codes"]) == (1, {code: 1})
    assert waiting(door="events") == [(1, code)]


def test_the_same_bad_event_again_waits_but_once():
    for _ in range(2):
        send([event("X"), event("X", 102), event("B")])
    assert waiting() == [(1, "reads.unknown_meter"), (2, "reads.unknown_meter")]


def test_events_are_taken_once_their_meter_is_known():
    send([event("N")])
    mend("N")
    assert replayed() == {"tried": 1, "settled": 1}
    assert [found[3] for found in known()] == [101]
