"""Power failures told after their day was closed: the day is judged anew for their meters, and for no others."""
from datetime import timedelta
from importlib import import_module

import pytest
from sqlmodel import select

from tests.upay.metering.days.fleet import MONDAY, MORNING, after, close, event, land, reads, rolled, varied
from upay.clock import day_start_s
from upay.db import session
from upay.metering import days, settle
from upay.metering.days import lake
from upay.metering.intake import take_events
from upay.metering.matrix import NONE
from upay.metering.models import DayClose, Quality, ReopenedDay
from upay.metering.verify import verify

closing = import_module("upay.metering.days.close")  # the package has a function of this name
TUESDAY = MONDAY + timedelta(days=1)


def waiting():
    with session() as db:
        return [(row.meter_id, row.day) for row in db.exec(select(ReopenedDay).order_by(ReopenedDay.day)).all()]


def versions(day=MONDAY):
    return dict(lake.meter_days([1, 2, 3, 5], day, day, ["version"]).select("meter_id", "version").iter_rows())


def agrees():
    with session() as db:
        return verify(db).found == 0


def test_an_outage_told_late_turns_estimates_into_proven_zeros(fleet):
    wh = [100] * 48
    wh[20:24] = [NONE] * 4
    land(reads({1: wh, 5: [100] * 48}))
    close()
    assert (rolled(1).estimated, rolled(1).outage_minutes) == (4, 0)
    event(1, 101, 10, after(0) + timedelta(minutes=10))
    event(1, 102, 12, after(0) + timedelta(minutes=10))
    assert settle.close_fresh(after(0) + timedelta(hours=1)) == 1
    day = rolled(1)
    assert (day.estimated, day.outage_minutes, day.quality, day.import_wh) == (0, 120, Quality.OUTAGE, 4_400)
    assert versions() == {1: 2, 2: 1, 3: 1, 5: 1}
    assert waiting() == [] and agrees()


def test_minutes_of_outage_inside_a_block_that_was_read_count_too(fleet):
    land(reads(varied()))
    close()
    event(1, 101, 10)
    event(1, 102, 10.25)
    close(after(0) + timedelta(hours=1))
    assert rolled(1).outage_minutes == 15
    assert agrees()


def test_a_restoration_told_late_ends_a_failure_on_the_days_after_it(fleet):
    for number in range(3):
        land(reads(varied(), first=MONDAY + timedelta(days=number)))
    event(1, 101, 20)
    close(after(2))
    assert [rolled(1, MONDAY + timedelta(days=number)).outage_minutes for number in range(3)] == [240, 1440, 1440]
    event(1, 102, 26, after(2))
    # Monday stands as it was: what was told bears on Tuesday and Wednesday alone
    assert waiting() == [(1, TUESDAY), (1, TUESDAY + timedelta(days=1))]
    close(after(2) + timedelta(hours=1))
    assert [rolled(1, MONDAY + timedelta(days=number)).outage_minutes for number in range(3)] == [240, 120, 0]
    assert agrees()


def test_a_failure_that_is_never_restored_is_believed_for_a_week(lite):
    event(1, 101, 12)
    for number in range(10):
        land(reads({1: [100] * 48}, first=MONDAY + timedelta(days=number)))
        close(after(number))
    minutes = [rolled(1, MONDAY + timedelta(days=number)).outage_minutes for number in range(10)]
    assert minutes == [720, 1440, 1440, 1440, 1440, 1440, 1440, 720, 0, 0]
    assert agrees()


def test_events_of_a_day_in_progress_reopen_nothing(lite):
    event(1, 101, 26)
    event(1, 102, 27)
    assert waiting() == []


def test_events_of_a_history_close_no_day_before_its_readings_come(lite):
    event(1, 101, 10)
    assert waiting() == [(1, MONDAY)]
    assert settle.close_fresh(MORNING) == 0
    land(reads(varied()))
    close()
    assert waiting() == [] and rolled(1).outage_minutes == 840
    with session() as db:
        assert {row.version for row in db.exec(select(DayClose))} == {1}


@pytest.mark.parametrize("again", [True, False])
def test_an_event_that_comes_while_its_day_is_closed_leaves_it_reopened(fleet, monkeypatch, again):
    land(reads(varied()))
    if again:
        close()
        event(1, 101, 5)
    asked = closing.outages
    with monkeypatch.context() as patch:

        def meanwhile(*args):
            found = asked(*args)
            event(1, 102, 6)
            return found

        patch.setattr(closing, "outages", meanwhile)
        settle.fold_all(MORNING)
        days.close(MONDAY, range(4), MORNING)
    assert waiting() == [(1, MONDAY)]
    close(after(0) + timedelta(hours=1))
    assert rolled(1).outage_minutes == (60 if again else 0)
    assert agrees()


def test_the_door_reopens_only_for_what_it_had_not_heard(fleet):
    land(reads(varied()))
    close()
    body = f'{{"meter": "M1", "code": 101, "at_s": {day_start_s(MONDAY) + 36_000}}}\n'.encode()
    body += f'{{"meter": "M2", "code": 201, "at_s": {day_start_s(MONDAY)}}}\n'.encode()
    with session() as db:
        take_events(db, body, "application/x-ndjson", None, "north", MORNING)
    # the failure lasts to the end of what is over
    assert waiting() == [(1, MONDAY)]
    close(after(0) + timedelta(hours=1))
    with session() as db:
        take_events(db, body, "application/x-ndjson", None, "north", MORNING)
    assert waiting() == []
