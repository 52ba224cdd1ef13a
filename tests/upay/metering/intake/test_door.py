"""What is taken, what is not, and that the sums are right."""
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from sqlmodel import select

from tests.upay.metering.intake.town import (
    CODINGS,
    FORMS,
    HALF_HOUR,
    NOW,
    TEN,
    TEN_S,
    landed,
    row,
    send,
    verdict_of,
    written,
)
from upay.db import session
from upay.errors import Problem
from upay.metering import intake
from upay.metering.models import Quarantine, ReadBatch
from upay.metering.reads import SCHEMA
from upay.settings import settings

pytestmark = pytest.mark.usefixtures("lite_town")


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_and_coding_says_the_same(form, coding):
    rows = [row("A", v=231.4, a=1.25, register_wh=9_000_000_000), row("B", wh=77, v=229.96, a=0.0, register_wh=5)]
    answer = send(CODINGS[coding](written(rows, form)), form, coding=coding)
    assert (answer["rows"], answer["accepted"], answer["rejected"], answer["duplicates"]) == (2, 2, 0, 0)
    assert answer["total_wh"] == 420 + 77
    assert (answer["first_start"], answer["last_end"]) == (TEN, "2026-11-23T10:30:00+05:30")
    found = landed()
    assert found.schema == SCHEMA
    # 231.4 V = 2314 dV; 229.96 V rounds to 2300 dV; 1.25 A = 125 cA
    assert found.select("meter_id", "start_s", "minutes", "wh", "dv", "ca", "register_wh").rows() == [
        (1, TEN_S, 30, 420, 2314, 125, 9_000_000_000),
        (2, TEN_S, 30, 77, 2300, 0, 5),
    ]
    assert found["export_wh"].null_count() == 2


def test_a_landing_file_is_in_the_order_of_meter_and_block():
    late, early = "2026-11-23T10:30:00+05:30", TEN
    send([row("B", late), row("A", late), row("B", early), row("A", early)])
    assert landed().select("meter_id", "start_s").rows() == [
        (1, TEN_S), (1, TEN_S + HALF_HOUR), (2, TEN_S), (2, TEN_S + HALF_HOUR)
    ]  # fmt: skip


def test_a_start_may_be_written_in_any_offset_in_utc_or_in_seconds():
    at = ["2026-11-23T04:30:00Z", "2026-11-23 10:30:00+06:00", "2026-11-23T04:30:00.000+00:00"]
    for n, start in enumerate(at):
        assert verdict_of(row("ABC"[n], start)) is None
    assert verdict_of({"meter": "K", "start_s": TEN_S, "wh": 1}) is None
    assert set(landed()["start_s"]) == {TEN_S}


def test_timestamps_of_parquet_need_a_zone():
    moment = datetime(2026, 11, 23, 4, 30)  # noqa: DTZ001
    assert verdict_of(row(start=moment.replace(tzinfo=UTC)), form="parquet") is None
    assert verdict_of(row("B", start=moment), form="parquet") == "reads.no_offset"


def test_column_names_are_read_without_regard_to_case_and_unknown_ones_are_named():
    answer = send(b"Meter,START,wH,firmware\nA," + TEN.encode() + b",5,1.2\n", "csv")
    assert (answer["accepted"], answer["ignored_columns"]) == (1, ["firmware"])


def test_a_later_line_may_hold_what_the_first_has_not():
    send(written([row("A")]) + written([row("B", export_wh=31)]))
    assert landed()["export_wh"].to_list() == [None, 31]


def test_a_meter_with_quarter_hours_sends_quarter_hours():
    assert verdict_of(row("Q", "2026-11-23T10:15:00+05:30")) is None
    assert landed()["minutes"].to_list() == [15]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (row("X"), "reads.unknown_meter"),
        (row(""), "reads.missing_field"),
        (row(None), "reads.missing_field"),
        (row(start="2026-11-23T10:00:00"), "reads.no_offset"),
        (row(start="yesterday"), "reads.bad_time"),
        (row(start="0001-01-01T00:00:00+14:00"), "reads.bad_time"),
        (row(start="1970-01-01T00:00:00Z"), "reads.bad_time"),
        (row(start=None), "reads.missing_field"),
        (row(wh="lots"), "reads.not_a_number"),
        (row(wh="NaN"), "reads.not_a_number"),
        (row(wh=None), "reads.missing_field"),
        (row(wh=-1), "reads.negative"),
        (row(wh=2**31), "reads.too_large"),
        (row(wh="1e+300"), "reads.too_large"),
        (row(export_wh=-5), "reads.negative"),
        (row(vah="x"), "reads.not_a_number"),
        (row(v=-230), "reads.negative"),
        (row(v=4000), "reads.too_large"),  # 40,000 dV is beyond Int16
        (row(a="x"), "reads.not_a_number"),
        (row(register_wh="x"), "reads.not_a_number"),
        (row(minutes=7), "reads.block_length"),
        (row(minutes="half"), "reads.not_a_number"),
        (row(start="2026-11-23T10:10:00+05:30"), "reads.off_grid"),
        (row(start="2026-11-23T10:00:01+05:30"), "reads.off_grid"),
        (row(start="2026-11-23T10:15:00+05:30"), "reads.off_grid"),
        (row(start="2026-11-23T10:30:00+05:30", minutes=60), "reads.off_grid"),
        (row(start="2026-11-22T05:30:00+05:30", minutes=1440), "reads.off_grid"),  # midnight in London
        (row(start="2026-11-24T10:00:00+05:30"), "reads.row_in_future"),
    ],
)
@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_a_bad_row_has_its_code_waits_in_quarantine_and_costs_no_other(form, bad, code):
    answer = send([{key: str(value) if value is not None else None for key, value in bad.items()}, row("B")], form)
    assert (answer["accepted"], answer["rejected"], answer["codes"]) == (1, 1, {code: 1})
    assert answer["verdicts"][0]["row"] == 1
    with session() as db:
        kept = db.exec(select(Quarantine)).one()
    assert (kept.code, kept.batch_id, kept.row_number) == (code, answer["batch"], 1)
    assert kept.raw["wh"] == (None if bad["wh"] is None else str(bad["wh"]))


def test_hours_quarter_hours_and_indian_days_are_blocks():
    for start, minutes in (("2026-11-23T10:00", 60), ("2026-11-23T10:15", 15), ("2026-11-22T00:00", 1440)):
        assert verdict_of(row(start=f"{start}:00+05:30", minutes=minutes)) is None


def test_old_rows_are_taken():
    assert verdict_of(row(start="2013-01-01T00:00:00+05:30")) is None


def test_a_block_may_end_as_far_ahead_as_clocks_drift_and_no_further():
    # The pack allows five minutes: a block that ends at 12:30 is taken from 12:25 on.
    block = row(start="2026-11-23T12:00:00+05:30")
    assert verdict_of(block, now=NOW + timedelta(minutes=24)) == "reads.row_in_future"
    assert verdict_of(block | {"meter": "B"}, now=NOW + timedelta(minutes=25)) is None


def test_a_key_for_some_zones_is_held_to_them():
    assert verdict_of(row("K"), zones=[1]) == "reads.not_your_zone"
    assert verdict_of(row("Z"), zones=[1]) == "reads.not_your_zone"  # stands nowhere, so in no zone
    assert verdict_of(row("K"), zones=[1, 2], key="the next batch") is None


def test_equal_repetitions_are_counted_and_differing_ones_are_conflicts():
    answer = send([row("A", wh=1), row("B", wh=7), row("A", wh=2), row("A", wh=1), row("A", wh=2)])
    # of A: the first is kept, one equal repetition, two that differ from the first
    assert (answer["accepted"], answer["duplicates"], answer["codes"]) == (2, 1, {"reads.conflict": 2})
    assert [verdict["row"] for verdict in answer["verdicts"]] == [3, 5]
    assert landed()["wh"].to_list() == [1, 7]


def test_a_day_and_a_half_hour_that_begin_together_are_two_blocks():
    midnight = "2026-11-22T00:00:00+05:30"
    assert send([row(start=midnight), row(start=midnight, minutes=1440, wh=9_000)])["accepted"] == 2


def test_fractions_of_a_watt_hour_are_rounded():
    assert send(b"meter,start,wh\nA," + TEN.encode() + b",419.5001\n", "csv")["total_wh"] == 420


def test_a_batch_without_a_good_row_has_a_receipt_and_no_file():
    answer = send([row("X")])
    assert (answer["accepted"], answer["first_start"], answer["last_end"]) == (0, None, None)
    assert not list(settings().landing.rglob("*"))
    with session() as db:
        assert db.exec(select(ReadBatch)).one().path is None


def test_only_the_first_hundred_verdicts_are_answered_but_every_row_is_kept():
    answer = send([row(f"X{n}") for n in range(250)])
    assert len(answer["verdicts"]) == 100
    assert answer["codes"] == {"reads.unknown_meter": 250}
    with session() as db:
        assert len(db.exec(select(Quarantine.id)).all()) == 250


def test_a_nul_in_a_cell_stops_no_database():
    answer = send(b'{"meter": "A\\u0000", "start": "x\\u0000", "wh": 1}\n')
    assert answer["codes"] == {"reads.unknown_meter": 1}


def test_frames_of_an_import_may_stand_off_the_grid_but_only_on_whole_minutes():
    frame = pl.DataFrame({"serial": ["A", "B"], "start_s": [TEN_S + 420, TEN_S + 421], "wh": [5, 6]})
    with session() as db:
        batch = intake.take_frame(db, frame, "import", "file-1", NOW, allow_phase=True)
    assert (batch.accepted, batch.answer["codes"]) == (1, {"reads.off_grid": 1})


def test_a_frame_counts_once_by_its_batch_key():
    frame = pl.DataFrame({"serial": ["A"], "start_s": [TEN_S], "wh": [5]})
    with session() as db:
        first = intake.take_frame(db, frame, "import", "file-1", NOW)
    with session() as db:
        again = intake.take_frame(db, frame, "import", "file-1", NOW)
    assert (again.id, len(landed())) == (first.id, 1)


def test_another_sender_cannot_see_a_receipt():
    answer = send([row()])
    with session() as db:
        assert intake.answer(intake.receipt(db, answer["batch"], "head-end:north")) == answer
        with pytest.raises(Problem, match="no_such_batch"):
            intake.receipt(db, answer["batch"], "head-end:south")
