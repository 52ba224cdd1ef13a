"""A connection's statement as a file: PDF and workbook for people, CSV for programs."""
import csv
import io
from datetime import date, datetime
from typing import Any

import xlsxwriter
from babel.dates import format_date
from sqlmodel import Session

from upay import documents
from upay.clock import IST, day_of
from upay.errors import Problem
from upay.ledger.asking import Statement, StatementRow, statement
from upay.money import rupees
from upay.network.models import Connection
from upay.packs import pack
from upay.text import say

FORMATS = {
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_COLUMNS = ("day", "what", "about", "amount", "balance")
_WIDTHS = (12, 36, 20, 14, 14)
# What a table program would take for a formula at the head of a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def statement_file(
    db: Session, connection_id: int, first: date, last: date, form: str, language: str, now: datetime
) -> tuple[str, str, bytes]:
    """File name, media type and content of the statement of the IST days from `first` to `last`, both included.

    Raises Problem ledger.reversed_days, ledger.no_form.
    """
    if form not in FORMATS:
        raise Problem("ledger.no_form", {"form": form[:16]})
    if last < first:
        raise Problem("ledger.reversed_days", {"first": first.isoformat(), "last": last.isoformat()})
    connection = db.get_one(Connection, connection_id)
    told = statement(db, connection_id, first, last)
    if form == "csv":
        content = _csv(told)
    elif form == "xlsx":
        content = _workbook(told, connection.number, first, last, language)
    else:
        content = documents.pdf("ledger/statement.typ", _printed(told, connection, first, last, language, now), now)
    return f"{connection.number}_{first.isoformat()}_{last.isoformat()}.{form}", FORMATS[form], content


def _csv(told: Statement) -> bytes:
    """Headings are the same in every language; amounts in rupees, what is owed above zero."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(("date", "kind", "number", "amount", "balance"))
    for row in told.rows:
        day = day_of(row.at).isoformat()
        writer.writerow((day, row.kind, _harmless(row.about), f"{row.paise / 100:.2f}", f"{row.balance / 100:.2f}"))
    return out.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _workbook(told: Statement, number: str, first: date, last: date, language: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(say("ledger.statement", language))
    bold = book.add_format({"bold": True})
    day_format = book.add_format({"num_format": "dd-mm-yyyy"})
    money = book.add_format({"num_format": "#,##0.00"})
    sheet.write_string(0, 0, f"{say('ledger.statement', language)} · {number}", bold)
    sheet.write_string(1, 0, _span(first, last, language))
    for place, (name, width) in enumerate(zip(_COLUMNS, _WIDTHS, strict=True)):
        sheet.write_string(3, place, say(f"ledger.column_{name}", language), bold)
        sheet.set_column(place, place, width)
    sheet.freeze_panes(4, 1)
    sheet.write_string(4, 1, say("ledger.opening", language))
    sheet.write_number(4, 4, told.opening / 100, money)
    for line, row in enumerate(told.rows, 5):
        sheet.write_datetime(line, 0, row.at.astimezone(IST).replace(tzinfo=None), day_format)
        sheet.write_string(line, 1, say(f"ledger.kind_{row.kind}", language))
        sheet.write_string(line, 2, row.about)
        sheet.write_number(line, 3, row.paise / 100, money)
        sheet.write_number(line, 4, row.balance / 100, money)
    book.close()
    return out.getvalue()


def _printed(
    told: Statement, connection: Connection, first: date, last: date, language: str, now: datetime
) -> dict[str, Any]:
    """What `statement.typ` lays out."""

    def said(key: str, **values: str | int) -> str:
        return say(f"ledger.{key}", language, **values)

    made = format_date(day_of(now), "d MMMM y", locale=f"{language}_IN")
    return {
        "title": f"{said('statement')} {connection.number}",
        "utility": pack().utility[language],
        "language": language,
        "footer": said("printed_on", day=made),
        "kind": said("statement"),
        "span": _span(first, last, language),
        "about": [
            [said("connection"), connection.number],
            [said("consumer"), connection.consumer_name],
            [said("address"), connection.address],
        ],
        "sums": [
            [said("opening"), _owed(told.opening, language)],
            [said("charged"), f"₹{rupees(told.debits)}"],
            [said("paid"), f"₹{rupees(told.credits)}"],
            [said("closing"), _owed(told.closing, language)],
        ],
        "head": [said(f"column_{name}") for name in _COLUMNS],
        "rows": [_printed_row(row, language) for row in told.rows],
        "nothing": said("nothing"),
        "meaning": said("balance_meaning"),
    }


def _printed_row(row: StatementRow, language: str) -> list[str]:
    day = format_date(day_of(row.at), "d MMM y", locale=f"{language}_IN")
    return [day, say(f"ledger.kind_{row.kind}", language), row.about, rupees(row.paise), rupees(row.balance)]


def _owed(paise: int, language: str) -> str:
    amount = f"₹{rupees(abs(paise))}"
    return say("ledger.owed" if paise > 0 else "ledger.in_credit", language, amount=amount) if paise else amount


def _span(first: date, last: date, language: str) -> str:
    days = (format_date(day, "d MMMM y", locale=f"{language}_IN") for day in (first, last))
    return say("ledger.span", language, **dict(zip(("first", "last"), days, strict=True)))
