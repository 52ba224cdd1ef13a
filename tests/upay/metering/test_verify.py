"""The proof notices whatever is changed behind its back."""
from datetime import timedelta

import polars as pl
import pytest
from sqlalchemy import text

from tests.upay.metering.days.fleet import MONDAY, MORNING, after, build, close, fold, land, reads, varied
from upay.bulk import bulk
from upay.db import session
from upay.metering.days import lake, lakewriter
from upay.metering.days.rows import LAKE
from upay.metering.models import ReadBatch
from upay.metering.verify import verify
from upay.settings import settings


@pytest.fixture
def closed(database):
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
    assert (found.found, found.meter_days, found.connection_days) == (0, 7, 6)
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


def test_a_missing_roll_up_is_named(closed):
    with session() as db:
        db.execute(text("DELETE FROM connectionday WHERE connection_id = 3"))
    assert [one.key for one in proof().differences] == ["3"]


def test_a_changed_lake_is_named_by_meter(closed):
    row = lake.meter_days([2], MONDAY, MONDAY, LAKE.names)
    forged = row.with_columns(pl.col("wh").list.eval(pl.element() + 1), pl.lit(9).cast(pl.Int16).alias("version"))
    table = forged.select(LAKE.names).to_arrow().cast(LAKE)
    with lakewriter.turn():
        version = lakewriter.commit([lakewriter.write(table, "2026-06", 2, MORNING)], [], "forged", MORNING)
        with bulk() as db:
            lakewriter.confirm(db, version)
    found = {(one.what, one.key) for one in proof().differences}
    assert ("acknowledged", "2") in found and ("rollup", "2") in found and ("closing", "bucket 2") in found


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
    found = proof()
    assert (found.found, found.waiting) == (0, 2)
    close(after(1))
    assert proof().found == 0
