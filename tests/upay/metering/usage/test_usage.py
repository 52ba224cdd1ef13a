"""What a connection used, closed and open days alike."""
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from sqlmodel import select

from tests.upay.metering.days.fleet import MONDAY, after, build, close, event, fold, land, reads, varied
from upay.clock import day_start, day_start_s
from upay.db import session
from upay.metering import usage
from upay.metering.days import opened, records
from upay.metering.matrix import NONE
from upay.metering.models import LiveReading, Quality
from upay.network import Meter, MeterInstallation, bump_registry

TUESDAY, WEDNESDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)


@pytest.fixture
def home(database):
    build()
    return 1


def ask(what, *arguments):
    with session() as db:
        return what(db, *arguments)


def test_closed_folded_and_just_landed_blocks_are_one_table(home):
    wh = varied(meters=[1], blocks=100)[1]
    land(reads({1: wh[:48]}))
    close()
    land(reads({1: wh[48:96]}, first=TUESDAY))
    fold()
    land(reads({1: wh[96:]}, first=WEDNESDAY))
    found = ask(usage.blocks, home, MONDAY, WEDNESDAY)
    assert found["wh"].to_list() == wh
    assert found["start_s"].to_list() == [day_start_s(MONDAY) + 1800 * slot for slot in range(100)]
    assert found["quality"].unique().to_list() == [Quality.ACTUAL]


def test_a_closing_that_the_database_does_not_know_yet_counts_nothing_twice(home, monkeypatch):
    land(reads({1: [100] * 48}))
    fold()
    seen = []

    def look_and_fall(*_):
        seen.append(ask(usage.blocks, home, MONDAY, MONDAY)["wh"].to_list())
        raise OSError("the power failed")

    with monkeypatch.context() as patch:
        patch.setattr(records, "write_closings", look_and_fall)
        with pytest.raises(OSError, match="the power failed"):
            close()
    seen.append(ask(usage.blocks, home, MONDAY, MONDAY)["wh"].to_list())
    close()
    seen.append(ask(usage.blocks, home, MONDAY, MONDAY)["wh"].to_list())
    assert seen == [[100] * 48] * 3


@pytest.mark.parametrize("happens", [fold, close])
@pytest.mark.parametrize("after_look", ["_landed", "_folded", "_closed"])
def test_a_batch_that_moves_on_while_it_is_asked_for_is_counted_once(home, monkeypatch, happens, after_look):
    land(reads({1: [100] * 48}))
    real, waiting = getattr(opened, after_look), [happens]

    def look(*arguments):
        found = real(*arguments)
        while waiting:
            waiting.pop()()
        return found

    monkeypatch.setattr(opened, after_look, look)
    assert ask(usage.blocks, home, MONDAY, MONDAY)["wh"].to_list() == [100] * 48


def test_a_blocks_band_is_the_packs(home):
    land(reads({1: [100] * 48}))
    band = ask(usage.blocks, home, MONDAY, MONDAY)["band"].to_list()
    # normal until 9, solar until 17, peak until 22, normal again
    assert band == [0] * 18 + [1] * 16 + [2] * 10 + [0] * 4


def test_of_an_open_block_that_came_twice_the_first_read_shows(home):
    land(reads({1: [100]}))
    land(reads({1: [900]}))
    assert ask(usage.blocks, home, MONDAY, MONDAY)["wh"].to_list() == [100]
    fold()
    assert ask(usage.blocks, home, MONDAY, MONDAY)["wh"].to_list() == [100]


def test_estimates_and_their_kind_are_told(home):
    land(reads({1: [100] * 10 + [NONE] + [200] * 37}))
    close()
    block = ask(usage.blocks, home, MONDAY, MONDAY).row(10, named=True)
    assert (block["wh"], block["quality"]) == (150, Quality.LINEAR)


def test_a_late_read_shows_when_its_day_is_closed_again(home):
    land(reads({1: [100] * 10 + [NONE] + [200] * 37}))
    close()
    land(reads({1: [NONE] * 10 + [170]}))
    assert ask(usage.blocks, home, MONDAY, MONDAY)["wh"][10] == 150
    close(after(1))
    block = ask(usage.blocks, home, MONDAY, MONDAY).row(10, named=True)
    assert (block["wh"], block["quality"]) == (170, Quality.ACTUAL)


def exchange(at):
    """Meter 1 gives way to meter 10."""
    with session() as db:
        db.exec(select(MeterInstallation).where(MeterInstallation.meter_id == 1)).one().to_at = at
        db.add(Meter(id=10, serial="M10"))
        db.flush()
        db.add(MeterInstallation(meter_id=10, connection_id=1, dtr_id=1, from_at=at))
        bump_registry(db)


@pytest.mark.parametrize("closed", [False, True])
def test_a_change_of_meter_leaves_no_gap_and_counts_nothing_twice(home, closed):
    # at 14:10 each meter has part of the block from 14:00
    exchange(day_start(MONDAY) + timedelta(hours=14, minutes=10))
    land(reads({1: [100] * 28 + [40], 10: [NONE] * 28 + [70] + [300] * 19}))
    if closed:
        close()
    found = ask(usage.blocks, home, MONDAY, MONDAY)
    assert found["wh"].to_list() == [100] * 28 + [110] + [300] * 19
    (day,) = ask(usage.days, home, MONDAY, MONDAY)
    assert day.import_wh == 28 * 100 + 110 + 19 * 300


def test_what_the_next_tenant_of_a_meter_uses_is_not_shown(home):
    exchange(day_start(TUESDAY))
    land(reads({1: [100] * 96}))
    assert len(ask(usage.blocks, home, MONDAY, TUESDAY)) == 48


def test_an_open_day_is_summed_from_what_was_read_so_far(home):
    land(reads({1: [100] * 48}))
    close()
    land(reads({1: [NONE] * 48 + [100, 400, 200]}, dv={1: [2300] * 51}))
    monday, tuesday = ask(usage.days, home, MONDAY, WEDNESDAY)
    assert (monday.version, monday.import_wh) == (1, 4_800)
    assert (tuesday.version, tuesday.import_wh, tuesday.actual, tuesday.blocks) == (0, 700, 3, 48)
    assert (tuesday.peak_w, tuesday.peak_start_s) == (800, day_start_s(TUESDAY) + 1800)
    assert (tuesday.band0_wh, tuesday.min_dv) == (700, 2300)


def test_outages_are_told_as_the_meter_reported_them(home):
    for code, at in ((101, 10), (102, 11.5), (101, 30)):
        event(1, code, at)
    begin = day_start_s(MONDAY)
    assert ask(usage.outages, home, MONDAY, MONDAY) == [usage.Outage(begin + 36_000, begin + 41_400)]
    assert ask(usage.outages, home, TUESDAY, WEDNESDAY) == [usage.Outage(begin + 108_000, None)]


def test_the_last_read_is_found_open_or_closed(home):
    assert ask(usage.last_read_s, home) is None
    land(reads({1: [100] * 40}))
    assert ask(usage.last_read_s, home) == day_start_s(MONDAY) + 40 * 1800
    close()
    close(after(1))
    assert ask(usage.last_read_s, home) == day_start_s(MONDAY) + 40 * 1800
    land(reads({1: [100]}, first=WEDNESDAY))
    assert ask(usage.last_read_s, home) == day_start_s(WEDNESDAY) + 1800


def test_the_live_reading_is_the_standing_meters(home):
    exchange(day_start(MONDAY))
    with session() as db:
        db.add_all([LiveReading(meter_id=1, at_s=9, power_w=1), LiveReading(meter_id=10, at_s=5, power_w=2)])
    assert ask(usage.meters_of, home) == [10]
    assert {number: live.power_w for number, live in ask(usage.live_of_meters, [10, 11]).items()} == {10: 2}


def test_a_connection_without_a_meter_has_nothing_to_show(home):
    assert ask(usage.blocks, 99, MONDAY, MONDAY).is_empty()
    assert ask(usage.days, 99, MONDAY, MONDAY) == []
    assert ask(usage.first_day, 99) is None
    assert ask(usage.first_day, home) == date(2026, 1, 1)


def test_the_version_changes_with_everything_that_may_show(home):
    seen = [ask(usage.data_version)]
    for happens in (
        lambda: land(reads({1: [100] * 48})),
        close,
        lambda: event(1, 101, 3),
        lambda: exchange(datetime(2026, 6, 20, tzinfo=UTC)),
    ):
        happens()
        seen.append(ask(usage.data_version))
    assert len(set(seen)) == len(seen)
    assert ask(usage.data_version) == seen[-1]


def test_open_days_of_other_meters_are_left_alone(home):
    land(reads(varied()))
    frame = ask(usage.blocks, 2, MONDAY, MONDAY)
    assert frame.schema == pl.Schema(usage.block_table.SCHEMA)
    assert frame["wh"].to_list() == varied()[2]
