"""Parquet from outside, read by Arrow's C++ reader.

A file that lies about itself raises there; Polars' own reader panics at it, or aborts the whole process.
"""
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq


def from_outside(content: bytes, columns: list[str] | None = None) -> pl.DataFrame:
    """The columns of a file, all of them without `columns`. Raises ArrowException, OSError or ValueError."""
    with pq.ParquetFile(pa.BufferReader(content)) as file:
        table = file.read(columns)
    table.validate(full=True)  # offsets and indices that point outside would be read blindly later
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
