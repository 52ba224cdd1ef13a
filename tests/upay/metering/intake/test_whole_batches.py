"""What is wrong with a batch as a whole: a clear code, nothing kept, never a fault of ours."""
import gzip
import io
import struct

import polars as pl
import pyarrow as pa
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings, strategies
from sqlmodel import select

from tests.upay.metering.intake.town import FORMS, TEN, row, send, written
from upay.db import session
from upay.errors import Problem
from upay.metering.models import ReadBatch
from upay.settings import settings as installation

pytestmark = pytest.mark.usefixtures("lite_town")

CSV = written([row()], "csv")


@pytest.mark.parametrize(
    ("body", "form", "coding", "code", "status"),
    [
        (b"", "csv", None, "reads.no_rows", 422),
        (b" \n\n", "ndjson", None, "reads.no_rows", 422),
        (b"meter,start,wh\n", "csv", None, "reads.no_rows", 422),
        (written([row()], "parquet")[:0], "parquet", None, "reads.no_rows", 422),
        (CSV, "application/pdf", None, "reads.unknown_format", 415),
        (CSV, "text/csv; charset=utf-16", None, "reads.not_utf8", 415),
        ("meter,start,wh\nमी,".encode("utf-16"), "csv", None, "reads.not_utf8", 415),
        (b'{"meter": "\xff"}', "ndjson", None, "reads.not_utf8", 415),
        (CSV, "csv", "br", "reads.unknown_encoding", 415),
        (gzip.compress(CSV, mtime=0)[:-5], "csv", "gzip", "reads.truncated", 400),
        (zstandard.compress(CSV)[:-3], "csv", "zstd", "reads.truncated", 400),
        (CSV, "csv", "gzip", "reads.truncated", 400),
        (b"start,wh\n2,3\n", "csv", None, "reads.missing_column", 422),
        (b"meter,wh\n2,3\n", "csv", None, "reads.missing_column", 422),
        (b'{"meter": "A", "start_s": 5}\n', "ndjson", None, "reads.missing_column", 422),
        (b"not json\n", "ndjson", None, "reads.missing_column", 422),
        (b"meter,start,wh,WH\nA,b,1,2\n", "csv", None, "reads.column_twice", 422),
        (b"meter,start,wh,wh\nA,b,1,2\n", "csv", None, "reads.column_twice", 422),
        (b"meter,start,wh" + b",x" * 300 + b"\n", "csv", None, "reads.too_many_columns", 422),
        (b"PAR1 and then nothing", "parquet", None, "reads.unreadable_file", 400),
        (b"ARROW1\0\0 and then nothing", "arrow file", None, "reads.unreadable_file", 400),
        (b"\xff\xff\xff\xff and then nothing", "arrow stream", None, "reads.unreadable_file", 400),
    ],
)
def test_a_batch_that_is_wrong_as_a_whole_has_a_code(body, form, coding, code, status):
    with pytest.raises(Problem) as told:
        send(body, form, coding=coding)
    assert (told.value.code, told.value.status) == (code, status)
    with session() as db:
        assert not db.exec(select(ReadBatch)).all()


@pytest.mark.parametrize("form", ["parquet", "arrow stream", "arrow file"])
def test_half_a_file_is_no_file(form):
    body = written([row(meter=f"M{n}") for n in range(500)], form)
    with pytest.raises(Problem, match="unreadable_file"):
        send(body[: len(body) // 2], form)


@pytest.mark.parametrize("wrap", [gzip.compress, zstandard.compress])
def test_a_zip_bomb_is_cut_off_at_the_limit(wrap):
    coding = "gzip" if wrap is gzip.compress else "zstd"
    bomb = wrap(b"0" * (installation().max_batch_bytes + 1))
    assert len(bomb) < 100_000
    with pytest.raises(Problem, match="body_too_large"):
        send(bomb, "csv", coding=coding)


def test_a_parquet_bomb_is_refused_by_what_it_declares():
    rows = installation().max_batch_rows + 1
    out = io.BytesIO()
    pl.DataFrame({"meter": pl.repeat("A", rows, eager=True), "start_s": pl.repeat(0, rows, eager=True)}).with_columns(
        wh="start_s"
    ).write_parquet(out)
    assert len(out.getvalue()) < 100_000
    with pytest.raises(Problem, match="too_many_rows"):
        send(out.getvalue(), "parquet")


@pytest.mark.parametrize("form", ["arrow stream", "arrow file"])
def test_an_arrow_bomb_is_refused_by_what_it_declares(form):
    size = installation().max_batch_bytes
    table = pa.table({"meter": ["A"], "start_s": [0], "wh": [0], "padding": [b"\0" * (size + 1)]})
    out = io.BytesIO()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    make = pa.ipc.new_stream if form == "arrow stream" else pa.ipc.new_file
    with make(out, table.schema, options=options) as writer:
        writer.write_table(table)
    assert len(out.getvalue()) < 100_000
    with pytest.raises(Problem, match="body_too_large"):
        send(out.getvalue(), form)


def test_an_arrow_buffer_that_lies_about_its_size_is_refused():
    out = io.BytesIO()
    table = pa.table({"meter": ["A"] * 500, "start_s": [0] * 500, "wh": [7] * 500})
    with pa.ipc.new_stream(out, table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    # 500 Int64 are 4,000 bytes; the compressed buffer begins with that number.
    lie = out.getvalue().replace(struct.pack("<q", 4_000), struct.pack("<q", 1 << 50))
    with pytest.raises(Problem, match="body_too_large"):
        send(lie, "arrow stream")


def test_too_many_rows_are_refused(monkeypatch):
    monkeypatch.setattr(installation(), "max_batch_rows", 3)
    for form in FORMS:
        with pytest.raises(Problem, match="too_many_rows"):
            send([row(f"M{n}") for n in range(4)], form)


def test_the_form_is_told_by_the_first_bytes_where_nobody_says_it():
    for n, form in enumerate(FORMS):
        if form != "csv":
            assert send(written([row("ABCQK"[n])], form), "application/octet-stream")["accepted"] == 1


def test_a_broken_line_of_json_costs_only_itself():
    lines = [b'{"meter": "A", "start": "%b", "wh": 1}' % TEN.encode(), b'{"meter": "B", "st', b"", b"[1]"]
    lines.append(lines[0].replace(b"A", b"C"))
    answer = send(b"\n".join(lines))
    assert (answer["rows"], answer["accepted"], answer["codes"]) == (4, 2, {"reads.unreadable_line": 2})
    assert [verdict["row"] for verdict in answer["verdicts"]] == [2, 3]


def test_a_broken_line_of_csv_costs_only_itself():
    body = f'meter,start,wh\nA,{TEN},1\nB,{TEN},2,3,4\n\n"C,{TEN},3\nK,{TEN},4\nQ\n'
    answer = send(body.encode(), "csv")
    # A and K are taken; B has too many cells, C an open quote, Q too few cells, which leaves it without a start
    assert (answer["rows"], answer["accepted"]) == (5, 2)
    assert answer["codes"] == {"reads.unreadable_line": 2, "reads.missing_field": 1}
    assert [verdict["row"] for verdict in answer["verdicts"]] == [2, 3, 5]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter():
    assert send(b"\xef\xbb\xbf" + CSV.replace(b"\n", b"\r\n"), "csv")["accepted"] == 1


@pytest.mark.parametrize("key", ["", "x" * 101, "a\nb"])
def test_an_idempotency_key_is_short_and_printable(key):
    with pytest.raises(Problem, match="bad_idempotency_key"):
        send([row()], key=key)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(strategies.data())
def test_damaged_bytes_never_become_a_fault_of_ours(data):
    form = data.draw(strategies.sampled_from(list(FORMS)))
    body = bytearray(written([row("ABCQK"[n % 5], v=230.0) for n in range(20)], form))
    for _ in range(data.draw(strategies.integers(1, 8))):
        body[data.draw(strategies.integers(0, len(body) - 1))] = data.draw(strategies.integers(0, 255))
    try:
        answer = send(bytes(body), form)
    except Problem as told:
        assert 400 <= told.status < 500
    else:
        assert answer["accepted"] + answer["rejected"] + answer["duplicates"] == answer["rows"]
