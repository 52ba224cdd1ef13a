"""A small body may say a long text once and repeat it in every row: that costs neither memory nor quarantine."""
import subprocess
import sys

import pytest

from tests.upay.metering.intake.town import TEN, row, send, written
from upay.db import session
from upay.metering import intake
from upay.metering.intake.cells import MAX_BYTES

pytestmark = pytest.mark.usefixtures("lite_town")

_MOST_GROWTH_MB = 400
_BOMB = """
import io, resource, sys
import pyarrow as pa, pyarrow.ipc as ipc, pyarrow.parquet as pq
from tests.upay.metering.intake.town import FORMS, send
from upay.errors import Problem
from upay.network import registry

# One text of 1 MB in each of 3000 rows: 3 GB once written out.
named = pa.DictionaryArray.from_arrays(pa.array([0] * 3000, pa.int32()), pa.array(["x" * 1_000_000]))
table = pa.table({"meter": named, "start_s": pa.array([1_795_408_200] * 3000), "wh": pa.array(range(3000))})
out = io.BytesIO()
form = sys.argv[1]
if form == "parquet":
    pq.write_table(table, out, compression="zstd", store_schema=False, dictionary_pagesize_limit=1 << 30)
else:
    with ipc.new_stream(out, table.schema) if form == "arrow stream" else ipc.new_file(out, table.schema) as writer:
        writer.write_table(table)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    send(out.getvalue(), form)
except Problem as told:
    print(told.code, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""


@pytest.mark.parametrize("form", ["parquet", "arrow stream", "arrow file"])
def test_a_text_that_a_dictionary_repeats_in_every_row_is_refused_before_it_is_written_out(form):
    done = subprocess.run([sys.executable, "-c", _BOMB, form], capture_output=True, text=True, check=True)
    code, grown_mb = done.stdout.split()
    assert code == "reads.body_too_large"
    assert int(grown_mb) < _MOST_GROWTH_MB


@pytest.mark.parametrize("form", ["csv", "ndjson", "parquet", "arrow stream"])
@pytest.mark.parametrize(
    ("name", "code"),
    [("meter", "reads.unknown_meter"), ("start", "reads.bad_time"), ("wh", "reads.not_a_number")],
)
def test_a_cell_longer_than_anything_we_know_fails_its_row_and_is_kept_cut(form, name, code):
    long = {"meter": "A" * 1000, "start": TEN + " " * 1000, "wh": "5" + "x" * 999}[name]
    rows = [row("B", wh="7"), row(wh="7") | {name: long}]
    assert send(written(rows, form), form)["codes"] == {code: 1}
    with session() as db:
        (held,) = intake.held(db)
    assert all(len((text or "").encode()) <= MAX_BYTES for text in held.raw.values())
    assert held.raw[name].endswith("…")
