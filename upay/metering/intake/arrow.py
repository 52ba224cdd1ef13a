"""Arrow IPC from outside. A stream may declare more than it carries, so what it declares is added up first.

The metadata is a flatbuffer; the few fields that matter are looked up by hand, every step inside the buffer's bounds.
Layout: https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc
"""
import struct
from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.ipc as ipc

from upay.errors import Problem

_FILE_MAGIC = b"ARROW1\0\0"


def read(body: bytes, max_bytes: int, max_rows: int, max_columns: int) -> pl.DataFrame:
    """The frame of an IPC stream or file (a file is a stream with a frame around it).

    Raises Problem `reads.body_too_large`, `reads.too_many_rows`, `reads.too_many_columns`, and ArrowException or
    ValueError for what cannot be read.
    """
    stream = memoryview(body)[len(_FILE_MAGIC) :] if body.startswith(_FILE_MAGIC) else memoryview(body)
    declared_bytes = declared_rows = 0
    for length, buffers in _batches(stream):
        declared_rows += length
        declared_bytes += buffers
        if declared_rows > max_rows:
            raise Problem("reads.too_many_rows", {"limit": max_rows}, 413)
        if declared_bytes > max_bytes:
            raise Problem("reads.body_too_large", {"limit": max(1, max_bytes >> 20)}, 413)
    with ipc.open_stream(pa.py_buffer(stream)) as reader:
        if len(reader.schema) > max_columns:
            raise Problem("reads.too_many_columns", {"limit": max_columns}, 422)
        table = reader.read_all()
    table.validate(full=True)  # offsets and indices that point outside would be read blindly later
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _batches(stream: memoryview) -> Iterator[tuple[int, int]]:
    """Declared rows and uncompressed bytes of every record and dictionary batch. Raises ValueError."""
    reader = ipc.MessageReader.open_stream(pa.py_buffer(stream))
    while (message := _next(reader)) is not None:
        if message.type not in ("record batch", "dictionary"):
            continue
        metadata = memoryview(message.metadata)
        header = _table(metadata, _root(metadata), 2)
        if message.type == "dictionary":
            header = _table(metadata, header, 1)
        yield _batch(metadata, header, memoryview(message.body or b""))


def _next(reader: Any) -> Any:
    try:
        return reader.read_next_message()
    except StopIteration:
        return None


def _batch(metadata: memoryview, batch: int, body: memoryview) -> tuple[int, int]:
    at = _field(metadata, batch, 0)
    rows = _number(metadata, at, "<q") if at else 0
    compressed = _field(metadata, batch, 3)
    vector = _field(metadata, batch, 2)
    total = 0
    if vector:
        start = vector + _number(metadata, vector, "<I")
        for n in range(_number(metadata, start, "<I")):
            offset = _number(metadata, start + 4 + 16 * n, "<q")
            length = _number(metadata, start + 12 + 16 * n, "<q")
            # A compressed buffer begins with its true length; -1 says that this one was left as it is.
            declared = _number(body, offset, "<q") if compressed and length else length
            total += length if declared == -1 else declared
            if min(offset, length, declared + 1) < 0:
                raise ValueError("a buffer of negative size")
    if rows < 0:
        raise ValueError("a batch of negative length")
    return rows, total


def _root(metadata: memoryview) -> int:
    return _number(metadata, 0, "<I")


def _field(metadata: memoryview, table: int, index: int) -> int:
    """Where a table keeps its field, or 0 when it has none."""
    vtable = table - _number(metadata, table, "<i")
    slot = 4 + 2 * index
    if slot >= _number(metadata, vtable, "<H"):
        return 0
    offset = _number(metadata, vtable + slot, "<H")
    return table + offset if offset else 0


def _table(metadata: memoryview, table: int, index: int) -> int:
    at = _field(metadata, table, index)
    if not at:
        raise ValueError("a message without a header")
    return at + _number(metadata, at, "<I")


def _number(buffer: memoryview, at: int, form: str) -> int:
    if at < 0 or at + struct.calcsize(form) > len(buffer):
        raise ValueError("metadata points outside itself")
    return int(struct.unpack_from(form, buffer, at)[0])
