"""The proof notices whatever is changed behind its back."""
from datetime import timedelta

import polars as pl
import pytest
from sqlalchemy import text

from tests.upay.metering.days.fleet import MONDAY, MORNING, after, build, close, event, fold, land, reads, varied
from upay.bulk import bulk
from upay.db import session
from upay.metering.days import lake, lakewriter
from upay.metering.days.rows import LAKE
from upay.metering.models import ConnectionDay, ReadBatch
from upay.metering.verify import verify
from upay.settings import settings


@pytest.fixture
def closed(database):
    closed_monday()


@pytest.fixture
def lite_closed(sqlite):
    closed_monday()


def closed_monday():
    build()
    wh = varied()
    land(reads(wh))
    land(reads({1: wh[1][:5], 2: [wh[2][0] + 1]}))
    close()


def proof():
    with session() as db:
        return verify(db)


def test_an_untouched_installation_agrees_with_itself(closed):
    found = proof()
    assert (found.found, found.meter_days, found.connection_days, found.dtr_days) == (0, 7, 6, 1)
    # 7 × 48 acknowledged blocks; five equal repetitions and a contradiction do not count
    assert found.acknowledged == 7 * 48


def test_before_the_first_closing_there_is_nothing_to_prove(sqlite):
    build()
    assert proof().found == 0


def test_a_changed_roll_up_is_named(closed):
    with session() as db:
        db.execute(text("UPDATE connectionday SET band2_wh = band2_wh + 1 WHERE connection_id = 3"))
    (difference,) = proof().differences
    assert (difference.what, difference.key) == ("rollup", "3")
    assert difference.expected.startswith("band2_wh=")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("peak_w", "peak_w + 2"),
        ("peak_start_s", "peak_start_s + 1800"),
        ("outage_minutes", "30"),
        ("vah", "1"),
        ("min_dv", "2290"),
        ("quality", "2"),
        ("flags", "1"),
        ("version", "2"),
    ],
)
def test_whatever_is_falsified_in_a_roll_up_is_named(lite_closed, column, value):
    with session() as db:
        db.execute(text(f"UPDATE connectionday SET {column} = {value} WHERE connection_id = 3"))
    (difference,) = proof().differences
    assert (difference.what, difference.key) == ("rollup", "3") and difference.found.startswith(f"{column}=")


def test_a_roll_up_of_nothing_is_named(closed):
    with session() as db:
        row = db.get(ConnectionDay, (3, MONDAY)).model_dump()
        db.add(ConnectionDay(**row | {"connection_id": 77, "dtr_id": 2}))
        db.add(ConnectionDay(**row | {"day": MONDAY - timedelta(days=3), "dtr_id": 2}))
    named = [(one.key, one.day, one.expected) for one in proof().differences]
    assert named == [("3", MONDAY - timedelta(days=3), "import_wh=None"), ("77", MONDAY, "import_wh=None")]


@pytest.mark.parametrize(
    "column", ["input_wh", "consumers_wh", "export_wh", "consumers", "reporting", "peak_w", "estimated_wh"]
)
def test_a_changed_roll_up_of_a_dtr_is_named(lite_closed, column):
    with session() as db:
        db.execute(text(f"UPDATE dtrday SET {column} = {column} - 1"))
    (difference,) = proof().differences
    assert (difference.what, difference.key) == ("dtr", "1") and difference.found.startswith(f"{column}=")


def test_a_dtrs_day_that_is_missing_or_of_nothing_is_named(closed):
    with session() as db:
        db.execute(text("UPDATE dtrday SET dtr_id = 2"))
    assert {(one.what, one.key) for one in proof().differences} == {("dtr", "1"), ("dtr", "2")}


def test_outages_told_after_the_closing_wait_for_the_next(closed):
    event(3, 101, 5)
    event(3, 102, 6)
    found = proof()
    assert (found.found, found.waiting) == (0, 1)
    close(after(1))
    found = proof()
    assert (found.found, found.waiting) == (0, 0)


def test_minutes_of_outage_that_no_event_tells_of_are_named(lite_closed):
    event(3, 101, 5)
    event(3, 102, 6)
    close(after(1))
    with session() as db:
        db.execute(text("UPDATE connectionday SET outage_minutes = 61 WHERE connection_id = 3 AND day = '2026-06-08'"))
    (difference,) = proof().differences
    assert (difference.expected, difference.found) == ("outage_minutes=60", "outage_minutes=61")


def test_a_missing_roll_up_is_named(closed):
    with session() as db:
        db.execute(text("DELETE FROM connectionday WHERE connection_id = 3"))
    # the DTR's sum no longer has it either
    assert [(one.what, one.key) for one in proof().differences] == [("rollup", "3"), ("dtr", "1")]


def forge(*changes):
    """Put another row of meter 2's Monday in the lake."""
    row = lake.meter_days([2], MONDAY, MONDAY, LAKE.names)
    forged = row.with_columns(*changes, pl.lit(9).cast(pl.Int16).alias("version"))
    table = forged.select(LAKE.names).to_arrow().cast(LAKE)
    with lakewriter.turn():
        version = lakewriter.commit([lakewriter.write(table, "2026-06", 2, MORNING)], [], "forged", MORNING)
        with bulk() as db:
            lakewriter.confirm(db, version)


def test_a_changed_lake_is_named_by_meter(closed):
    forge(pl.col("wh").list.eval(pl.element() + 1))
    found = {(one.what, one.key) for one in proof().differences}
    assert ("acknowledged", "2") in found and ("rollup", "2") in found and ("closing", "bucket 2") in found


def test_blocks_changed_for_one_another_are_named_though_their_sum_is_the_same(lite_closed):
    forge(pl.col("wh").list.reverse())
    (difference,) = [one for one in proof().differences if one.what == "acknowledged"]
    wh = varied()[2]
    assert difference.key == "2"
    # count and energy agree: the mark over the blocks tells
    for said in (difference.expected, difference.found):
        assert said.startswith(f"reads=48 wh={sum(wh)} export_wh=0 mark=")
    assert not [one for one in proof().differences if one.what == "closing"]


def test_an_altered_export_is_named(sqlite):
    build()
    land(reads(varied(), export_wh={2: [10] * 48}))
    close()
    assert proof().found == 0
    forge(pl.col("export_wh").list.eval(pl.element() + 1))
    (difference,) = [one for one in proof().differences if one.what == "acknowledged"]
    assert "export_wh=480" in difference.expected and "export_wh=528" in difference.found


def test_a_lost_landing_file_leaves_its_days_out_and_says_so(closed):
    with session() as db:
        batch = db.get(ReadBatch, 1)
    (settings().landing / batch.path).unlink()
    found = proof()
    assert (found.found, found.skipped_days, found.acknowledged) == (0, 1, 0)


def test_reads_that_wait_for_a_closing_are_no_difference(closed):
    land(reads({1: [300] * 48}, first=MONDAY + timedelta(days=1)), after(1))
    land(reads({3: [700]}), after(1))
    fold(after(1))
    land(reads({3: [100] * 48}, first=MONDAY + timedelta(days=1)), after(1))
    found = proof()
    assert (found.found, found.waiting, found.unfolded) == (0, 2, 1)
    close(after(1))
    assert proof().found == 0
