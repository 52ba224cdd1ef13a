"""A connection's blocks as CSV and as a workbook."""
import csv
import io
from collections.abc import Iterator
from datetime import date, datetime

import polars as pl
import xlsxwriter

from upay.clock import IST
from upay.metering.models import Quality
from upay.text import say

COLUMNS = ("start", "minutes", "import_wh", "export_wh", "quality", "v")
_HEADINGS = ("start", "minutes", "wh", "export_wh", "quality", "volts")
_ROWS_A_PIECE = 2_000
_WIDTHS = (20, 9, 14, 14, 30, 12)


def csv_pieces(blocks: pl.DataFrame) -> Iterator[bytes]:
    """Comma-separated text with one heading line, its names the same in every language, for programs to read.

    start: ISO 8601 in IST.  quality: a name of `Quality` in lower case.  v: volts. Our own import reads it back. Every
    cell is a number, an instant or a word of ours, so that no table program can take one for a formula.
    """
    ordered = blocks.sort("start_s")
    yield (",".join(COLUMNS) + "\r\n").encode()
    for part in ordered.iter_slices(_ROWS_A_PIECE):
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        for start, minutes, wh, export_wh, quality, volts in _rows(part):
            cells = (start.isoformat(), minutes, wh, export_wh, Quality(quality).name.lower(), volts)
            writer.writerow(["" if cell is None else cell for cell in cells])
        yield out.getvalue().encode()


def workbook(blocks: pl.DataFrame, number: str, first: date, last: date, language: str) -> bytes:
    """An XLSX workbook for people: headings and qualities in their language, IST wall-clock times, sums at the foot."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(say("files.export.sheet", language))
    bold = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "dd-mm-yyyy hh:mm"})
    whole = book.add_format({"num_format": "#,##0"})
    total = book.add_format({"num_format": "#,##0", "bold": True, "top": 1})
    title = say("files.export.title", language, connection=number, first=first.isoformat(), last=last.isoformat())
    sheet.write_string(0, 0, title, bold)
    for place, (heading, width) in enumerate(zip(_HEADINGS, _WIDTHS, strict=True)):
        sheet.write_string(2, place, say(f"files.export.{heading}", language), bold)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(3, 1)
    words = {quality: say(f"files.quality.{quality.name.lower()}", language) for quality in Quality}
    line = 3
    for start, minutes, wh, export_wh, quality, volts in _rows(blocks):
        sheet.write_datetime(line, 0, start.replace(tzinfo=None), moment)
        sheet.write_number(line, 1, minutes)
        for place, value in ((2, wh), (3, export_wh)):
            if value is not None:
                sheet.write_number(line, place, value, whole)
        sheet.write_string(line, 4, words[Quality(quality)])
        if volts is not None:
            sheet.write_number(line, 5, volts)
        line += 1
    if line > 3:
        for place, column in ((2, "C"), (3, "D")):
            value = int(blocks["wh" if place == 2 else "export_wh"].cast(pl.Int64).sum())
            sheet.write_formula(line, place, f"=SUM({column}4:{column}{line})", total, value)
    book.close()
    return out.getvalue()


def _rows(blocks: pl.DataFrame) -> Iterator[tuple[datetime, int, int | None, int | None, int, float | None]]:
    """start (IST), minutes, wh, export_wh, quality, volts of each block, in order."""
    for row in blocks.sort("start_s").select("start_s", "minutes", "wh", "export_wh", "quality", "dv").iter_rows():
        start_s, minutes, wh, export_wh, quality, dv = row
        yield datetime.fromtimestamp(start_s, IST), minutes, wh, export_wh, quality, None if dv is None else dv / 10
