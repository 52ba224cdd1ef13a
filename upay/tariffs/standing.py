"""The tariff book as it stands: the packs' rows, and those approved since."""
import json
from decimal import Decimal
from functools import lru_cache

from sqlmodel import Session, col, select

from upay.errors import Problem
from upay.tariffs.book import Book
from upay.tariffs.cells import Flaw
from upay.tariffs.files import pack_book
from upay.tariffs.models import TariffDecision, TariffProposal
from upay.tariffs.schema import Dated, read_row

Row = tuple[str, str, str]
"""Tariff, topic, and the row's table as JSON."""


def book(db: Session) -> Book:
    """All tariffs as they stand: the packs', with the rows that were approved."""
    return with_rows(approved_rows(db))


def approved_rows(db: Session) -> tuple[Row, ...]:
    """The rows that were approved, in the order in which they were."""
    approved = (
        select(TariffProposal.tariff_id, TariffProposal.topic, TariffProposal.row)
        .join(TariffDecision, col(TariffDecision.proposal_id) == col(TariffProposal.id))
        .where(col(TariffDecision.approved))
        .order_by(col(TariffDecision.decided_at), col(TariffDecision.proposal_id))
    )
    return tuple((tariff_id, topic, row) for tariff_id, topic, row in db.exec(approved))


@lru_cache(maxsize=8)
def with_rows(rows: tuple[Row, ...]) -> Book:
    """The packs' book with further rows. Raises Problem where one cannot be read, or where a tariff falls apart."""
    tariffs = dict(pack_book().tariffs)
    for tariff_id, topic, row in rows:
        if tariff_id in tariffs:
            tariffs[tariff_id] = tariffs[tariff_id].with_row(row_of(topic, row))
    made = Book(tariffs.values())
    for tariff_id in tariffs:
        made.versions(tariff_id)
    return made


def row_of(topic: str, row: str) -> Dated:
    """A row given as JSON. Raises Problem: tariff.bad_row, or the schema's codes with the place in the row."""
    try:
        return read_row(topic, json.loads(row, parse_float=Decimal), ())
    except (json.JSONDecodeError, KeyError) as error:
        raise Problem("tariff.bad_row", {"reason": str(error)}) from error
    except Flaw as flaw:
        steps = (str(step + 1) if isinstance(step, int) else step for step in flaw.path)
        raise Problem(flaw.code, {**flaw.params, "place": " › ".join((topic, *steps))}) from flaw
