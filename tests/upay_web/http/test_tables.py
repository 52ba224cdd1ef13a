"""Tables as files: whatever was typed stays text, a number stays a number, nothing stays empty."""

import csv
import io
import re
import zipfile

from hypothesis import example, given, settings
from hypothesis import strategies as st

from upay_web.http.tables import csv_lines, workbook

STARTS = st.sampled_from(["=", "+", "-", "@", "\t=", " =", "\r@", "\n+", ""])
TYPED = st.tuples(STARTS, st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20))


@settings(max_examples=60, deadline=None)
@given(st.lists(TYPED.map("".join), min_size=1, max_size=5))
@example(['=HYPERLINK("http://x","y")', " =1+1", "-2", "@SUM(A1)"])
def test_no_cell_of_a_csv_begins_a_formula(typed: list[str]):
    content = b"".join(csv_lines(["=a"] * len(typed), [typed])).decode("utf-8")
    assert content.startswith("\ufeff")
    for row in csv.reader(io.StringIO(content.removeprefix("\ufeff"), newline="")):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell


def test_numbers_stay_numbers_and_nothing_stays_empty():
    (line,) = csv_lines(["a", "b", "c"], [(-5, 1.5, None)])
    assert line.decode().splitlines()[1] == "-5,1.5,"


def test_no_cell_of_a_workbook_is_a_formula_or_a_link():
    made = workbook("sheet", ["=a", "b"], [("=1+1", -5), ("http://example.com", None), ("@x", 2.5)])
    sheet = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet and "hyperlink" not in sheet
    assert re.findall(r'<c r="(\w+)"[^>]*><v>(-5|2\.5)</v>', sheet) == [("B2", "-5"), ("B4", "2.5")]
    assert 'r="B3"' not in sheet
