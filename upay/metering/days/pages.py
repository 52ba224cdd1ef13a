"""One page of one column of a Parquet file: what a meter's days need, where a reader of row groups decodes a hundred
times as much.

A row group keeps a column in pages of some dozens of rows. `Chunk` walks over their headers once and remembers where
each begins; then only the page that holds a row is unpacked. It knows what `lakewriter` writes: lists of whole numbers,
one list a row, null or full; zstd; plain, split or dictionary values.
Format: https://github.com/apache/parquet-format (README, Encodings, src/main/thrift/parquet.thrift)
"""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
import os
from bisect import bisect_right
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from upay.metering.days.pagecode import hybrid, structure
from upay.metering.matrix import NONE

# PageType and Encoding of parquet.thrift.
_DATA, _DICTIONARY, _DATA_V2 = 0, 2, 3
_PLAIN, _DICTIONARY_OF_OLD, _DICTIONARY_INDICES, _SPLIT = 0, 2, 8, 9
# Levels of a list column: its row is null (0), empty (1), the element is null (2), the element stands (3).
_STANDS = 3

_zstd = pa.Codec("zstd")


class _Page(NamedTuple):
    """Where a page's content lies in the file, and what its header says of it. levels: bytes of repetition, definition.
    unpacked: bytes of the content without compression, 0 where there is none.

    A page of version 1 packs its levels with its values: then they are 0.
    """

    at: int
    size: int
    unpacked: int
    encoding: int
    values: int
    nulls: int
    rows: int
    levels: tuple[int, int]


class Chunk:
    """A column of a row group. file: an open descriptor.  even: whether all its lists are as long as one another."""

    def __init__(self, file: int, column: pq.ColumnChunkMetaData, even: bool = True) -> None:
        self._even, self._nested = even, "." in column.path_in_schema
        self._kind = np.dtype(np.int64 if column.physical_type == "INT64" else np.int32)
        self._dictionary: NDArray[Any] | None = None
        self._pages: list[_Page] = []
        self._held: dict[int, tuple[NDArray[Any], NDArray[np.int64]]] = {}
        begin = column.dictionary_page_offset if column.has_dictionary_page else column.data_page_offset
        data, at = os.pread(file, column.total_compressed_size, begin), 0
        while at < len(data):
            header, at = structure(data, at)
            end = at + header[3]
            if header[1] == _DICTIONARY:
                self._dictionary = np.frombuffer(_unpacked(data[at:end], header[2]), self._kind)
            elif header[1] in (_DATA, _DATA_V2):
                self._pages.append(_page(header, begin + at, data[at:end], self._nested))
            at = end
        self._begins = [0]
        for page in self._pages:
            self._begins.append(self._begins[-1] + page.rows)

    def lists(self, file: int, begin: int, end: int, slots: int) -> NDArray[np.int32]:
        """The rows [begin, end) of the row group, all of so many slots, `NONE` where nothing stands.

        file: an open descriptor. shape (rows, slots)
        """
        found: list[NDArray[np.int32]] = []
        while begin < end:
            number = bisect_right(self._begins, begin) - 1
            first, stop = self._begins[number], min(end, self._begins[number + 1])
            found.append(self._rows(file, number, begin - first, stop - first, slots))
            begin = stop
        return found[0] if len(found) == 1 else np.concatenate(found)

    def flat(self, file: int) -> NDArray[np.signedinteger]:
        """All rows of a column of single numbers, none of them null."""
        found: list[NDArray[np.signedinteger]] = []
        for page in self._pages:
            if page.nulls:
                raise ValueError("a null where none may be")
            found.append(self._values(page, _parts(file, page, nested=False)[2], 0, page.values))
        return found[0] if len(found) == 1 else np.concatenate(found)

    def _rows(self, file: int, number: int, begin: int, end: int, slots: int) -> NDArray[np.int32]:
        page = self._pages[number]
        if page.nulls == page.values == page.rows:
            return _nothing(end - begin, slots)
        if self._even and page.values == page.rows * slots:  # every row is a list: its place is known
            _, definition, packed = _parts(file, page)
            first, last = begin * slots, end * slots
            if not page.nulls:
                return self._values(page, packed, first, last).reshape(-1, slots).astype(np.int32)
            level = hybrid(definition, 2, page.values)
            return self._standing(page, packed, level, first, last).reshape(-1, slots)
        level, starts = self._sparse(file, number, slots)
        is_list = level[starts[begin:end]] != 0
        if not is_list.any():
            return _nothing(end - begin, slots)
        _, _, packed = _parts(file, page)
        first, last = starts[begin], starts[end]
        flat = self._standing(page, packed, level, first, last)
        wanted = _nothing(end - begin, slots)
        wanted[is_list] = flat[level[first:last] != 0].reshape(-1, slots)
        return wanted

    def _sparse(self, file: int, number: int, slots: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Of a page in which some rows have no list: each entry's level, and where each row's entries begin. Kept, for
        such pages are small and are asked about in vain for most rows.
        """
        held = self._held.get(number)
        if held is None:
            page = self._pages[number]
            repetition, definition, _ = _parts(file, page)
            level = hybrid(definition, 2, page.values)
            if self._even:
                null = np.flatnonzero(level == 0)
                entries = np.full(page.rows, slots)
                entries[np.arange(len(null)) + (null - np.arange(len(null))) // slots] = 1
                starts = np.append(0, np.cumsum(entries))
            else:
                starts = np.append(np.flatnonzero(hybrid(repetition, 1, page.values) == 0), page.values)
            held = self._held[number] = level, starts
        return held

    def _standing(
        self, page: _Page, packed: bytes, level: NDArray[Any], first: int, last: int
    ) -> NDArray[np.int32]:
        """The entries [first, last) of a page, `NONE` where no element stands."""
        before, stands = int(np.count_nonzero(level[:first] == _STANDS)), level[first:last] == _STANDS
        flat = np.full(last - first, NONE, np.int32)
        flat[stands] = self._values(page, packed, before, before + int(np.count_nonzero(stands)))
        return flat

    def _values(self, page: _Page, packed: bytes, first: int, last: int) -> NDArray[Any]:
        """The standing values [first, last) of a page."""
        width, count = self._kind.itemsize, page.values - page.nulls
        if page.encoding == _SPLIT:  # all first bytes, then all second ones …
            streams = np.frombuffer(packed, np.uint8).reshape(width, count)[:, first:last]
            return np.ascontiguousarray(streams.T).view(self._kind).reshape(-1)
        if page.encoding == _PLAIN:
            return np.frombuffer(packed, self._kind)[first:last]
        if page.encoding in (_DICTIONARY_INDICES, _DICTIONARY_OF_OLD) and self._dictionary is not None:
            return self._dictionary[hybrid(packed[1:], packed[0], count)[first:last]]
        raise ValueError(f"a page in encoding {page.encoding}")


def _page(header: dict[int, Any], at: int, content: bytes, nested: bool) -> _Page:
    if header[1] == _DATA_V2:
        about = header[8]
        levels, packed = (about[6], about[5]), about.get(7, True)
        return _Page(at, header[3], header[2] if packed else 0, about[4], about[1], about[2], about[3], levels)
    about = header[5]
    rows, nulls = about[1], 0
    if nested:
        repetition, definition, _ = _old_parts(_unpacked(content, header[2]))
        rows -= int(np.count_nonzero(hybrid(repetition, 1, about[1])))
        nulls = int(np.count_nonzero(hybrid(definition, 2, about[1]) != _STANDS))
    return _Page(at, header[3], header[2], about[2], about[1], nulls, rows, (0, 0))


def _parts(file: int, page: _Page, nested: bool = True) -> tuple[bytes, bytes, bytes]:
    """A page's repetition levels, definition levels and values. nested: a column of lists, which has the former."""
    content = os.pread(file, page.size, page.at)
    repetition, definition = page.levels
    if definition:
        begin = repetition + definition
        values = _unpacked(content[begin:], page.unpacked - begin) if page.unpacked else content[begin:]
        return content[:repetition], content[repetition:begin], values
    whole = _unpacked(content, page.unpacked)
    return _old_parts(whole) if nested else (b"", *_cut(whole))


def _unpacked(content: bytes, size: int) -> bytes:
    return _zstd.decompress(content, size, asbytes=True) if content else b""


def _nothing(rows: int, slots: int) -> NDArray[np.int32]:
    return np.full((rows, slots), NONE, np.int32)


def _old_parts(whole: bytes) -> tuple[bytes, bytes, bytes]:
    """Version 1: both levels stand before the values, each with its length in front."""
    repetition, rest = _cut(whole)
    return repetition, *_cut(rest)


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """What a length in front tells of, and the rest."""
    end = 4 + int.from_bytes(data[:4], "little")
    return data[4:end], data[end:]
