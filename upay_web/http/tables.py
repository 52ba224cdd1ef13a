"""Tables as files: CSV and XLSX in which nothing that somebody typed becomes a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import xlsxwriter

Cell = str | int | float | None
"""A cell; None stays empty."""

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"

# A table program takes a cell that begins so for a formula; tabs and line ends in front do not hide it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(text: str) -> str:
    """A cell of text that no table program takes for a formula: an apostrophe before what might be one."""
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def csv_lines(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """CSV, piece by piece. It begins with the mark by which table programs know UTF-8, or Hindi arrives broken."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow([safe(heading) for heading in headings])
    for place, row in enumerate(rows, 1):
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
        if place % 500 == 0:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def workbook(sheet: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """An XLSX workbook of one sheet, written row by row to a file, so that memory stays flat. Text stays text."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "table.xlsx"
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "tmpdir": folder}
        book = xlsxwriter.Workbook(path, options)
        page = book.add_worksheet(sheet[:31])
        bold = book.add_format({"bold": True})
        for place, heading in enumerate(headings):
            page.write_string(0, place, heading, bold)
            page.set_column(place, place, 22)
        page.freeze_panes(1, 1)
        for line, row in enumerate(rows, 1):
            for place, cell in enumerate(row):
                if isinstance(cell, str):
                    page.write_string(line, place, cell)
                elif cell is not None:
                    page.write_number(line, place, cell)
        book.close()
        return path.read_bytes()
