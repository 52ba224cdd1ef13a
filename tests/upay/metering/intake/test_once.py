"""A batch counts once, however often and from wherever it comes."""
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings, strategies
from sqlmodel import select

from tests.upay.metering.intake.town import CODINGS, HALF_HOUR, NOW, TEN_S, landed, row, send, written
from upay.db import session
from upay.errors import Problem
from upay.metering import intake
from upay.metering.models import Quarantine, ReadBatch
from upay.settings import settings as installation

ROWS = [row("A"), row("B"), row("X")]


@pytest.mark.usefixtures("town")
def test_the_same_batch_again_gets_the_first_answer():
    first, again = send(ROWS), send(ROWS)
    assert again == first | {"repeated": True}
    assert len(landed()) == 2
    with session() as db:
        assert len(db.exec(select(Quarantine.id)).all()) == 1


@pytest.mark.usefixtures("lite_town")
def test_the_same_content_packed_otherwise_is_the_same_batch():
    body = written(ROWS)
    first = send(body, key="7")
    assert send(CODINGS["gzip"](body), key="7", coding="gzip") == first | {"repeated": True}


@pytest.mark.usefixtures("lite_town")
def test_the_same_key_with_other_content_is_refused():
    send(ROWS, key="7")
    with pytest.raises(Problem) as told:
        send([row("C")], key="7")
    assert (told.value.code, told.value.status) == ("reads.key_reused", 409)


@pytest.mark.usefixtures("lite_town")
def test_two_head_ends_may_use_the_same_key():
    assert send([row("A")], key="7", source="head-end:north")["repeated"] is False
    assert send([row("B")], key="7", source="head-end:south")["repeated"] is False


@pytest.mark.usefixtures("town")
def test_the_same_batch_many_times_at_once_is_taken_once():
    at_once = 6
    for turn in range(5):
        barrier = Barrier(at_once)

        def post(_, turn=turn, barrier=barrier):
            barrier.wait()
            return send([row("A", wh=turn), row("X")], key=f"turn {turn}")

        with ThreadPoolExecutor(at_once) as pool:
            answers = list(pool.map(post, range(at_once)))
        assert sorted(answer.pop("repeated") for answer in answers) == [False] + [True] * (at_once - 1)
        assert all(answer == answers[0] for answer in answers)
    with session() as db:
        batches = db.exec(select(ReadBatch)).all()
        assert len(batches) == len(db.exec(select(Quarantine.id)).all()) == 5
    files = {str(file.relative_to(installation().landing)) for file in installation().landing.rglob("*.*")}
    assert files == {batch.path for batch in batches}


blocks = strategies.tuples(strategies.sampled_from("ABCX"), strategies.integers(-2, 2), strategies.integers(-1, 3))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.lists(blocks, min_size=1, max_size=30), strategies.sampled_from(["csv", "ndjson", "parquet"]))
@pytest.mark.usefixtures("lite_town")
def test_every_row_is_accepted_rejected_or_a_duplicate_and_the_first_of_a_block_is_kept(drawn, form):
    rows = [{"meter": meter, "start_s": TEN_S + HALF_HOUR * n, "wh": wh} for meter, n, wh in drawn]
    answer = send(rows, form)
    first: dict[tuple[str, int], int] = {}
    for one in rows:
        if one["meter"] != "X" and one["wh"] >= 0:
            first.setdefault((one["meter"], one["start_s"]), one["wh"])
    assert answer["accepted"] + answer["rejected"] + answer["duplicates"] == answer["rows"] == len(rows)
    assert answer["accepted"] == len(first)
    assert answer["total_wh"] == sum(first.values())
    assert sum(answer["codes"].values()) == answer["rejected"]


@pytest.mark.usefixtures("town")
def test_files_that_no_receipt_names_are_swept_once_they_are_old():
    send(ROWS)
    folder = next(installation().landing.iterdir())
    kept, orphan, young = next(folder.iterdir()), folder / "orphan.parquet", folder / "young.part"
    for path in (orphan, young):
        path.write_bytes(b"half")
    an_hour_ago = (NOW - timedelta(hours=1, seconds=1)).timestamp()
    for path in (kept, orphan):
        os.utime(path, (an_hour_ago, an_hour_ago))
    os.utime(young, (NOW.timestamp(), NOW.timestamp()))
    with session() as db:
        assert intake.sweep_orphans(db, NOW) == 1
    assert kept.exists() and young.exists() and not orphan.exists()
