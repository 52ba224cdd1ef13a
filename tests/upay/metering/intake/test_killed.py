"""Acknowledged means on disk: a door is killed at random moments, many times, and nothing is lost or half-done."""
import multiprocessing
import os
import random
import time

import polars as pl
import pytest
from sqlmodel import select

from tests.upay.metering.intake.door_process import door, rows_of
from tests.upay.metering.intake.town import send
from upay.db import session
from upay.metering import intake
from upay.metering.models import Quarantine, ReadBatch
from upay.settings import settings

KILLS = 25
# One process imports everything; each life is a fork of it.
nursery = multiprocessing.get_context("forkserver")
nursery.set_forkserver_preload([door.__module__])


@pytest.mark.usefixtures("town")
def test_a_killed_door_loses_nothing_it_has_acknowledged_and_leaves_nothing_half_done():
    chance = random.Random(7)
    acknowledged: dict[str, dict] = {}
    for life in range(KILLS):
        acknowledged |= _one_life(life, chance.uniform(0, 0.2))
    assert len(acknowledged) > KILLS

    with session() as db:
        batches = {batch.batch_key: batch for batch in db.exec(select(ReadBatch)).all()}
        kept = db.exec(select(Quarantine.batch_id)).all()
    assert acknowledged.keys() <= batches.keys()
    for key, batch in batches.items():
        found = pl.read_parquet(settings().landing / batch.path)
        # 0 + 1 + … + 299 = 44,850 Wh
        assert (len(found), int(found["wh"].cast(pl.Int64).sum())) == (batch.accepted, batch.total_wh) == (300, 44_850)
        assert kept.count(batch.id) == 1
        if key in acknowledged:
            assert intake.answer(batch) == acknowledged[key]
    _the_sender_tries_again(batches)


def _one_life(life: int, seconds: float) -> dict[str, dict]:
    """Start a door, kill it `seconds` after its first answer, and give what it had acknowledged, by batch key."""
    listener, speaker = nursery.Pipe(duplex=False)
    environment = {name: os.environ[name] for name in ("UPAY_VAR", "UPAY_DATABASE_URL") if name in os.environ}
    process = nursery.Process(target=door, args=(life, environment, speaker))
    process.start()
    speaker.close()
    said = dict([listener.recv()])
    time.sleep(seconds)
    process.kill()
    process.join()
    try:
        while True:
            said |= [listener.recv()]
    except (EOFError, OSError):  # the last answer may be cut off
        return said


def _the_sender_tries_again(batches: dict[str, ReadBatch]) -> None:
    """Whatever was cut off is sent again: what had been taken is not taken twice, the rest is."""
    for life in range(KILLS):
        lost = next(n for n in range(10_000) if f"{life}-{n}" not in batches)
        for n in (lost - 1, lost):
            answer = send(rows_of(life, n), "parquet", key=f"{life}-{n}")
            assert answer["repeated"] is (n != lost)
