"""Live figures: the latest of each meter, and the register at the start of its running block."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from tests.upay.metering.intake.town import NOW, written
from upay.db import session
from upay.metering import intake
from upay.metering.models import LiveReading, Quarantine

pytestmark = pytest.mark.usefixtures("town")


def reading(meter="A", second=0, minute=1, power_w=840, **more):
    """A reading after ten o'clock IST."""
    return {"meter": meter, "at": f"2026-11-23T10:{minute:02}:{second:02}+05:30", "power_w": power_w, **more}


def send(*rows):
    """Take live readings and commit."""
    with session() as db:
        return intake.take_live(db, written(rows), "application/x-ndjson", None, NOW)


def latest(meter_id=1):
    """What is known of a meter."""
    with session() as db:
        return db.exec(select(LiveReading).where(LiveReading.meter_id == meter_id)).one_or_none()


def test_only_the_latest_reading_of_a_meter_is_kept():
    answer = send(reading(second=5, power_w=1), reading(second=10, power_w=2, v=231.4, a=3.5), reading(second=7))
    assert (answer["accepted"], answer["stale"]) == (1, 2)
    found = latest()
    assert (found.power_w, found.dv, found.ca) == (2, 2314, 350)


def test_a_reading_that_comes_late_changes_nothing():
    send(reading(second=10, power_w=2))
    assert send(reading(second=10, power_w=3), reading(second=9))["stale"] == 2
    assert latest().power_w == 2


def test_the_register_at_the_start_of_the_block_stays_until_the_next_block():
    send(reading(second=1, register_wh=1_000))
    send(reading(second=6, register_wh=1_005))
    found = latest()
    assert (found.register_wh, found.block_register_wh) == (1_005, 1_000)
    assert found.block_start_s == 1_795_408_200  # 10:00 IST
    send(reading(minute=30, second=3, register_wh=1_300))
    found = latest()
    assert (found.block_register_wh, found.block_start_s) == (1_300, 1_795_408_200 + 1_800)


def test_a_block_without_a_register_takes_the_first_that_comes():
    send(reading(second=1))
    send(reading(second=6, register_wh=1_005))
    assert latest().block_register_wh == 1_005


def test_a_meter_of_quarter_hours_has_blocks_of_quarter_hours():
    send(reading("Q", minute=16))
    assert latest(4).block_start_s == 1_795_408_200 + 900


def test_every_write_has_a_higher_number_than_the_one_before():
    send(reading("A"), reading("B"))
    before = latest(1).seq
    assert latest(2).seq == before
    send(reading("B", second=9))
    assert (latest(1).seq, latest(2).seq) == (before, before + 1)


def test_writers_at_once_get_numbers_of_their_own():
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda second: send(reading("A", second), reading("B", second)), range(12)))
    assert latest(1).at_s == latest(2).at_s == 1_795_408_260 + 11
    assert latest(1).seq == latest(2).seq


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (reading("X"), "reads.unknown_meter"),
        (reading(power_w=None), "reads.missing_field"),
        (reading(power_w="much"), "reads.not_a_number"),
        (reading(v=-1), "reads.negative"),
        (reading() | {"at": "2026-11-23T12:05:01+05:30"}, "reads.row_in_future"),
        (reading() | {"at": "2026-11-23T10:00:00"}, "reads.no_offset"),
    ],
)
def test_a_bad_reading_has_its_code_and_is_not_kept(bad, code):
    answer = send({key: str(value) if value is not None else None for key, value in bad.items()}, reading("B"))
    assert (answer["accepted"], answer["codes"]) == (1, {code: 1})
    with session() as db:
        assert not db.exec(select(Quarantine)).all()


def test_what_flows_back_to_the_grid_is_power_below_zero():
    assert send(reading(power_w=-1_200))["accepted"] == 1
    assert latest().power_w == -1_200


def test_readings_of_earlier_days_are_forgotten():
    send(reading("A"), reading("B") | {"at": "2026-11-22T23:59:59+05:30"})
    with session() as db:
        assert intake.purge_live(db, NOW) == 1
    assert (latest(2), latest(1) is not None) == (None, True)
    with session() as db:
        assert intake.purge_live(db, NOW + timedelta(days=1)) == 1
