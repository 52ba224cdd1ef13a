"""Rows out of text: all at once while it is sound, line by line when it is not, so a broken line costs only itself."""
import csv as python_csv
import io
from collections.abc import Sequence
from itertools import islice
from typing import Any

import orjson
import polars as pl

from upay.errors import Problem

Broken = list[tuple[int, str]]
_MARK = b"\xef\xbb\xbf"  # what Windows programs write before UTF-8
_KEPT = 2_000  # characters of an unreadable line that are worth keeping


def as_text(body: bytes) -> str:
    """The text of a body. Raises Problem `reads.not_utf8`."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("reads.not_utf8", {}, 415) from error


def csv_header(text: str, max_columns: int) -> list[str]:
    """The names in the first line that is not blank. Raises Problem `reads.too_many_columns`, `reads.column_twice`."""
    line = next((line for line in islice(io.StringIO(text), 1_000) if line.strip()), "")
    if line.count(",") >= max_columns:
        raise Problem("reads.too_many_columns", {"limit": max_columns}, 422)
    names = next(python_csv.reader([line]), [])
    for name in names:
        if names.count(name) > 1:
            raise Problem("reads.column_twice", {"column": name[:40]}, 422)
    return names


def csv(body: bytes, header: Sequence[str], numeric: Sequence[str]) -> tuple[pl.DataFrame, Broken]:
    """The cells: numbers where every cell of a `numeric` column is one, else text.

    Lines with more cells than the header are broken; blank lines are no rows.
    """
    for hoped in (dict.fromkeys(numeric, pl.Float64), {}):
        try:
            frame = pl.read_csv(body.removeprefix(_MARK).lstrip(), infer_schema=False, schema_overrides=hoped)
        except pl.exceptions.PolarsError:
            continue  # a cell is no number, or a line is broken: look closer
        return frame.filter(~pl.all_horizontal(pl.all().is_null())), []
    return _csv_by_line(as_text(body), header)


def _csv_by_line(text: str, header: Sequence[str]) -> tuple[pl.DataFrame, Broken]:
    rows: list[list[str | None]] = []
    broken: Broken = []
    lines = (line.replace("\0", "�") for line in text.lstrip().splitlines()[1:])
    number = 0
    for line in lines:
        try:
            cells = next(python_csv.reader([line], strict=True), [])
        except python_csv.Error:
            cells = None
        if cells is not None and not any(cells):
            continue
        number += 1
        if cells is None or len(cells) > len(header):
            broken.append((number, line[:_KEPT]))
        else:
            rows.append([cell or None for cell in cells] + [None] * (len(header) - len(cells)))
    return pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row"), broken


def first_object(body: bytes) -> dict[str, Any]:
    """The first line that is a JSON object; the others are taken to spell their keys alike."""
    objects = (_object(line) for line in io.BytesIO(body.removeprefix(_MARK)))
    return next((row for row in objects if row is not None), {})


def ndjson(body: bytes, keys: Sequence[str], numeric: Sequence[str]) -> tuple[pl.DataFrame, Broken]:
    """The values under `keys`: numbers where every value of a `numeric` key is one, else text.

    Keys a line has not are null. Lines that are no JSON object are broken.
    """
    body = body.removeprefix(_MARK)
    for hoped in (dict.fromkeys(numeric, pl.Float64), {}):
        try:
            return pl.read_ndjson(body, schema={**dict.fromkeys(keys, pl.String), **hoped}), []
        except pl.exceptions.PolarsError:
            continue  # a value is no number, or a line is broken: look closer
    rows: list[list[str | None]] = []
    broken: Broken = []
    for number, line in enumerate((line for line in body.split(b"\n") if line.strip()), 1):
        row = _object(line)
        if row is None:
            broken.append((number, line.decode()[:_KEPT]))
        else:
            rows.append([_as_text(row.get(key)) for key in keys])
    return pl.DataFrame(rows, schema=dict.fromkeys(keys, pl.String), orient="row"), broken


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) else None


def _as_text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return orjson.dumps(value).decode()
