"""Export: a connection's blocks as a file, for its person, for a program, for another utility's."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl
from sqlmodel import Session, select

from upay import clock
from upay.errors import Problem
from upay.metering import usage
from upay.metering.files.feed import feed
from upay.metering.files.sheets import csv_pieces, workbook
from upay.metering.span import within_reach
from upay.network import Connection

FORMATS = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "greenbutton": ("xml", "application/atom+xml; charset=utf-8"),
}


@dataclass(frozen=True)
class Export:
    """A file about to be written: its content needs the database no more. blocks: as of `usage.blocks`."""

    blocks: pl.DataFrame
    number: str
    first: date
    last: date
    fmt: str

    @property
    def name(self) -> str:
        """What the file is called."""
        return f"{self.number}_{self.first.isoformat()}_{self.last.isoformat()}.{FORMATS[self.fmt][0]}"

    @property
    def media_type(self) -> str:
        """What it is served as."""
        return FORMATS[self.fmt][1]

    def pieces(self, language: str = "en") -> Iterator[bytes]:
        """The content, piece by piece; a workbook comes in one, for its directory stands at its end."""
        if self.fmt == "csv":
            yield from csv_pieces(self.blocks)
        elif self.fmt == "xlsx":
            yield workbook(self.blocks, self.number, self.first, self.last, language)
        else:
            for text in feed(self.blocks, self.number, self.first, self.last, language, clock.now()):
                yield text.encode()


def export_blocks(session: Session, connection_id: int, from_day: date, to_day: date, fmt: str) -> Export:
    """The blocks of the IST days [from_day, to_day], both included, to be written as a file.

    Values are the settled ones, with their quality; blocks of which nothing is known stand empty in CSV and XLSX and
    are left out of Green Button. Raises Problem `files.export.format`, `files.export.reversed`,
    `files.unknown_connection`, `usage.date_out_of_reach`.
    """
    if fmt not in FORMATS:
        raise Problem("files.export.format", {"format": fmt[:32]})
    if to_day < from_day:
        raise Problem("files.export.reversed", {"first": from_day.isoformat(), "last": to_day.isoformat()})
    number = session.exec(select(Connection.number).where(Connection.id == connection_id)).first()
    if number is None:
        raise Problem("files.unknown_connection", {"connection": str(connection_id)}, 404)
    within_reach(from_day, to_day)
    return Export(usage.blocks(session, connection_id, from_day, to_day), number, from_day, to_day, fmt)
