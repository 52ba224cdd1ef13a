"""Downloads for people and programs: no cell of them can turn into a formula, and estimates say that they are."""
import csv
import io
import zipfile
from datetime import date

import polars as pl
import pytest
from lxml import etree

from upay.clock import day_start_s
from upay.metering.files.sheets import csv_pieces, workbook
from upay.metering.models import Quality

DAY = date(2026, 3, 1)
BLOCKS = pl.DataFrame(
    [
        (day_start_s(DAY), 30, 250, None, 2305, Quality.ACTUAL),
        (day_start_s(DAY) + 1800, 30, 120, 40, None, Quality.LIKE_DAY),
        (day_start_s(DAY) + 3600, 30, None, None, None, Quality.MISSING),
    ],
    schema=["start_s", "minutes", "wh", "export_wh", "dv", "quality"],
    orient="row",
)


def text(blocks):
    return b"".join(csv_pieces(blocks)).decode()


def cells(book: bytes) -> dict[str, str]:
    """Cell → what stands in it, or `=…` for a formula."""
    names = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        texts = [each.text for each in etree.fromstring(parts.read("xl/sharedStrings.xml")).iter(f"{names}t")]
        found = {}
        for cell in etree.fromstring(parts.read("xl/worksheets/sheet1.xml")).iter(f"{names}c"):
            value, formula = cell.findtext(f"{names}v") or "", cell.findtext(f"{names}f")
            found[cell.get("r")] = f"={formula}" if formula else texts[int(value)] if cell.get("t") == "s" else value
        return found


def test_csv_says_when_how_much_and_how_it_came_about():
    assert list(csv.reader(io.StringIO(text(BLOCKS)))) == [
        ["start", "minutes", "import_wh", "export_wh", "quality", "v"],
        ["2026-03-01T00:00:00+05:30", "30", "250", "", "actual", "230.5"],
        ["2026-03-01T00:30:00+05:30", "30", "120", "40", "like_day", ""],
        ["2026-03-01T01:00:00+05:30", "30", "", "", "missing", ""],
    ]


@pytest.mark.parametrize(("language", "estimated"), [("en", "estimated: like days"), ("hi", "अनुमानित: वैसे ही दिनों से")])
def test_the_workbook_speaks_the_persons_language_and_sums_at_its_foot(language, estimated):
    found = cells(workbook(BLOCKS, "1048217730", DAY, DAY, language))
    assert "1048217730" in found["A1"]
    assert (found["C4"], found["D5"], found["E5"], found["F4"]) == ("250", "40", estimated, "230.5")
    assert "C6" not in found  # nothing known, nothing written
    assert (found["C7"], found["D7"]) == ("=SUM(C4:C6)", "=SUM(D4:D6)")


def test_nothing_but_our_own_sums_is_a_formula():
    found = cells(workbook(BLOCKS, '=HYPERLINK("http://evil.example")', DAY, DAY, "en"))
    assert sorted(cell for cell, content in found.items() if content.startswith("=")) == ["C7", "D7"]


def test_a_stretch_without_blocks_is_a_sheet_with_headings():
    assert text(BLOCKS.clear()).splitlines() == ["start,minutes,import_wh,export_wh,quality,v"]
    assert "A4" not in cells(workbook(BLOCKS.clear(), "1048217730", DAY, DAY, "en"))
