"""Export: a connection's blocks as a file, for its person, for a program, for another utility's."""
from datetime import date

from sqlmodel import Session, select

from upay import clock
from upay.errors import Problem
from upay.metering import usage
from upay.metering.files.feed import feed
from upay.metering.files.sheets import csv_text, workbook
from upay.network import Connection

FORMATS = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "greenbutton": ("xml", "application/atom+xml; charset=utf-8"),
}


def export_blocks(
    session: Session, connection_id: int, from_day: date, to_day: date, fmt: str, language: str = "en"
) -> tuple[str, str, bytes]:
    """File name, media type and content of the blocks of the IST days [from_day, to_day], both included.

    Values are the settled ones, with their quality; blocks of which nothing is known stand empty in CSV and XLSX and
    are left out of Green Button. Raises Problem `files.export.format`, `files.export.reversed`,
    `files.unknown_connection`.
    """
    if fmt not in FORMATS:
        raise Problem("files.export.format", {"format": fmt[:32]})
    if to_day < from_day:
        raise Problem("files.export.reversed", {"first": from_day.isoformat(), "last": to_day.isoformat()})
    number = session.exec(select(Connection.number).where(Connection.id == connection_id)).first()
    if number is None:
        raise Problem("files.unknown_connection", {"connection": str(connection_id)}, 404)
    blocks = usage.blocks(session, connection_id, from_day, to_day)
    if fmt == "csv":
        content = csv_text(blocks).encode()
    elif fmt == "xlsx":
        content = workbook(blocks, number, from_day, to_day, language)
    else:
        content = "".join(feed(blocks, number, from_day, to_day, language, clock.now())).encode()
    ending, media_type = FORMATS[fmt]
    return f"{number}_{from_day.isoformat()}_{to_day.isoformat()}.{ending}", media_type, content
