"""Collections into the ledger: each receipt once, and a cheque that comes back."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from sqlmodel import Session, col, select

from upay.clock import IST
from upay.errors import Problem
from upay.ledger.accounts import Account, Kind
from upay.ledger.entry import Entry, Leg
from upay.ledger.models import Collection
from upay.ledger.post import post, reverse
from upay.ledger.receipts import Mode, Receipt, Refused
from upay.network.models import Connection
from upay.packs import pack

AT_ONCE = 500


@dataclass
class Received:
    """What became of a file: rows = taken + known + refused."""

    rows: int = 0
    taken: int = 0
    known: int = 0
    taken_paise: int = 0
    by_mode: dict[str, int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)


def receive(db: Session, given: Iterable[Receipt | Refused], now: datetime, report: Received) -> None:
    """Post what was taken; a receipt that stands already is counted as known, one that says something else is refused.

    The money goes to what is owed, whose oldest part it settles first; a prepaid connection's goes to its wallet.
    """
    rows = list(given)
    receipts = [row for row in rows if isinstance(row, Receipt)]
    report.rows += len(rows)
    report.refused += [row for row in rows if isinstance(row, Refused)]
    found = _connections(db, receipts)
    for receipt in receipts:
        connection = found.get(receipt.connection)
        if connection is None:
            report.refused.append(_refuse(receipt, "ledger.unknown_row_connection", receipt.connection))
        elif (standing := _standing(db, receipt.number)) is None:
            _post(db, receipt, connection, now)
            report.taken += 1
            report.taken_paise += receipt.paise
            report.by_mode[receipt.mode] = report.by_mode.get(receipt.mode, 0) + receipt.paise
        elif (standing.connection_id, standing.paise, standing.mode) == (connection.id, receipt.paise, receipt.mode):
            report.known += 1
        else:
            report.refused.append(_refuse(receipt, "ledger.receipt_differs", receipt.number))


def bounce(db: Session, number: str, day: date) -> int:
    """A cheque came back: its entry is reversed and the pack's charge posted. Returns the charge, paise.

    Doing it twice changes nothing. Raises Problem when there is no such receipt or it was no cheque.
    """
    taken = _standing(db, number)
    if taken is None:
        raise Problem("ledger.no_receipt", {"receipt": number}, 404)
    if taken.mode not in (Mode.CHEQUE, Mode.DRAFT):
        raise Problem("ledger.no_cheque", {"receipt": number})
    charge = int(pack().row("dues", day)["returned_cheque_paise"])
    at = _noon(day)
    if reverse(db, taken.entry_id, f"return:{number}", at) is not None:
        legs = (Leg(Account(taken.account), charge, taken.connection_id), Leg(Account.CHARGES, -charge))
        post(db, Entry(f"return_charge:{number}", Kind.CHARGE, at, legs, number))
        taken.returned_on = day
        db.add(taken)
    return charge


def _post(db: Session, receipt: Receipt, connection: Connection, now: datetime) -> None:
    assert connection.id is not None
    account = Account.WALLET if connection.prepaid else Account.RECEIVABLE
    legs = (Leg(Account.CASH_COLLECTION, receipt.paise), Leg(account, -receipt.paise, connection.id))
    kind = Kind.RECHARGE if connection.prepaid else Kind.COLLECTION
    number = post(db, Entry(f"receipt:{receipt.number}", kind, _noon(receipt.day), legs, receipt.number))
    assert number is not None, f"receipt {receipt.number} is in the ledger and not among the collections"
    db.add(
        Collection(
            receipt=receipt.number,
            connection_id=connection.id,
            entry_id=number,
            account=account,
            paise=receipt.paise,
            day=receipt.day,
            mode=receipt.mode,
            reference=receipt.reference,
            received_at=now,
        )
    )
    db.flush()


def _connections(db: Session, receipts: Sequence[Receipt]) -> dict[str, Connection]:
    numbers = list({receipt.connection for receipt in receipts})
    found: dict[str, Connection] = {}
    for start in range(0, len(numbers), AT_ONCE):
        asked = col(Connection.number).in_(numbers[start : start + AT_ONCE])
        found |= {connection.number: connection for connection in db.exec(select(Connection).where(asked))}
    return found


def _standing(db: Session, number: str) -> Collection | None:
    return db.exec(select(Collection).where(Collection.receipt == number)).first()


def _refuse(receipt: Receipt, code: str, value: str) -> Refused:
    return Refused(receipt.row, code, receipt.number, value)


def _noon(day: date) -> datetime:
    """When a payment of a day counts as made: files name days alone."""
    return datetime.combine(day, time(12), IST)
