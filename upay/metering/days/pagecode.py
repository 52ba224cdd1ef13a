"""How Parquet writes small things: thrift structures in front of a page, runs of small numbers inside it.

Formats: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md and Encodings.md of Parquet.
"""
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Thrift's compact protocol: kinds of fields.
_TRUE, _FALSE, _INTEGERS, _BINARY, _STRUCTURE = 1, 2, (4, 5, 6), 8, 12
# What numbers of one and of two bits a byte packs, the lowest first.
_TABLES = {
    width: [bytes(byte >> shift & (1 << width) - 1 for shift in range(0, 8, width)) for byte in range(256)]
    for width in (1, 2)
}


def hybrid(data: bytes, width: int, count: int) -> NDArray[Any]:
    """So many numbers of so many bits, in runs of equal ones and of packed ones in turn."""
    size = 1 if width <= 8 else 4
    runs: list[bytes] = []
    at = filled = 0
    while filled < count:
        run = data[at]
        at += 1
        if run > 127:
            run, at = _varint(data, at - 1)
        if run & 1:
            end = at + (run >> 1) * width
            runs.append(_spread(data[at:end], width, size))
            filled += 8 * (run >> 1)
        else:
            end = at + (width + 7) // 8
            runs.append(data[at:end].ljust(size, b"\0") * (run >> 1))
            filled += run >> 1
        at = end
    return np.frombuffer(b"".join(runs), np.uint8 if size == 1 else np.uint32, count)


def _spread(packed: bytes, width: int, size: int) -> bytes:
    """Packed numbers, `size` bytes each. Levels have one or two bits, and their runs are short: a table is quickest."""
    if width in _TABLES:
        return b"".join(map(_TABLES[width].__getitem__, packed))
    bits = np.zeros((8 * len(packed) // width, 8 * size), np.uint8)
    bits[:, :width] = np.unpackbits(np.frombuffer(packed, np.uint8), bitorder="little").reshape(-1, width)
    return np.packbits(bits, bitorder="little").tobytes()


def structure(data: bytes, at: int) -> tuple[dict[int, Any], int]:
    """A thrift structure's numbers, flags and further structures, by field, and where it ends."""
    found: dict[int, Any] = {}
    field = 0
    while head := data[at]:
        field += head >> 4  # page headers leave no more than fifteen fields out
        kind = head & 15
        at += 1
        if kind in _INTEGERS:
            number = data[at]
            at += 1
            if number > 127:
                number, at = _varint(data, at - 1)
            found[field] = number >> 1 ^ -(number & 1)
        elif kind == _STRUCTURE:
            found[field], at = structure(data, at)
        elif kind in (_TRUE, _FALSE):
            found[field] = kind == _TRUE
        elif kind == _BINARY:
            size, at = _varint(data, at)
            at += size  # statistics; the footer has them too
        else:
            raise ValueError(f"a page header with a field of kind {kind}")
    return found, at + 1


def _varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
        shift += 7
