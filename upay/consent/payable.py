"""What is due on a connection: of all that is known of it, the one number that anybody may see who would pay it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from upay.billing import current_bills
from upay.ledger import DUES, balances


@dataclass(frozen=True)
class Due:
    """paise: what is to be paid now, 0 for nothing.  due_on: of the latest bill, while something is due."""

    paise: int
    due_on: date | None


def dues_of(session: Session, connection_ids: Collection[int]) -> dict[int, Due]:
    """What is due on each of these connections; one that was never billed is left out, for nothing is known of it."""
    billed = current_bills(session, connection_ids)
    held = balances(session, list(billed))
    found: dict[int, Due] = {}
    for connection_id, bill in billed.items():
        owed = max(0, sum(held[connection_id].get(account, 0) for account in DUES))
        found[connection_id] = Due(owed, bill.due_on if owed else None)
    return found
