"""Bills as they are looked up: by number, by connection, with their parts and lines, and whether they still count."""
from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from upay.billing.models import Bill, BillLine, BillPart, BillReversal
from upay.billing.numbers import id_of
from upay.errors import Problem


@dataclass(frozen=True)
class WholeBill:
    """A bill with everything that stands on it. reversal: when it counts no more.

    replaced_by: the number of the bill made in its place.
    """

    bill: Bill
    parts: list[BillPart]
    lines: list[BillLine]
    reversal: BillReversal | None
    replaced_by: str | None

    @property
    def state(self) -> str:
        """issued or reversed."""
        return "issued" if self.reversal is None else "reversed"


def bill_numbered(db: Session, number: str) -> Bill:
    """The bill with a number. Raises Problem 404 billing.bad_number, billing.no_such_bill."""
    found = db.get(Bill, id_of(number))
    if found is None:
        raise Problem("billing.no_such_bill", {"number": number}, 404)
    return found


def bill_among(db: Session, number: str, connection_ids: Collection[int]) -> Bill:
    """The bill with a number, if it is of one of these connections: the same answer for any other bill and for none.

    Raises Problem 404 billing.bad_number, billing.no_such_bill.
    """
    found = bill_numbered(db, number)
    if found.connection_id not in connection_ids:
        raise Problem("billing.no_such_bill", {"number": number}, 404)
    return found


def whole(db: Session, bill: Bill) -> WholeBill:
    """A bill with its parts, its lines in the order printed, and what became of it."""
    parts = db.exec(select(BillPart).where(BillPart.bill_id == bill.id).order_by(col(BillPart.part))).all()
    lines = db.exec(select(BillLine).where(BillLine.bill_id == bill.id).order_by(col(BillLine.position))).all()
    later = db.exec(
        select(Bill).where(Bill.connection_id == bill.connection_id, Bill.replaces == bill.id)
    ).first()
    reversal = db.get(BillReversal, bill.id)
    return WholeBill(bill, list(parts), list(lines), reversal, later.number if later else None)


def bills_of(
    db: Session, connection_id: int, limit: int = 13, offset: int = 0, reversed_too: bool = False
) -> list[Bill]:
    """The bills of a connection, the latest first."""
    asked = select(Bill).where(Bill.connection_id == connection_id)
    if not reversed_too:
        asked = asked.where(col(Bill.id).not_in(select(BillReversal.bill_id)))
    return list(db.exec(asked.order_by(col(Bill.id).desc()).limit(limit).offset(offset)).all())


def current_bills(db: Session, connection_ids: Collection[int]) -> dict[int, Bill]:
    """The latest standing bill of each of these connections; one that has none is left out."""
    asked = select(Bill).where(
        col(Bill.connection_id).in_(connection_ids), col(Bill.id).not_in(select(BillReversal.bill_id))
    )
    latest: dict[int, Bill] = {}
    for bill in db.exec(asked.order_by(col(Bill.id))):
        latest[bill.connection_id] = bill
    return latest


def previous_bill(db: Session, bill: Bill) -> Bill | None:
    """The standing bill of the connection before this one."""
    return db.exec(
        select(Bill)
        .where(
            Bill.connection_id == bill.connection_id,
            col(Bill.cycle) < bill.cycle,
            col(Bill.id).not_in(select(BillReversal.bill_id)),
        )
        .order_by(col(Bill.id).desc())
    ).first()
