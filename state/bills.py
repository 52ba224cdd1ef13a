"""The bills of a connection: what is to be paid, and every bill there has been."""

import asyncio
from typing import TypedDict

import reflex as rx

from state.choice import ChoiceState
from state.person import SignedIn, signed_in
from upay.accounts import LinkedConnection, Right
from upay.billing import Basis, Bill, bills_of
from upay.db import session
from upay.ledger import DUES, balances

_MOST = 240


class BillRow(TypedDict):
    """A bill in the list. state: withdrawn, wallet (taken from the balance), nothing, or due."""

    number: str
    cycle: str
    year: str
    units_wh: int
    paise: int
    due_on: str
    state: str
    provisional: bool


class BillsState(ChoiceState):
    """What is owed and every bill. owed_paise: below zero, in the consumer's favour.  due_on: of the latest bill."""

    prepaid: bool = False
    owed_paise: int = 0
    due_on: str = ""
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
        found, owed = await asyncio.to_thread(_found, own)
        self.bills = [_row(bill, stands) for bill, stands in found]
        self.years = sorted({bill["year"] for bill in self.bills}, reverse=True)
        self.year = self.year if self.year in self.years else ""
        standing = [bill for bill, stands in found if stands]
        self.prepaid = bool(standing) and standing[0].prepaid
        self.due_on = standing[0].due_on.isoformat() if standing and standing[0].due_on else ""
        self.owed_paise, self.filled = owed, True


def _found(own: LinkedConnection) -> tuple[list[tuple[Bill, bool]], int]:
    with session() as db:
        standing = {bill.id for bill in bills_of(db, own.id, _MOST)}
        found = [(bill, bill.id in standing) for bill in bills_of(db, own.id, _MOST, reversed_too=True)]
        accounts = balances(db, [own.id])[own.id]
        return found, sum(paise for account, paise in accounts.items() if account in DUES)


def _row(bill: Bill, stands: bool) -> BillRow:
    taken = bill.prepaid and bill.payable_paise <= 0
    state = "due" if bill.payable_paise > 0 else "wallet" if taken else "nothing"
    return BillRow(
        number=bill.number,
        cycle=bill.cycle.isoformat(),
        year=f"{bill.cycle:%Y}",
        units_wh=bill.units_wh,
        paise=bill.wallet_paise if taken else bill.payable_paise,
        due_on=bill.due_on.isoformat() if bill.due_on else "",
        state=state if stands else "withdrawn",
        provisional=bill.basis == Basis.PROVISIONAL,
    )
