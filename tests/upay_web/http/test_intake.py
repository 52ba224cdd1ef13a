"""The doors over HTTP."""
import gzip
import io
import random
from datetime import UTC, datetime

import polars as pl
import pytest

from tests.upay.metering.intake.town import FORMS, NOW, landed, row, written
from upay.db import session
from upay.errors import Problem
from upay.metering import intake, tail
from upay.settings import settings
from upay_web.http import intake as doors

NDJSON = {"Content-Type": FORMS["ndjson"]}


def test_a_batch_is_taken_answered_and_can_be_looked_up(web, key):
    answer = web.post("/api/v1/reads", content=written([row("A"), row("X")]), headers=key | NDJSON)
    assert answer.status_code == 200
    said = answer.json()
    assert (said["accepted"], said["codes"], said["repeated"]) == (1, {"reads.unknown_meter": 1}, False)
    assert said["verdicts"] == [
        {"row": 2, "code": "reads.unknown_meter", "params": {"serial": "X"}, "meter": "X"}
    ]  # fmt: skip
    assert web.get(f"/api/v1/reads/{said['batch']}", headers=key).json() == said
    assert web.get("/api/v1/quarantine", headers=key).json()[0]["raw"]["meter"] == "X"
    assert len(landed()) == 1


def test_compressed_bodies_and_keys_of_batches_go_through_the_headers(web, key):
    headers = key | {"Content-Type": "text/csv", "Content-Encoding": "gzip", "Idempotency-Key": "7"}
    body = gzip.compress(written([row()], "csv"))
    assert web.post("/api/v1/reads", content=body, headers=headers).json()["repeated"] is False
    assert web.post("/api/v1/reads", content=body, headers=headers).json()["repeated"] is True
    other = gzip.compress(written([row("B")], "csv"))
    told = web.post("/api/v1/reads", content=other, headers=headers)
    assert (told.status_code, told.json()["code"]) == (409, "reads.key_reused")


def test_events_and_live_figures_have_doors_of_their_own(web, key):
    event = b'{"meter": "A", "code": 101, "at": "2026-11-23T10:00:00+05:30"}'
    assert web.post("/api/v1/events", content=event, headers=key).json()["accepted"] == 1
    live = b'{"meter": "A", "power_w": 840, "at": "2026-11-23T10:00:00+05:30"}'
    assert web.post("/api/v1/live", content=live, headers=key).json()["accepted"] == 1


@pytest.mark.parametrize("door", ["reads", "events", "live"])
@pytest.mark.parametrize(
    ("authorization", "code"), [({}, "reads.no_key"), ({"Authorization": "Bearer upay_x"}, "reads.bad_key")]
)
def test_without_a_right_key_no_door_opens(web, door, authorization, code):
    told = web.post(f"/api/v1/{door}", content=written([row()]), headers=authorization)
    assert (told.status_code, told.json()["code"]) == (401, code)
    assert told.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_of_one_zone_does_not_report_for_another(web):
    with session() as db:
        _, secret = intake.issue(db, "south", ["KNP"], NOW)
    south = {"Authorization": f"Bearer {secret}"}
    answer = web.post("/api/v1/reads", content=written([row("A"), row("K")]), headers=south)
    assert (answer.json()["accepted"], answer.json()["codes"]) == (1, {"reads.not_your_zone": 1})


def test_what_another_head_end_sent_is_not_shown(web, key):
    batch = web.post("/api/v1/reads", content=written([row("X")]), headers=key).json()["batch"]
    with session() as db:
        _, secret = intake.issue(db, "south", None, NOW)
    south = {"Authorization": f"Bearer {secret}"}
    assert web.get(f"/api/v1/reads/{batch}", headers=south).status_code == 404
    assert web.get("/api/v1/quarantine", headers=south).json() == []


@pytest.mark.parametrize("declared", [True, False])
def test_a_body_is_read_no_further_than_the_limit(web, key, monkeypatch, declared):
    monkeypatch.setattr(settings(), "max_batch_bytes", 1_000)
    pieces = (b"x" * 600 for _ in range(100))  # sent in chunks, without a length
    told = web.post("/api/v1/reads", content=b"x" * 1_001 if declared else pieces, headers=key)
    assert (told.status_code, told.json()["code"]) == (413, "reads.body_too_large")


def test_a_problem_speaks_the_callers_language(web):
    english = web.post("/api/v1/reads", headers={"Accept-Language": "en-IN,hi;q=0.5"}).json()
    hindi = web.post("/api/v1/reads", headers={"Accept-Language": "hi-IN, en;q=0.3"}).json()
    assert english["code"] == hindi["code"] == "reads.no_key"
    assert "Send your key" in english["message"] and "कुंजी" in hindi["message"]


def test_those_who_watch_are_told_once_the_batch_is_committed(web, key):
    heard = []
    tail.on_nudge(lambda: heard.append(len(landed())))
    web.post("/api/v1/reads", content=written([row()]), headers=key)
    assert heard[-1] == 1


def test_a_fault_of_ours_is_an_answer_with_the_requests_number(web, key, monkeypatch):
    def breaks(*_):
        raise RuntimeError("a fault")

    monkeypatch.setattr(doors.intake, "take_reads", breaks)
    told = web.post("/api/v1/reads", content=b"x", headers=key | {"X-Request-ID": "request-0815"})
    assert (told.status_code, told.json()["code"]) == (500, "http.unexpected")
    assert told.json()["params"] == {"request": "request-0815"} and told.headers["X-Request-ID"] == "request-0815"


def test_a_problem_of_the_domain_keeps_its_status(web, key, monkeypatch):
    def asks(*_):
        raise Problem("reads.no_rows", {}, 422)

    monkeypatch.setattr(doors.intake, "take_reads", asks)
    assert web.post("/api/v1/reads", content=b"x", headers=key).status_code == 422


UNNAMEABLE = {
    "an instant beyond every calendar": pl.Series([2**62]).cast(pl.Datetime("ms", "UTC")),
    "a day beyond every calendar": pl.Series([2**31 - 1], dtype=pl.Int32).cast(pl.Date),
    "a duration": pl.Series([5]).cast(pl.Duration("us")),
    "the year 9999": pl.Series([datetime(9999, 12, 31, 23, tzinfo=UTC)]),
    "the year 1": pl.Series([datetime(1, 1, 1, tzinfo=UTC)]),
    "the year 1, written": pl.Series(["0001-01-01T00:00:00+05:30"]),
    "the year 9999, written": pl.Series(["9999-12-31T23:59:59-05:30"]),
}


@pytest.mark.parametrize("start", UNNAMEABLE.values(), ids=UNNAMEABLE)
def test_a_time_that_cannot_be_costs_its_row_and_nothing_else(web, key, start):
    body = io.BytesIO()
    frame = pl.DataFrame({"meter": ["A"], "start": start, "wh": [5]})
    frame.write_parquet(body)
    told = web.post("/api/v1/reads", content=body.getvalue(), headers=key)
    assert (told.status_code, told.json()["accepted"], told.json()["rejected"]) == (200, 0, 1)


@pytest.mark.parametrize("door", ["reads", "events", "live"])
def test_a_parquet_body_that_lies_about_itself_is_a_4xx_with_a_code(web, key, door):
    chance = random.Random(5)
    body = io.BytesIO()
    columns = {"meter": ["A"] * 90, "start_s": range(90), "at_s": range(90), "code": [101] * 90, "wh": range(90)}
    pl.DataFrame(columns).write_parquet(body)
    for _ in range(60):
        spoilt = bytearray(body.getvalue())
        for _ in range(3):
            spoilt[chance.randrange(4, len(spoilt) - 4)] = chance.randrange(256)
        told = web.post(f"/api/v1/{door}", content=bytes(spoilt), headers=key)
        assert told.status_code < 500, told.text
