"""From landing files to open days."""
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from sqlmodel import select

from jobs import retention
from tests.upay.metering.days.fleet import MORNING, after, close, fold, land, reads, varied
from upay.db import session
from upay.metering import days
from upay.metering.models import OpenPart, ReadBatch
from upay.metering.reads import SCHEMA
from upay.settings import settings


def parts():
    with session() as db:
        return db.exec(select(OpenPart).order_by(OpenPart.day, OpenPart.bucket)).all()


def test_each_day_and_bucket_gets_a_part_in_the_order_of_meter_and_block(fleet):
    land(reads(varied(blocks=60)))
    fold()
    assert [(part.day.day, part.bucket, part.rows) for part in parts()] == [
        # meters 1 to 7: bucket 0 has meter 4, the others two each; 48 blocks on Monday, 12 on Tuesday
        (8, 0, 48), (8, 1, 96), (8, 2, 96), (8, 3, 96), (9, 0, 12), (9, 1, 24), (9, 2, 24), (9, 3, 24),
    ]  # fmt: skip
    frame = pl.read_parquet(settings().open_days / parts()[1].path)
    assert frame.schema == SCHEMA
    assert frame.equals(frame.sort("meter_id", "start_s"))


def test_folding_again_finds_nothing(fleet):
    land(reads(varied()))
    fold()
    before = [part.path for part in parts()]
    with session() as db:
        assert days.fold(db, MORNING) is None
    assert [part.path for part in parts()] == before


def test_a_crash_before_the_commit_leaves_the_batches_to_be_folded_again(lite):
    land(reads(varied()))
    with pytest.raises(KeyboardInterrupt), session() as db:
        days.fold(db, MORNING)
        raise KeyboardInterrupt
    assert parts() == []
    fold()
    assert sum(part.rows for part in parts()) == 7 * 48
    with session() as db:
        assert all(batch.folded_at for batch in db.exec(select(ReadBatch)))


def test_a_block_that_came_twice_stays_in_order_of_arrival(lite):
    land(reads({1: [10]}))
    land(reads({1: [20]}))
    fold()
    (part,) = parts()
    assert pl.read_parquet(settings().open_days / part.path)["wh"].to_list() == [10, 20]


def test_the_sweep_removes_what_the_lake_has_and_what_nobody_knows(lite):
    land(reads(varied()))
    close()
    lost = settings().open_days / "day=2026-06-08" / "bucket=0" / "9-9.parquet"
    lost.write_bytes(b"")
    with session() as db:
        assert days.forget_parts(db, after(1).date()) == 4
    with session() as db:
        assert days.sweep_parts(db, MORNING) == 0
    with session() as db:
        assert days.sweep_parts(db, after(365 * 50)) == 5
    assert parts() == []
    assert not list(settings().open_days.rglob("*.parquet"))


def test_a_retention_that_is_killed_leaves_no_manifest_without_its_file(fleet, monkeypatch):
    land(reads(varied()))
    close()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(retention, "forget_parts", killed_after(days.forget_parts))
        retention.work(MORNING, 0, after(365 * 50))
    assert len(parts()) == 4
    assert all((settings().open_days / part.path).exists() for part in parts())


def killed_after(work):
    def killed(*args):
        work(*args)
        raise KeyboardInterrupt

    return killed


def test_nothing_is_swept_while_another_process_folds(lite):
    land(reads(varied()))
    with ThreadPoolExecutor(1) as other, days.folding():
        swept = other.submit(retention.work, MORNING, 0, MORNING)
        with pytest.raises(TimeoutError):
            swept.result(timeout=0.5)
        assert days.fold_waiting(MORNING) == 7 * 48
    assert all((settings().open_days / part.path).exists() for part in parts())
