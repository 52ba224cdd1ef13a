"""Closing days: what goes into the lake and into the roll-ups, once or many times, on time or late."""
from datetime import timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as law
from hypothesis import strategies as st
from sqlmodel import select

from tests.upay.metering.days.fleet import (
    BUCKETS,
    DTR_METER,
    HOMES,
    MONDAY,
    MORNING,
    after,
    build,
    close,
    dtr,
    event,
    fold,
    land,
    reads,
    rolled,
    varied,
)
from upay.clock import day_start
from upay.db import session
from upay.metering import days, usage
from upay.metering.days import lake, lakewriter
from upay.metering.days.rows import LAKE
from upay.metering.matrix import NONE
from upay.metering.models import DayClose, Quality, Quarantine
from upay.metering.verify import verify
from upay.network import Meter, MeterInstallation, bump_registry
from upay.settings import settings

ALL = list(range(1, HOMES + 2))


def rows(day=MONDAY, without=("version",)):
    """The lake's rows of a day as plain values."""
    return lake.meter_days(ALL, day, day, LAKE.names).drop(without).rows(named=True)


def agrees():
    with session() as db:
        return verify(db).found == 0


def test_a_day_of_a_home_is_summed_by_block_band_and_peak(fleet):
    # 24 half-hours before noon of 100 Wh, then 200 Wh; one of 600 at 19:00
    wh = [100] * 24 + [200] * 24
    wh[38] = 600
    dv = [2300] * 47 + [2400]
    land(reads({1: wh}, dv={1: dv}, export_wh={1: [0] * 47 + [30]}))
    close()
    day = rolled(1)
    assert day.import_wh == 24 * 100 + 23 * 200 + 600
    # normal 0–9 and 22–24: 18 × 100 + 4 × 200; solar 9–17: 6 × 100 + 10 × 200; peak 17–22: 9 × 200 + 600
    assert (day.band0_wh, day.band1_wh, day.band2_wh) == (2_600, 2_600, 2_400)
    assert day.peak_w == 1_200 and day.peak_start_s == int(day_start(MONDAY).timestamp()) + 38 * 1800
    assert (day.min_dv, day.max_dv, day.export_wh) == (2300, 2400, 30)
    assert (day.blocks, day.actual, day.estimated, day.quality) == (48, 48, 0, Quality.ACTUAL)


def test_a_dtrs_own_meter_stands_beside_the_sum_of_its_consumers(fleet):
    land(reads({**{home: [100] * 48 for home in range(1, HOMES + 1)}, DTR_METER: [650] * 48}))
    close()
    found = dtr()
    assert (found.input_wh, found.peak_w) == (48 * 650, 1_300)
    assert (found.consumers_wh, found.consumers, found.reporting) == (6 * 48 * 100, 6, 6)


def test_a_consumer_with_fewer_than_nine_blocks_in_ten_does_not_count_as_reporting(fleet):
    # 43 of 48 are 89.6 %
    land(reads({1: [100] * 43, 2: [100] * 44}))
    close()
    assert dtr().reporting == 1


def test_an_installed_meter_without_reads_has_a_day_too(fleet):
    land(reads({1: [100] * 48}))
    close()
    day = rolled(2)
    assert (day.blocks, day.actual, day.estimated, day.quality) == (48, 0, 48, Quality.PROFILE)
    assert day.estimated_wh == day.import_wh > 0


def test_closing_twice_changes_nothing(fleet):
    land(reads(varied()))
    assert len(close()) == 4
    before, version = rows(without=()), lake.snapshot().version
    assert close() == []
    assert days.close(MONDAY, BUCKETS, MORNING) == []
    assert rows(without=()) == before and lake.snapshot().version == version


def test_a_repeated_read_is_counted_and_a_contradicting_one_is_put_aside(fleet):
    wh = varied(meters=[1])
    land(reads(wh))
    land(reads({1: [wh[1][0], wh[1][1] + 7]}))
    close()
    with session() as db:
        (closing,) = db.exec(select(DayClose).where(DayClose.bucket == 1)).all()
        (held,) = db.exec(select(Quarantine)).all()
    assert (closing.reads, closing.duplicates, closing.conflicts) == (48, 1, 1)
    assert (held.code, held.serial, held.raw["wh"]) == ("reads.conflict", "M1", str(wh[1][1] + 7))
    assert held.params == {"serial": "M1", "start": "2026-06-08T00:30+05:30"}
    assert rolled(1).import_wh == sum(wh[1])
    assert agrees()


def test_late_reads_make_a_new_version_of_the_days_they_change_and_of_no_others(fleet):
    wh = varied()
    land(reads({meter: series[:40] if meter in (1, 5) else series for meter, series in wh.items()}))
    close()
    land(reads({1: [NONE] * 40 + wh[1][40:], 2: wh[2]}))
    assert close(after(1))[0] == (MONDAY, 1)
    versions = {row["meter_id"]: row["version"] for row in rows(without=())}
    assert versions == {1: 2, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1, 7: 1}
    assert (rolled(1).import_wh, rolled(1).version, rolled(1).estimated) == (sum(wh[1]), 2, 0)
    assert rolled(5).estimated == 8
    assert agrees()


def test_a_late_read_never_takes_the_place_of_one_that_came_in_time(fleet):
    land(reads({1: [100] * 48}))
    close()
    land(reads({1: [900] * 2}))
    close(after(1))
    assert rolled(1).import_wh == 4_800
    with session() as db:
        assert len(db.exec(select(Quarantine)).all()) == 2
    assert agrees()


def test_late_reads_find_their_day_when_its_open_parts_are_gone(fleet):
    land(reads({1: [100] * 24}))
    close()
    with session() as db:
        days.forget_parts(db, after(1).date())
    with session() as db:
        assert days.sweep_parts(db, after(365 * 50)) == 1
    land(reads({1: [NONE] * 20 + [300] * 28}))
    close(after(1))
    # 24 × 100 were there first, 24 × 300 are new, four contradict
    assert rolled(1).import_wh == 24 * 100 + 24 * 300
    with session() as db:
        assert len(db.exec(select(Quarantine)).all()) == 4


blocks = st.integers(0, 47)
lost = st.dictionaries(st.sampled_from(ALL), st.sets(blocks, max_size=40), max_size=4)


@law(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lost, st.integers(0, 3))
def test_late_data_ends_where_data_in_time_would_have(sqlite_template, tmp_path_factory, monkeypatch, lost, seed):
    wh = varied(seed=seed)
    early = {
        meter: [NONE if slot in lost.get(meter, ()) else value for slot, value in enumerate(wh[meter])] for meter in ALL
    }
    late = {meter: [value if slot in lost[meter] else NONE for slot, value in enumerate(wh[meter])] for meter in lost}
    new_home(sqlite_template, tmp_path_factory, monkeypatch)
    land(reads(early))
    close()
    land(reads(late))
    close(after(0) + timedelta(hours=1))
    in_two = rows(), [rolled(home).import_wh for home in range(1, HOMES + 1)]
    new_home(sqlite_template, tmp_path_factory, monkeypatch)
    land(reads(early))
    land(reads(late))
    close()
    assert (rows(), [rolled(home).import_wh for home in range(1, HOMES + 1)]) == in_two


@law(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(1, 335), max_size=5), st.booleans())
def test_how_readings_are_cut_into_batches_changes_nothing(
    sqlite_template, tmp_path_factory, monkeypatch, cuts, folded
):
    whole = reads(varied())
    new_home(sqlite_template, tmp_path_factory, monkeypatch)
    land(whole)
    close()
    expected = rows()
    new_home(sqlite_template, tmp_path_factory, monkeypatch)
    ends = [0, *sorted(cuts), len(whole)]
    for begin, end in pairwise(ends):
        land(whole[begin:end])
        if folded:
            fold()
    close()
    assert rows() == expected
    for row in expected:
        actual = row["quality"] is None
        assert not actual or row["raw_wh"] is None


def new_home(template, folders, monkeypatch):
    """An installation of its own for one example."""
    import shutil

    from upay import db
    from upay.network import forget

    var = folders.mktemp("home")
    shutil.copy(template, var / "upay.db")
    monkeypatch.setenv("UPAY_VAR", str(var))
    db.engine().dispose()
    settings.cache_clear()
    db.engine.cache_clear()
    forget()
    build()


def test_a_crash_between_lake_and_database_is_undone_and_done_again(fleet, monkeypatch):
    wh = varied()
    land(reads(wh))
    fold()
    with monkeypatch.context() as patch:
        patch.setattr(lakewriter, "confirm", crash)
        with pytest.raises(KeyboardInterrupt):
            days.close(MONDAY, BUCKETS, MORNING)
    assert len(rows()) == 7 and rolled(1) is None
    close()
    assert len(rows()) == 7
    assert rolled(1).import_wh == sum(wh[1])
    with session() as db:
        assert [(one.version, one.duplicates) for one in db.exec(select(DayClose))] == [(1, 0)] * 4
    assert agrees()


def test_a_crash_before_the_lake_commit_leaves_only_a_file_that_the_sweep_takes(lite, monkeypatch):
    land(reads(varied()))
    fold()
    with monkeypatch.context() as patch:
        patch.setattr(lakewriter, "commit", crash)
        with pytest.raises(KeyboardInterrupt):
            days.close(MONDAY, BUCKETS, MORNING)
    assert rows() == []
    close()
    assert len(list(settings().lake.rglob("bucket=*/*.parquet"))) == 8
    assert days.vacuum(timedelta(0)) == 4
    assert len(rows()) == 7 and agrees()


def crash(*_):
    raise KeyboardInterrupt


def test_a_power_failure_that_the_meter_reported_is_zero_and_counts_as_read(fleet):
    # off from 10:00 to 12:15: four whole half-hours; the one from 12:00 is unread, and not wholly dark
    wh = [100] * 48
    wh[20:25] = [NONE] * 5
    land(reads({1: wh}))
    event(1, 101, 10)
    event(1, 102, 12.25)
    close()
    (row,) = lake.meter_days([1], MONDAY, MONDAY, ["wh", "quality"]).rows(named=True)
    assert row["wh"][20:25] == [0, 0, 0, 0, 50]
    assert row["quality"][20:25] == [Quality.OUTAGE] * 4 + [Quality.LINEAR]
    assert (rolled(1).outage_minutes, rolled(1).actual) == (135, 47)


def test_two_meters_of_one_home_make_one_day_after_a_change(fleet):
    change = day_start(MONDAY) + timedelta(hours=14)
    with session() as db:
        old = db.exec(select(MeterInstallation).where(MeterInstallation.meter_id == 1)).one()
        old.to_at = change
        db.add(Meter(id=10, serial="M10"))
        db.flush()
        db.add(MeterInstallation(meter_id=10, connection_id=1, dtr_id=1, from_at=change))
        bump_registry(db)
    land(reads({1: [100] * 28, 10: [NONE] * 28 + [300] * 20}))
    close()
    day = rolled(1)
    # meters 1 and 10 lie in different buckets; 28 × 100 + 20 × 300
    assert (day.import_wh, day.blocks, day.actual, day.estimated) == (8_800, 48, 48, 0)
    assert dtr().consumers == 6
    assert agrees()


def exchange(at, new=10, old=1):
    """Meter `new` takes the place of meter `old` at home 1."""
    with session() as db:
        db.exec(select(MeterInstallation).where(MeterInstallation.meter_id == old)).one().to_at = at
        db.add(Meter(id=new, serial=f"M{new}"))
        db.flush()
        db.add(MeterInstallation(meter_id=new, connection_id=1, dtr_id=1, from_at=at))
        bump_registry(db)


@pytest.mark.parametrize("late", [False, True])
def test_what_a_meter_reports_outside_its_stay_is_not_the_homes(fleet, late):
    """Both meters report all day: the old one from the store, the new one from the test bench."""
    exchange(day_start(MONDAY) + timedelta(hours=14))
    land(reads({1: [100] * 48}, export_wh={1: [10] * 48}))
    if late:
        close()
    land(reads({10: [300] * 48}))
    close(after(0) + timedelta(hours=1))
    day = rolled(1)
    # 28 × 100 until 14:00, then 20 × 300
    assert (day.import_wh, day.export_wh, day.blocks, day.actual) == (8_800, 280, 48, 48)
    assert (day.peak_w, day.peak_start_s) == (600, int(day_start(MONDAY).timestamp()) + 14 * 3600)
    assert day.band0_wh + day.band1_wh + day.band2_wh == 8_800
    assert dtr().consumers_wh == 8_800 + sum(rolled(home).import_wh for home in range(2, HOMES + 1))
    with session() as db:
        assert usage.blocks(db, 1, MONDAY, MONDAY)["wh"].sum() == 8_800
    assert agrees()


def test_a_meter_that_moves_measures_each_home_for_its_own_hours(fleet):
    """From home 1 to home 2, whose own meter stands until then and whose day it completes."""
    noon = day_start(MONDAY) + timedelta(hours=12)
    with session() as db:
        for meter in (1, 2):
            db.exec(select(MeterInstallation).where(MeterInstallation.meter_id == meter)).one().to_at = noon
        db.add(MeterInstallation(meter_id=1, connection_id=2, dtr_id=1, from_at=noon))
        bump_registry(db)
    land(reads({1: [100] * 48, 2: [7] * 48}))
    event(1, 101, 11)
    event(1, 102, 14)
    close()
    # 24 × 100 at home 1; 24 × 7 and then 24 × 100 at home 2
    assert (rolled(1).import_wh, rolled(1).blocks, rolled(1).outage_minutes) == (2_400, 24, 60)
    assert (rolled(2).import_wh, rolled(2).blocks, rolled(2).outage_minutes) == (2_568, 48, 120)
    assert agrees()


def test_a_dtrs_meter_counts_from_when_it_was_installed(lite):
    with session() as db:
        stay = db.exec(select(MeterInstallation).where(MeterInstallation.meter_id == DTR_METER)).one()
        stay.from_at = day_start(MONDAY) + timedelta(hours=6)
        bump_registry(db)
    land(reads({DTR_METER: [650] * 48}))
    close()
    assert dtr().input_wh == 36 * 650
    assert agrees()


def test_a_meter_has_no_days_before_it_came(fleet):
    with session() as db:
        db.add(Meter(id=10, serial="M10"))
        db.flush()
        db.add(MeterInstallation(meter_id=10, dtr_id=1, from_at=day_start(MONDAY + timedelta(days=1))))
        bump_registry(db)
    land(reads({1: [100] * 48}))
    close()
    assert lake.meter_days([10], MONDAY, MONDAY, ["wh"]).is_empty()


def test_days_are_closed_in_order_as_they_end_and_none_is_left_out(fleet):
    land(reads({1: [100] * 48}))
    fold()
    hours = settings().close_after_hours
    midnight = day_start(MONDAY + timedelta(days=1))
    with session() as db:
        assert days.days_to_close(db, midnight + timedelta(hours=hours, seconds=-1)) == []
        assert days.days_to_close(db, midnight + timedelta(hours=hours)) == [(MONDAY, bucket) for bucket in BUCKETS]
    close(after(0))
    # three days later nothing has come: those days are closed on estimates all the same
    wanted = close(after(3))
    assert {day for day, _ in wanted} == {MONDAY + timedelta(days=number) for number in (1, 2, 3)}
    assert rolled(1, MONDAY + timedelta(days=3)).estimated == 48


def test_a_day_that_nobody_read_is_closed_though_an_import_closed_a_later_one(fleet):
    land(reads({1: [100] * 48}))
    close()
    wednesday = MONDAY + timedelta(days=2)
    land(reads({1: [100] * 48}, first=wednesday))
    fold(after(2))
    days.close(wednesday, [1], after(2))
    wanted = close(after(2))
    # all of Tuesday, and of Wednesday the buckets that the import did not touch
    assert wanted == [(MONDAY + timedelta(days=1), bucket) for bucket in BUCKETS] + [(wednesday, b) for b in (0, 2, 3)]
    assert close(after(2)) == []
    assert agrees()


def test_years_around_an_old_import_stay_as_empty_as_they_were(lite):
    old = MONDAY - timedelta(days=3_000)
    land(reads({1: [100] * 48}, first=old))
    wanted = close()
    assert wanted[0][0] == old and (wanted[1][0], wanted[-1][0]) == (MONDAY - timedelta(days=91), MONDAY)


def test_the_grid_of_a_day_is_the_one_of_the_read_that_came_first(fleet):
    """The later read has hours and begins earlier in the day."""
    hours = reads({1: [500] * 4})[::2].with_columns(pl.lit(60, pl.Int16).alias("minutes"))
    land(reads({1: [NONE] * 20 + [100] * 28}))
    land(hours)
    with session() as db:
        assert usage.blocks(db, 1, MONDAY, MONDAY)["minutes"].unique().to_list() == [30]
    close()
    assert rolled(1).blocks == 48
    with session() as db:
        assert {row.code for row in db.exec(select(Quarantine))} == {"reads.other_grid"}
    assert agrees()


def test_of_reads_that_are_folded_apart_the_one_that_was_acknowledged_first_counts(fleet):
    """PostgreSQL hands out a receipt's number before the receipt is committed: the second may have the lower one."""
    land(reads({1: [10] * 48}), number=7)
    fold()
    land(reads({1: [20] * 48}), number=5)
    close()
    assert rolled(1).import_wh == 480
    assert agrees()


def test_the_next_midnights_register_is_a_witness(fleet):
    wh = varied(meters=[1])
    gap = [NONE if slot >= 44 else value for slot, value in enumerate(wh[1])]
    land(reads({1: gap}, register_wh={1: [5_000] + [None] * 47}))
    land(reads({1: [50]}, first=MONDAY + timedelta(days=1), register_wh={1: [5_000 + sum(wh[1])]}))
    close()
    assert rolled(1).import_wh == sum(wh[1])
    assert rolled(1).quality == Quality.REGISTER


def test_a_final_value_is_the_raw_one_where_the_block_is_actual(fleet):
    chance = np.random.default_rng(4)
    wh = {meter: [NONE if chance.random() < 0.2 else value for value in series] for meter, series in varied().items()}
    land(reads(wh))
    close()
    for row in rows():
        quality = row["quality"] or [0] * 48
        raw = row["raw_wh"] or row["wh"]
        assert raw == [None if value == NONE else value for value in wh[row["meter_id"]]]
        assert all(a == b for a, b, sure in zip(raw, row["wh"], quality, strict=True) if sure == Quality.ACTUAL)


def test_hourly_and_quarter_hourly_meters_are_closed_beside_the_others(fleet):
    hourly = pl.concat(
        [reads({1: [100] * 48})[::2].with_columns(pl.lit(60, pl.Int16).alias("minutes")), reads({5: [70] * 48})]
    )
    land(hourly)
    close()
    assert (rolled(1).import_wh, rolled(1).blocks) == (2_400, 24)
    assert (rolled(5).import_wh, rolled(5).blocks) == (3_360, 48)
    assert agrees()
