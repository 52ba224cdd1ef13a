"""The statement as a file."""
import csv
import io
import zipfile
from datetime import UTC, date, datetime

import pypdfium2 as pdfium
import pytest

from upay.db import session
from upay.errors import Problem
from upay.ledger import Account, Entry, Kind, Leg, post, statement_file

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


@pytest.fixture
def told(connect) -> int:
    """A connection with a bill and a payment whose number begins like a formula."""
    connection = connect()
    moved = (("b", Kind.BILL, 123_456_50, "261000000010097"), ("p", Kind.PAYMENT, -5_000, "=1+1"))
    for key, kind, paise, about in moved:
        with session() as db:
            legs = (Leg(Account.RECEIVABLE, paise, connection), Leg(Account.SUSPENSE, -paise))
            post(db, Entry(key, kind, NOW, legs, about))
    return connection


def file(connection: int, form: str, language: str = "en") -> tuple[str, str, bytes]:
    with session() as db:
        return statement_file(db, connection, date(2026, 11, 1), date(2026, 11, 30), form, language, NOW)


def test_csv_is_for_programs_and_holds_no_formula(told):
    name, media_type, content = file(told, "csv")
    rows = list(csv.reader(io.StringIO(content.decode())))
    assert (name, media_type) == ("1048200001_2026-11-01_2026-11-30.csv", "text/csv; charset=utf-8")
    assert rows == [
        ["date", "kind", "number", "amount", "balance"],
        ["2026-11-24", "bill", "261000000010097", "123456.50", "123456.50"],
        ["2026-11-24", "payment", "'=1+1", "-50.00", "123406.50"],
    ]


def test_the_workbook_holds_what_was_typed_as_text(told):
    _, _, content = file(told, "xlsx", "hi")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet, words = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in words and "खाता विवरण" in words


@pytest.mark.parametrize("language", ["hi", "en"])
def test_the_pdf_is_small_and_the_same_each_time_and_its_text_can_be_read_out(told, language):
    _, _, content = file(told, "pdf", language)
    text = pdfium.PdfDocument(content)[0].get_textpage().get_text_range()
    for word in ("1048200001", "1,23,456.50", "Account statement" if language == "en" else "खाता"):
        assert word in text
    assert content.startswith(b"%PDF-") and len(content) < 150_000
    assert content == file(told, "pdf", language)[2]


def test_a_statement_of_nothing_is_a_statement(told):
    with session() as db:
        assert statement_file(db, told, date(2020, 1, 1), date(2020, 1, 2), "pdf", "hi", NOW)[2].startswith(b"%PDF-")


def test_days_in_the_wrong_order_and_unknown_forms_are_refused(told):
    with session() as db:
        with pytest.raises(Problem, match="reversed_days"):
            statement_file(db, told, date(2026, 11, 2), date(2026, 11, 1), "pdf", "en", NOW)
        with pytest.raises(Problem, match="no_form"):
            statement_file(db, told, date(2026, 11, 1), date(2026, 11, 1), "docx", "en", NOW)
