"""What the home page says of money: the amount due and its date or the prepaid balance, and what this month costs."""

import asyncio
from dataclasses import dataclass
from datetime import date

import reflex as rx
from sqlmodel import Session

from state.home import HomeState
from state.person import SignedIn, signed_in
from upay import clock
from upay.accounts import Right
from upay.billing import Bill, costs_of, current_bills
from upay.clock import day_of
from upay.db import session
from upay.dues import standing_of
from upay.ledger import DUES, balances
from upay.metering import Row
from upay.metering.history import history
from upay.metering.span import span
from upay.network.models import Connection


@dataclass(frozen=True)
class Dues:
    """owed_paise: below zero, in the consumer's favour.  due_on: the earliest day on which something unpaid is due.

    month_paise: this month so far, provisional; None unknown.
    """

    prepaid: bool
    owed_paise: int
    due_on: date | None
    bill: Bill | None
    month_paise: int | None


class DuesState(rx.State):
    """The dues of the connection that the home page shows. shown: the person may see its bills and they are here."""

    shown: bool = False
    number: str = ""
    prepaid: bool = False
    owed_paise: int = 0
    due_on: str = ""
    overdue: bool = False
    bill: str = ""
    month_paise: int = -1

    @rx.event
    @signed_in
    async def show(self, person: SignedIn, number: str = ""):
        """Show the dues of a connection. number: "" for the one that the home page has settled on."""
        wanted = number or (await self.get_state(HomeState)).number
        own = next((each for each in person.holding(Right.BILLS) if each.number == wanted), None)
        if own is None:
            self.shown = False
            return
        found, today = await asyncio.to_thread(_dues, own.id), day_of(clock.now())
        self.number, self.prepaid, self.owed_paise = own.number, found.prepaid, found.owed_paise
        self.bill = found.bill.number if found.bill else ""
        self.due_on = found.due_on.isoformat() if found.due_on else ""
        self.overdue = found.owed_paise > 0 and found.due_on is not None and found.due_on < today
        self.month_paise = -1 if found.month_paise is None else found.month_paise
        self.shown = True


def _dues(connection_id: int) -> Dues:
    with session() as db:
        accounts = balances(db, [connection_id])[connection_id]
        rows = _month(db, connection_id, day_of(clock.now()))
        costs = [cost for cost in costs_of(db, connection_id, rows) if cost is not None]
        return Dues(
            prepaid=db.get_one(Connection, connection_id).prepaid,
            owed_paise=sum(paise for account, paise in accounts.items() if account in DUES),
            due_on=standing_of(db, connection_id).due_on,
            bill=current_bills(db, [connection_id]).get(connection_id),
            month_paise=sum(costs) if costs else None,
        )


def _month(db: Session, connection_id: int, today: date) -> list[Row]:
    return history(db, connection_id, span("month", today), None, int(clock.now().timestamp())).rows
