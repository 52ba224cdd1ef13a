"""The four forms a batch may come in, each brought to one: a frame of raw columns, and the rows that are unreadable.

A format never judges a value. It only fails as a whole where no row can be told from the next.
"""
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from polars.exceptions import PanicException

from upay.errors import Problem
from upay.metering.intake import arrow, text_rows
from upay.metering.intake.cells import bounded
from upay.metering.parquet import from_outside

MAX_COLUMNS = 256
_TYPES = {
    "text/csv": "csv",
    "application/csv": "csv",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "application/x-jsonlines": "ndjson",
    "application/vnd.apache.parquet": "parquet",
    "application/x-parquet": "parquet",
    "application/parquet": "parquet",
    "application/vnd.apache.arrow.stream": "arrow",
    "application/vnd.apache.arrow.file": "arrow",
}
_MAGIC = {b"PAR1": "parquet", b"ARRO": "arrow", b"\xff\xff\xff\xff": "arrow"}


@dataclass(frozen=True)
class Columns:
    """What a door looks for. known: names, in lower case; numeric: those of numbers.

    required: of each group, at least one must be there.
    """

    known: frozenset[str]
    numeric: frozenset[str]
    required: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Wire:
    """A batch as it came: `frame` holds the known columns by their own names, untyped, and `row`, counted from 1.

    broken: row number and text of what could not be read as a row.  ignored: columns nobody knows.
    """

    frame: pl.DataFrame
    broken: list[tuple[int, str]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Rows sent, readable or not."""
        return len(self.frame) + len(self.broken)


def format_of(content_type: str | None, body: bytes) -> str:
    """csv, ndjson, parquet or arrow: as declared, else as the first bytes say.

    Raises Problem `reads.unknown_format`, `reads.not_utf8`.
    """
    declared, _, rest = (content_type or "").lower().partition(";")
    declared = declared.strip()
    charset = rest.partition("charset=")[2].strip(' "')
    if charset and charset not in ("utf-8", "utf8", "us-ascii"):
        raise Problem("reads.not_utf8", {}, 415)
    if declared in _TYPES:
        return _TYPES[declared]
    guessed = _MAGIC.get(body[:4]) or ("ndjson" if body[:1] == b"{" else None)
    if declared in ("", "application/octet-stream", "application/json") and guessed:
        return guessed
    raise Problem("reads.unknown_format", {"content_type": declared[:60]}, 415)


def decode(body: bytes, content_type: str | None, columns: Columns, max_bytes: int, max_rows: int) -> Wire:
    """Read a body. Headers are matched without regard to case.

    Raises Problem: `reads.unknown_format`, `reads.not_utf8`, `reads.unreadable_file`, `reads.too_many_rows`,
    `reads.too_many_columns`, `reads.column_twice`, `reads.missing_column`, `reads.body_too_large`, `reads.no_rows`.
    """
    form = format_of(content_type, body)
    if not body.strip():
        raise Problem("reads.no_rows", {}, 422)
    try:
        wire = _READERS[form](body, columns, max_bytes, max_rows)
        wire = replace(wire, frame=bounded(wire.frame, max_bytes))
    # A panic is what Polars raises when a file lies about itself; it is no Exception.
    except (pl.exceptions.PolarsError, PanicException, pa.ArrowException, ValueError, OSError) as error:
        raise Problem("reads.unreadable_file", {"format": form}) from error
    if not wire.rows:
        raise Problem("reads.no_rows", {}, 422)
    return wire


def matched(names: Iterable[str], columns: Columns) -> tuple[dict[str, str], list[str]]:
    """Given names → known names, and the ones nobody knows.

    Raises Problem `reads.column_twice`, `reads.missing_column`.
    """
    found: dict[str, str] = {}
    ignored: list[str] = []
    for name in names:
        own = name.strip().lower()
        if own not in columns.known:
            ignored.append(name)
        elif own in found.values():
            raise Problem("reads.column_twice", {"column": own}, 422)
        else:
            found[name] = own
    for group in columns.required:
        if not set(group) & set(found.values()):
            raise Problem("reads.missing_column", {"column": " / ".join(group)}, 422)
    return found, ignored


def _csv(body: bytes, columns: Columns, max_bytes: int, max_rows: int) -> Wire:
    header = text_rows.csv_header(text_rows.as_text(body), MAX_COLUMNS)
    found, ignored = matched(header, columns)
    frame, broken = text_rows.csv(body, header, [name for name, own in found.items() if own in columns.numeric])
    return _numbered(frame, found, ignored, broken, max_rows)


def _ndjson(body: bytes, columns: Columns, max_bytes: int, max_rows: int) -> Wire:
    text_rows.as_text(body)
    first = text_rows.first_object(body)
    spelled = {key.strip().lower() for key in first}
    # A later line may have what the first has not. To be missing, a required name must stand in no line.
    later = [
        name
        for group in columns.required
        if not spelled & set(group)
        for name in group
        if f'"{name}"'.encode() in body
    ]
    found, ignored = matched([*first, *later], columns)
    others = {name: name for name in columns.known - set(found.values())}
    numeric = [name for name in found if isinstance(first.get(name), int | float)]
    frame, broken = text_rows.ndjson(body, [*found, *others], numeric)
    found |= {name: name for name in others if frame[name].null_count() < len(frame)}
    return _numbered(frame, found, ignored, broken, max_rows)


def _numbered(
    frame: pl.DataFrame, found: dict[str, str], ignored: list[str], broken: list[tuple[int, str]], max_rows: int
) -> Wire:
    """Rows get their numbers: those that were read take the numbers that the broken ones leave."""
    rows = len(frame) + len(broken)
    _few(rows, max_rows)
    numbers = pl.int_range(1, rows + 1, dtype=pl.UInt32, eager=True)
    if broken:
        numbers = numbers.filter(~numbers.is_in([number for number, _ in broken]))
    return Wire(frame.select(list(found)).rename(found).with_columns(row=numbers), broken, ignored)


def _parquet(body: bytes, columns: Columns, max_bytes: int, max_rows: int) -> Wire:
    about = pq.read_metadata(pa.BufferReader(body))
    _few(about.num_rows, max_rows)
    if about.num_columns > MAX_COLUMNS:
        raise Problem("reads.too_many_columns", {"limit": MAX_COLUMNS}, 422)
    if sum(about.row_group(n).total_byte_size for n in range(about.num_row_groups)) > max_bytes:
        raise Problem("reads.body_too_large", {"limit": max(1, max_bytes >> 20)}, 413)
    found, ignored = matched(about.schema.to_arrow_schema().names, columns)
    return _typed(from_outside(body, list(found)), found, ignored)


def _arrow(body: bytes, columns: Columns, max_bytes: int, max_rows: int) -> Wire:
    frame = arrow.read(body, max_bytes, max_rows, MAX_COLUMNS)
    found, ignored = matched(frame.columns, columns)
    return _typed(frame.select(list(found)), found, ignored)


def _typed(frame: pl.DataFrame, found: dict[str, str], ignored: list[str]) -> Wire:
    return Wire(frame.rename(found).with_row_index("row", 1), [], ignored)


def _few(rows: int, max_rows: int) -> None:
    if rows > max_rows:
        raise Problem("reads.too_many_rows", {"limit": max_rows}, 413)


_READERS = {"csv": _csv, "ndjson": _ndjson, "parquet": _parquet, "arrow": _arrow}
