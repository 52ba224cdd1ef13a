"""Parquet from outside, read by Arrow's C++ reader.

A file that lies about itself raises there; Polars' own reader panics at it, or aborts the whole process.
"""
from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq


def from_outside(content: bytes, columns: list[str] | None = None) -> pl.DataFrame:
    """The columns of a file, all of them without `columns`. Raises ArrowException, OSError or ValueError.

    Texts come as Categorical: a file says a long text once and repeats it in every row for free, and so it stays here.
    """
    texts = list(_texts(pq.read_schema(pa.BufferReader(content))))
    with pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts) as file:
        table = file.read(columns)
    table.validate(full=True)  # offsets and indices that point outside would be read blindly later
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _texts(schema: Any) -> Iterator[str]:
    kinds = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    for column in schema:
        if any(is_kind(column.type) for is_kind in kinds):
            yield column.name
