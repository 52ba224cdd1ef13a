"""Single pages say what whole row groups say: whatever block lengths, gaps and forms of page a file holds."""
import os

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from upay.metering.days import lakewriter
from upay.metering.days.lakefile import footer, group
from upay.metering.days.pages import Chunk
from upay.metering.days.rows import LAKE, dense

LISTS = ("wh", "export_wh", "dv", "quality", "rule")


def table(minutes: list[int], seed: int) -> pa.Table:
    """A row a meter and day of two, with gaps, lists that are missing and columns that nobody filled."""
    draw = np.random.default_rng(seed)
    rows = []
    for meter, length in enumerate(minutes):
        slots = 1440 // length
        for day in (20_000, 20_001):
            keys = {"meter_id": meter, "day": day, "minutes": length, "phase": 0, "version": 1}
            row = dict.fromkeys(LAKE.names) | keys
            read, gone = draw.integers(0, 9000, slots).tolist(), (draw.random(slots) < 0.02).tolist()
            row["wh"] = [None if lost else wh for wh, lost in zip(read, gone, strict=True)]
            row["dv"] = draw.integers(2200, 2400, slots).tolist() if draw.random() < 0.9 else None
            row["quality"] = draw.integers(0, 5, slots).tolist() if draw.random() < 0.1 else None
            row["rule"] = draw.integers(0, 900, slots).tolist() if draw.random() < 0.05 else None
            rows.append(row)
    return pa.Table.from_pylist(rows, schema=LAKE)


def written(path, rows: pa.Table) -> None:
    with lakewriter.opened(path) as writer:
        writer.write_table(rows, row_group_size=700)


def written_by_another(path, rows: pa.Table) -> None:
    """Pages of version 1 and of a megabyte, lists in dictionaries: what a writer does who was told nothing."""
    pq.write_table(rows, path, compression="zstd", row_group_size=700)


EVEN, UNEVEN = [30] * 800, [[15, 60, 60, 30][number % 4] for number in range(800)]


@pytest.mark.parametrize("minutes", [EVEN, UNEVEN], ids=["even", "uneven"])
@pytest.mark.parametrize("write", [written, written_by_another])
def test_every_row_is_read_as_arrow_reads_it(tmp_path, write, minutes):
    rows = table(minutes, seed=len(set(minutes)))
    path = tmp_path / "rows.parquet"
    write(path, rows)
    whole = pl.DataFrame(pl.from_arrow(rows))
    file = os.open(path, os.O_RDONLY)
    for number in range(footer(str(path)).metadata.num_row_groups):
        of, part = group(str(path), number), whole[700 * number : 700 * (number + 1)]
        assert of.meter_id.tolist() == part["meter_id"].to_list()
        for begin in range(0, len(part) - 1, 14):  # the two days of a meter
            slots = 1440 // part["minutes"][begin]
            for name in LISTS:
                expected = dense(part[name][begin : begin + 2], slots, np.int32)
                assert np.array_equal(of.chunk(file, name).lists(file, begin, begin + 2, slots), expected)
    os.close(file)


def test_a_run_of_rows_may_lie_in_several_pages(tmp_path):
    rows = table(EVEN, seed=1)
    path = tmp_path / "rows.parquet"
    written(path, rows)
    file = os.open(path, os.O_RDONLY)
    column = footer(str(path)).metadata.row_group(0).column(LAKE.names.index("wh"))
    expected = dense(pl.DataFrame(pl.from_arrow(rows))["wh"][:700], 48, np.int32)
    assert np.array_equal(Chunk(file, column).lists(file, 0, 700, 48), expected)
    os.close(file)


def test_a_null_among_the_keys_is_an_error_and_no_number(tmp_path):
    path = tmp_path / "rows.parquet"
    lakewriter_rows = table([30], seed=1).set_column(0, LAKE.field("meter_id"), pa.array([None, 1], pa.int64()))
    written(path, lakewriter_rows)
    file = os.open(path, os.O_RDONLY)
    column = pq.read_metadata(path).row_group(0).column(0)
    with pytest.raises(ValueError, match="a null where none may be"):
        Chunk(file, column).flat(file)
    os.close(file)
