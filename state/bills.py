"""The bills of a connection: what is to be paid, and every bill there has been."""

import asyncio
from datetime import date
from typing import TypedDict

import reflex as rx

from state.choice import ChoiceState
from state.person import SignedIn, signed_in
from upay import clock
from upay.accounts import LinkedConnection, Right
from upay.billing import Basis, Bill, bills_of
from upay.clock import day_of
from upay.db import session
from upay.dues import Standing, standing_of
from upay.ledger import DUES, balances

_MOST = 240


class BillRow(TypedDict):
    """A bill in the list. state: withdrawn, wallet (taken from the balance), nothing, paid, plan, due, or overdue.

    left_paise: what is left of one that is paid in part; 0 of any other.
    """

    number: str
    cycle: str
    year: str
    units_wh: int
    paise: int
    due_on: str
    state: str
    left_paise: int
    provisional: bool


class BillsState(ChoiceState):
    """What is owed and every bill. owed_paise: below zero, in the consumer's favour.

    due_on: the earliest day on which something unpaid is due.
    """

    prepaid: bool = False
    owed_paise: int = 0
    due_on: str = ""
    overdue: bool = False
    bills: list[BillRow] = []
    years: list[str] = []
    year: str = ""
    filled: bool = False

    @rx.var
    def shown(self) -> list[BillRow]:
        """The bills of the year that is chosen, or all."""
        return [bill for bill in self.bills if self.year in ("", bill["year"])]

    @rx.event(supersedes=True)
    @signed_in
    async def open(self, person: SignedIn):
        """Show the connection that the address names, or the one shown before."""
        await self._show(person, self.router.url.query_parameters.get("c", ""))

    @rx.event
    @signed_in
    async def choose(self, person: SignedIn, number: str):
        """Another connection."""
        await self._show(person, number)

    @rx.event
    @signed_in
    async def choose_year(self, person: SignedIn, year: str):
        """The bills of one year, "" for all."""
        self.year = year if year in self.years else ""

    async def _show(self, person: SignedIn, wanted: str) -> None:
        own = self._choose(person, Right.BILLS, wanted)
        if own is None:
            self.filled = False
            return
        (found, dues, owed), today = await asyncio.to_thread(_found, own), day_of(clock.now())
        self.bills = [_row(bill, stands, dues, today) for bill, stands in found]
        self.years = sorted({bill["year"] for bill in self.bills}, reverse=True)
        self.year = self.year if self.year in self.years else ""
        standing = [bill for bill, stands in found if stands]
        self.prepaid = bool(standing) and standing[0].prepaid
        self.due_on = dues.due_on.isoformat() if dues.due_on else ""
        self.overdue = owed > 0 and dues.due_on is not None and dues.due_on < today
        self.owed_paise, self.filled = owed, True


def _found(own: LinkedConnection) -> tuple[list[tuple[Bill, bool]], Standing, int]:
    with session() as db:
        stand = {bill.id for bill in bills_of(db, own.id, _MOST)}
        found = [(bill, bill.id in stand) for bill in bills_of(db, own.id, _MOST, reversed_too=True)]
        accounts = balances(db, [own.id])[own.id]
        owed = sum(paise for account, paise in accounts.items() if account in DUES)
        return found, standing_of(db, own.id), owed


def _row(bill: Bill, stands: bool, dues: Standing, today: date) -> BillRow:
    taken, left = bill.prepaid and bill.payable_paise <= 0, dues.bills.get(bill.number)
    return BillRow(
        number=bill.number,
        cycle=bill.cycle.isoformat(),
        year=f"{bill.cycle:%Y}",
        units_wh=bill.units_wh,
        paise=bill.wallet_paise if taken else bill.payable_paise,
        due_on=bill.due_on.isoformat() if bill.due_on else "",
        state=_state(bill, dues, today) if stands else "withdrawn",
        left_paise=left.open_paise if stands and left and left.is_part else 0,
        provisional=bill.basis == Basis.PROVISIONAL,
    )


def _state(bill: Bill, dues: Standing, today: date) -> str:
    left = dues.bills.get(bill.number)
    if left is not None and left.in_plan:
        return "plan"
    # One that charges nothing of its own asks for what was owed before it alone.
    for_others = bill.arrears_paise >= bill.payable_paise > 0 and bill.due_on and dues.due_on
    if bill.due_on and (left or (for_others and dues.due_on <= bill.due_on)):
        return "overdue" if bill.due_on < today else "due"
    if bill.payable_paise > 0:
        return "paid"
    return "wallet" if bill.prepaid else "nothing"
