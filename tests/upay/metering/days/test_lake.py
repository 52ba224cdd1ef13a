"""Reading the lake: the latest version of every meter-day, whatever the files."""
from datetime import timedelta
from importlib import import_module

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from tests.upay.metering.days.fleet import HOMES, MONDAY, MORNING, after, close, land, reads, varied
from upay.db import session
from upay.metering import days
from upay.metering.days import lake
from upay.metering.verify import verify
from upay.settings import settings

ALL = list(range(1, HOMES + 2))
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def closed(lite):
    """Monday and Tuesday, Monday's first meter once more with late reads."""
    wh = varied(blocks=96)
    land(
        reads(
            {meter: [*series[:20], *[-1] * 28, *series[48:]] if meter == 1 else series for meter, series in wh.items()}
        )
    )
    close(after(1))
    land(reads({1: [*[-1] * 20, *wh[1][20:48]]}))
    close(after(1) + timedelta(hours=1))
    return wh


def total(frame):
    return int(frame["total_wh"].sum())


def test_the_latest_version_of_a_day_is_what_is_read(closed):
    expected = sum(sum(series) for series in closed.values())
    point = lake.meter_days(ALL, MONDAY, TUESDAY, ["total_wh", "version"])
    assert (len(point), total(point)) == (14, expected)
    assert point["version"].to_list() == [2, *[1] * 13]
    fleet = lake.scan(MONDAY, TUESDAY, ["total_wh"]).collect()
    assert (len(fleet), total(fleet)) == (14, expected)


def test_only_what_is_asked_for_is_given(closed):
    one = lake.meter_days([3], TUESDAY, TUESDAY, ["wh"])
    assert one.columns == ["meter_id", "day", "wh"]
    assert one.row(0) == (3, TUESDAY, closed[3][48:])
    assert lake.meter_days([3], MONDAY - timedelta(days=40), MONDAY - timedelta(days=1), ["wh"]).is_empty()
    assert lake.meter_days([99], MONDAY, TUESDAY, ["wh"]).is_empty()


def test_there_is_nothing_before_the_first_closing(lite):
    assert lake.meter_days([1], MONDAY, TUESDAY, ["wh"]).is_empty()
    assert lake.scan(MONDAY, TUESDAY, ["total_wh"]).collect().is_empty()


def test_compaction_leaves_one_file_a_bucket_and_the_same_readings(closed):
    before = lake.meter_days(ALL, MONDAY, TUESDAY, ["wh", "quality", "raw_wh", "version", "flags"])
    assert days.to_compact("2026-06") == []
    assert days.to_compact("2026-07") == [("2026-06", bucket) for bucket in range(4)]
    assert [days.compact("2026-06", bucket, MORNING) for bucket in range(4)] == [2, 4, 4, 4]
    assert len(lake.snapshot().files) == 4
    assert lake.meter_days(ALL, MONDAY, TUESDAY, ["wh", "quality", "raw_wh", "version", "flags"]).equals(before)
    assert days.compact("2026-06", 0, MORNING) == 0
    with session() as db:
        assert verify(db).found == 0


def test_the_running_month_is_compacted_when_a_week_of_closings_has_come_together(closed, monkeypatch):
    assert days.to_compact("2026-06") == []
    monkeypatch.setattr(import_module("upay.metering.days.compact"), "FILES_OF_RUNNING_MONTH", 1)
    assert days.to_compact("2026-06") == [("2026-06", bucket) for bucket in range(4)]


def test_other_readers_of_delta_see_the_same_table(closed):
    for bucket in range(4):
        days.compact("2026-06", bucket, MORNING)
    expected = sum(sum(series) for series in closed.values())
    table = DeltaTable(settings().lake)
    assert pl.read_delta(table)["total_wh"].sum() == expected
    files = table.file_uris()
    found = duckdb.sql(f"SELECT sum(list_sum(wh)), sum(total_wh), count(*) FROM read_parquet({files})").fetchall()
    assert found == [(expected, expected, 14)]


def test_an_earlier_state_can_be_read_again(closed):
    table = DeltaTable(settings().lake)
    table.load_as_version(2)
    assert set(pl.read_delta(table)["version"]) == {1}
    assert len(table.history()) == 4


def test_readings_cost_less_than_five_bytes_each_in_the_lake(lite):
    land(reads(varied(blocks=48 * 30)))
    close(after(30))
    for bucket in range(4):
        days.compact("2026-06", bucket, MORNING)
    stored = sum(file.size for file in lake.snapshot().files if file.month == "2026-06")
    # footers weigh most in a lake this small; 7 meters × 23 days of June
    assert stored < 4 * 20_000 + 5 * 7 * 23 * 48
