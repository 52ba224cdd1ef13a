"""Months of history at once."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import polars as pl
import pytest

from tests.upay.metering.days.fleet import HOMES, MONDAY, after, build, close, dtr, fold, land, reads, rolled, varied
from upay.db import session
from upay.errors import Problem
from upay.metering import days, settle, usage
from upay.metering.days import lake, lakewriter
from upay.metering.days.rows import LAKE
from upay.metering.matrix import NONE
from upay.metering.models import Quality
from upay.metering.verify import verify

ALL = list(range(1, HOMES + 2))
DAYS = 12
NOW = after(DAYS + 1)


def history(seed=1):
    """Twelve days with a gap of an afternoon and one of two days."""
    wh = varied(blocks=48 * DAYS, seed=seed)
    wh[2][400:420] = [NONE] * 20
    wh[3][48 * 8 : 48 * 10] = [NONE] * 96
    return wh


def write(folder, wh, name="a", first=MONDAY):
    serial = pl.when(pl.col("meter_id") <= HOMES).then(pl.format("M{}", "meter_id")).otherwise(pl.lit("D1"))
    folder.mkdir(exist_ok=True)
    reads(wh, first).with_columns(serial.alias("serial")).drop("meter_id").write_parquet(folder / f"{name}.parquet")
    return folder


def lake_rows():
    return lake.meter_days(ALL, MONDAY, MONDAY + timedelta(days=DAYS - 1), LAKE.names)


def test_history_ends_in_the_lake_and_in_the_roll_ups(database, tmp_path):
    build()
    wh = history()
    report = days.backfill(write(tmp_path / "in", wh), "test", NOW)
    count = sum(value != NONE for series in wh.values() for value in series)
    assert (report.files, report.reads, report.accepted, report.closed) == (1, count, count, True)
    assert rolled(1).import_wh == sum(wh[1][:48])
    assert dtr().consumers_wh == sum(rolled(home).import_wh for home in range(1, HOMES + 1))
    assert rolled(3, MONDAY + timedelta(days=9)).quality == Quality.LIKE_DAY
    with session() as db:
        assert usage.blocks(db, 1, MONDAY, MONDAY)["wh"].to_list() == wh[1][:48]
        found = verify(db)
    assert (found.found, found.acknowledged, found.meter_days) == (0, count, 7 * DAYS)


def test_it_comes_out_as_if_every_day_had_been_closed_in_its_night(sqlite, tmp_path, monkeypatch):
    build()
    wh = history()
    for number in range(DAYS):
        land(
            reads(
                {meter: series[48 * number : 48 * number + 48] for meter, series in wh.items()},
                MONDAY + timedelta(days=number),
            )
        )
        close(after(number))
    expected = lake_rows()
    monkeypatch.setenv("UPAY_VAR", str(tmp_path / "other"))
    afresh(tmp_path)
    days.backfill(write(tmp_path / "in", wh), "test", NOW)
    assert lake_rows().rows(named=True) == expected.rows(named=True)


def afresh(tmp_path):
    """An empty installation in the place now set."""
    from upay import db, migrations
    from upay.network import forget
    from upay.settings import settings

    db.engine().dispose()
    settings.cache_clear()
    db.engine.cache_clear()
    forget()
    migrations.upgrade()
    build()


def test_the_same_files_are_taken_once(sqlite, tmp_path):
    build()
    folder = write(tmp_path / "in", history())
    days.backfill(folder, "test", NOW)
    before = lake_rows()
    again = days.backfill(folder, "test", NOW)
    assert (again.files, again.known, again.accepted, again.closed) == (1, 1, 0, False)
    assert lake_rows().equals(before)


def test_a_backfill_that_was_killed_is_finished_by_the_next(sqlite, tmp_path, monkeypatch):
    build()
    folder = write(tmp_path / "in", history())
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("upay.metering.days.lakewriter.confirm", killed)
        days.backfill(folder, "test", NOW)
    assert rolled(1) is None
    assert days.backfill(folder, "test", NOW).closed
    with session() as db:
        found = verify(db)
    assert found.found == 0 and found.meter_days == 7 * DAYS


def killed(*_):
    raise KeyboardInterrupt


def test_several_files_may_cut_the_history_by_time_and_by_meter(sqlite, tmp_path, monkeypatch):
    build()
    monkeypatch.setattr("upay.metering.days.historyfiles._READS_AT_A_TIME", 48 * DAYS)
    wh = history()
    folder = tmp_path / "in"
    for name, chosen in (("a", ALL[:3]), ("b", ALL[3:])):
        write(folder, {meter: wh[meter][:300] for meter in chosen}, f"1{name}")
        write(folder, {meter: [NONE] * 300 + wh[meter][300:] for meter in chosen}, f"2{name}")
    days.backfill(folder, "test", NOW)
    assert [rolled(home, MONDAY + timedelta(days=6)).import_wh for home in range(1, HOMES + 1)] == [
        sum(wh[home][48 * 6 : 48 * 7]) for home in range(1, HOMES + 1)
    ]
    with session() as db:
        assert verify(db).found == 0


def test_rows_that_cannot_be_are_left_out_and_counted(sqlite, tmp_path):
    build()
    frame = pl.DataFrame(
        {
            "serial": ["M1", "M1", "nobody", "M2"],
            "start_s": [int(NOW.timestamp()) // 1800 * 1800 - 1800 * back for back in (200, 199, 200, -10)],
            "wh": [100, -5, 100, 100],
        }
    )
    (tmp_path / "in").mkdir()
    frame.write_parquet(tmp_path / "in" / "a.parquet")
    report = days.backfill(tmp_path / "in", "test", NOW)
    assert report.accepted == 1
    assert report.rejected == {"reads.unknown_meter": 1, "reads.negative": 1, "reads.row_in_future": 1}


def test_nobody_folds_meanwhile(sqlite, tmp_path, monkeypatch):
    build()
    folded = []
    with monkeypatch.context() as patch, ThreadPoolExecutor(1) as other:

        def confirm(db, version):
            folded.append(other.submit(settle.fold_all, NOW))
            with pytest.raises(TimeoutError):
                folded[0].result(timeout=0.5)
            confirmed(db, version)

        confirmed = lakewriter.confirm
        patch.setattr(lakewriter, "confirm", confirm)
        assert days.backfill(write(tmp_path / "in", history()), "test", NOW).closed
    assert folded[0].result() == 0
    with session() as db:
        assert verify(db).found == 0


def test_readings_of_the_day_in_progress_wait_for_its_closing(database, tmp_path):
    build()
    wh = history()
    noon = after(DAYS - 2) + timedelta(hours=3)  # of the last of the twelve days
    folder = write(tmp_path / "in", {1: wh[1][: 48 * (DAYS - 1) + 20]})
    assert days.backfill(folder, "test", noon).closed
    today = MONDAY + timedelta(days=DAYS - 1)
    with session() as db:
        assert usage.blocks(db, 1, today, today)["wh"].to_list() == wh[1][48 * (DAYS - 1) :][:20]
    close(NOW)
    assert rolled(1, today).actual == 20
    with session() as db:
        assert verify(db).found == 0


@pytest.mark.parametrize("folded", [True, False])
def test_reads_that_came_before_the_file_come_first(sqlite, tmp_path, folded):
    build()
    wh = history()
    land(reads({1: [7]}))
    if folded:
        fold()
    assert not days.backfill(write(tmp_path / "in", wh), "test", NOW).closed
    close(NOW)
    assert rolled(1).import_wh == 7 + sum(wh[1][1:48])
    with session() as db:
        assert verify(db).found == 0


def test_days_already_closed_take_the_ordinary_way(sqlite, tmp_path):
    build()
    wh = history()
    land(reads({1: wh[1][:24]}))
    close()
    assert not days.backfill(write(tmp_path / "in", wh), "test", NOW).closed
    close(NOW)
    assert rolled(1).import_wh == sum(wh[1][:48]) and rolled(1).version == 2
    with session() as db:
        assert verify(db).found == 0


def test_a_folder_without_readings_is_a_mistake(sqlite, tmp_path):
    with pytest.raises(Problem, match="no_files"):
        days.backfill(tmp_path, "test", NOW)
