"""Arrow IPC from outside. A batch may declare more than it carries, so what it declares is added up before it is read.

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

_FILE_MAGIC = b"ARROW1"
_CONTINUES = 0xFFFFFFFF
_DICTIONARY, _RECORDS = 2, 3  # MessageHeader of Message.fbs
_BLOCK = 24  # bytes of a Block in File.fbs: offset, metadata length and padding, body length

Message = tuple[memoryview, memoryview]


def read(body: bytes, max_bytes: int, max_rows: int, max_columns: int) -> pl.DataFrame:
    """The frame of an IPC stream or file.

    Raises Problem `reads.body_too_large`, `reads.too_many_rows`, `reads.too_many_columns`, and ArrowException or
    ValueError for what cannot be read.
    """
    is_file = body.startswith(_FILE_MAGIC)
    declared_bytes = declared_rows = 0
    for metadata, content in _of_file(memoryview(body)) if is_file else _of_stream(body):
        rows, size = _declared(metadata, content)
        declared_rows += rows
        declared_bytes += size
        if declared_rows > max_rows:
            raise Problem("reads.too_many_rows", {"limit": max_rows}, 413)
        if declared_bytes > max_bytes:
            raise Problem("reads.body_too_large", {"limit": max(1, max_bytes >> 20)}, 413)
    with ipc.open_file(pa.py_buffer(body)) if is_file else ipc.open_stream(pa.py_buffer(body)) as reader:
        if len(reader.schema) > max_columns:
            raise Problem("reads.too_many_columns", {"limit": max_columns}, 422)
        table = reader.read_all()
    table.validate(full=True)  # offsets and indices that point outside would be read blindly later
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _of_stream(body: bytes) -> Iterator[Message]:
    reader: Any = ipc.MessageReader.open_stream(pa.py_buffer(body))
    while True:
        try:
            message = reader.read_next_message()
        except StopIteration:
            return
        yield memoryview(message.metadata), memoryview(message.body or b"")


def _of_file(body: memoryview) -> Iterator[Message]:
    """The messages that a file's footer names: dictionaries, then record batches."""
    length = _number(body, len(body) - len(_FILE_MAGIC) - 4, "<i")
    end = len(body) - len(_FILE_MAGIC) - 4
    if not 0 < length <= end:
        raise ValueError("a footer outside the file")
    footer = body[end - length : end]
    for field in (2, 3):
        for at in _vector(footer, _number(footer, 0, "<I"), field, _BLOCK):
            offset, head, size = (_number(footer, at + n, form) for n, form in ((0, "<q"), (8, "<i"), (16, "<q")))
            if min(offset, head - 8, size) < 0 or offset + head + size > len(body):
                raise ValueError("a block outside the file")
            prefix = 8 if _number(body, offset, "<I") == _CONTINUES else 4
            yield body[offset + prefix : offset + head], body[offset + head : offset + head + size]


def _declared(metadata: memoryview, content: memoryview) -> tuple[int, int]:
    """The rows and the uncompressed bytes that a message declares."""
    root = _number(metadata, 0, "<I")
    at = _field(metadata, root, 1)
    kind = _number(metadata, at, "<B") if at else 0
    if kind not in (_DICTIONARY, _RECORDS):
        return 0, 0
    batch = _table(metadata, root, 2)
    if kind == _DICTIONARY:
        batch = _table(metadata, batch, 1)
    at = _field(metadata, batch, 0)
    rows = _number(metadata, at, "<q") if at else 0
    if rows < 0:
        raise ValueError("a batch of negative length")
    is_compressed = bool(_field(metadata, batch, 3))
    sizes = (_size(metadata, content, at, is_compressed) for at in _vector(metadata, batch, 2, 16))
    return rows, sum(sizes)


def _size(metadata: memoryview, content: memoryview, at: int, is_compressed: bool) -> int:
    """Bytes of the buffer described at `at`. A compressed one begins with its true size; -1: it was left as it is."""
    offset, length = _number(metadata, at, "<q"), _number(metadata, at + 8, "<q")
    declared = _number(content, offset, "<q") if is_compressed and length else length
    size = length if declared == -1 else declared
    if min(offset, length, size) < 0:
        raise ValueError("a buffer of negative size")
    return size


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


def _vector(metadata: memoryview, table: int, index: int, width: int) -> range:
    """Where the items of a table's vector stand, each `width` bytes."""
    at = _field(metadata, table, index)
    if not at:
        return range(0)
    start = at + _number(metadata, at, "<I")
    return range(start + 4, start + 4 + width * _number(metadata, start, "<I"), width)


def _number(buffer: memoryview, at: int, form: str) -> int:
    if at < 0 or at + struct.calcsize(form) > len(buffer):
        raise ValueError("metadata points outside itself")
    return int(struct.unpack_from(form, buffer, at)[0])
