"""Whether a printed bill is ours: its QR code opens a page that says so, with what the paper must show too.

The code holds the bill's number and a seal over number and amount under the installation's key, so that nobody makes
one up, and nobody learns of other bills by trying numbers.
"""

import secrets
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from sqlmodel import Session, select

from upay.accounts import keep, masked_name
from upay.billing.models import Bill, BillReversal
from upay.billing.numbers import id_of
from upay.network.models import Connection
from upay.settings import settings

_SEAL_DIGITS = 24


@dataclass(frozen=True)
class Genuine:
    """What a genuine bill must show. name: masked.  stands: False once it has been reversed."""

    number: str
    name: str
    first: date
    last: date
    payable_paise: int
    due_on: date | None
    stands: bool


def verify_address(bill: Bill) -> str:
    """The address that the bill's QR code opens."""
    query = urlencode({"b": bill.number, "s": _seal(bill)})
    return f"{settings().public_url.rstrip('/')}/verify?{query}"


def genuine(session: Session, number: str, seal: str) -> Genuine | None:
    """What the bill with this number shows if the seal is its own, else None.

    Raises Problem billing.bad_number for what is no bill number.
    """
    bill = session.exec(select(Bill).where(Bill.id == id_of(number))).first()
    if bill is None or not secrets.compare_digest(_seal(bill).encode(), seal.encode()):
        return None
    return Genuine(
        number=bill.number,
        name=masked_name(session.get_one(Connection, bill.connection_id).consumer_name),
        first=bill.first,
        last=bill.last,
        payable_paise=bill.payable_paise,
        due_on=bill.due_on,
        stands=session.get(BillReversal, bill.id) is None,
    )


def _seal(bill: Bill) -> str:
    return keep("bill", f"{bill.number}:{bill.payable_paise}")[:_SEAL_DIGITS]
