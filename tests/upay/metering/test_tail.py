"""The tail: what has come since the last look, for those who watch."""
import pytest

from tests.upay.metering.house import TODAY, build_house, read
from upay.clock import day_start_s
from upay.db import session
from upay.metering import tail
from upay.metering.models import LiveReading, ReadBatch
from upay.metering.tail import BlockRead, Tail

METER = 1


@pytest.fixture
def watched(database):
    build_house()
    with session() as db:
        return Tail(db)


def look(watched, meters=(METER,)):
    with session() as db:
        return watched.look(db, lambda: meters)


def test_a_read_is_news_once(watched):
    read(TODAY, {4: 320})
    assert look(watched).reads == {METER: [BlockRead(day_start_s(TODAY) + 4 * 1800, 30, 320, None, None)]}
    assert look(watched).reads == {}


def test_what_was_there_before_is_no_news(database):
    build_house()
    read(TODAY, {4: 320})
    with session() as db:
        started = Tail(db)
    assert look(started).reads == {}


def test_nobody_hears_of_other_peoples_meters(watched):
    read(TODAY, {4: 320})
    assert look(watched, (99,)).reads == {}


def test_two_batches_between_two_looks_come_together_in_their_order(watched):
    read(TODAY, {4: 320})
    read(TODAY, {5: 80})
    assert [block.wh for block in look(watched).reads[METER]] == [320, 80]


def test_a_receipt_that_commits_after_a_later_one_is_not_missed(watched):
    """PostgreSQL gives out receipt numbers before their transactions end."""
    read(TODAY, {4: 320})
    with session() as db:
        late = db.get(ReadBatch, 1)
        assert late is not None
        facts = late.model_dump()
        db.delete(late)
    with session() as db:
        db.add(ReadBatch(**facts | {"id": 7, "path": None, "batch_key": "seven"}))
    assert look(watched).reads == {}
    with session() as db:
        db.add(ReadBatch(**facts))  # number 1, which committed only now
    assert [block.wh for block in look(watched).reads[METER]] == [320]


def test_a_live_reading_is_news_whenever_its_number_rises(watched):
    with session() as db:
        db.add(LiveReading(meter_id=METER, at_s=1, power_w=500, seq=1))
    assert look(watched).live[METER].power_w == 500
    assert look(watched).live == {}
    with session() as db:
        reading = db.get(LiveReading, METER)
        assert reading is not None
        reading.power_w, reading.seq = 700, 2
    assert look(watched).live[METER].power_w == 700


def test_a_nudge_reaches_every_listener():
    heard: list[str] = []
    tail.on_nudge(lambda: heard.append("one"))
    tail.on_nudge(lambda: heard.append("two"))
    tail.nudge()
    assert heard[-2:] == ["one", "two"]
