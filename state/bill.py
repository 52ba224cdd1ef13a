"""One bill: its amount first, every line with its sum, the readings behind it, thirteen months."""

import asyncio
from datetime import date
from typing import TypedDict

import reflex as rx

from state.person import SignedIn, signed_in
from upay.accounts import Right
from upay.billing import (
    Behind,
    Bridge,
    Month,
    Sheet,
    SheetLine,
    SheetPart,
    behind,
    bill_among,
    bridge,
    previous_bill,
    remarks,
    sheet,
    whole,
)
from upay.db import session
from upay.errors import Problem

Params = dict[str, str | int]


class Remark(TypedDict):
    """A sentence about the bill, as a code."""

    code: str
    params: Params


class Line(TypedDict):
    """A line. title, how: codes; how is "" where the line stands for itself."""

    title: str
    title_params: Params
    how: str
    how_params: Params
    paise: int


class Stretch(TypedDict):
    """A part of the period over which tariff and load held. tariff_hi, tariff_en: its name."""

    first: str
    last: str
    units_wh: int
    load_w: int
    tariff_hi: str
    tariff_en: str
    lines: list[Line]


class MonthBar(TypedDict):
    """A month of the chart. units_wh: -1 without a bill.  percent: of the tallest."""

    cycle: str
    units_wh: int
    percent: int
    now: bool
    provisional: bool


class Change(TypedDict):
    """A reason why the bill differs from the one before. code: `billing.bridge_…`."""

    code: str
    paise: int


class DayRow(TypedDict):
    """A day behind the bill."""

    day: str
    units_wh: int
    estimated_wh: int


class BillState(rx.State):
    """The bill that the address names (`?n=`). Energies in Wh, money in paise, days as YYYY-MM-DD."""

    number: str = ""
    connection: str = ""
    consumer: str = ""
    address: str = ""
    category: str = ""
    serials: str = ""
    first: str = ""
    last: str = ""
    cycle: str = ""
    issued_on: str = ""
    due_on: str = ""
    prepaid: bool = False
    units_wh: int = 0
    export_wh: int = 0
    register_from_wh: int = -1
    register_to_wh: int = -1
    payable_paise: int = 0
    wallet_paise: int = 0
    stretches: list[Stretch] = []
    beside: list[Line] = []
    remarks: list[Remark] = []
    changes: list[Change] = []
    before_paise: int = 0
    after_paise: int = 0
    before_cycle: str = ""
    months: list[MonthBar] = []
    days: list[DayRow] = []
    blocks: int = 0
    actual: int = 0
    problem: str = ""
    problem_params: Params = {}
    filled: bool = False

    @rx.event(supersedes=True)
    @signed_in
    async def open(self, person: SignedIn):
        """Show the bill, if it is of a connection whose bills the person may see."""
        own = {connection.id for connection in person.holding(Right.BILLS)}
        asked = self.router.url.query_parameters.get("n", "")
        try:
            shown, found, earlier = await asyncio.to_thread(_found, asked, own)
        except Problem as problem:
            self.problem, self.problem_params, self.filled = problem.code, problem.params, False
            return
        self.problem, self.problem_params = "", {}
        self._fill(shown, found)
        self._compare(earlier)

    def _fill(self, shown: Sheet, found: Behind) -> None:
        bill, connection = shown.bill, shown.connection
        self.number, self.connection = bill.number, connection.number
        self.consumer, self.address = connection.consumer_name, connection.address
        self.category, self.serials = bill.category, ", ".join(shown.serials)
        self.first, self.last, self.cycle = bill.first.isoformat(), bill.last.isoformat(), bill.cycle.isoformat()
        self.issued_on, self.due_on = bill.issued_on.isoformat(), bill.due_on.isoformat() if bill.due_on else ""
        self.prepaid, self.units_wh, self.export_wh = bill.prepaid, bill.units_wh, bill.export_wh
        self.register_from_wh, self.register_to_wh = _known(bill.register_from_wh), _known(bill.register_to_wh)
        self.payable_paise, self.wallet_paise = bill.payable_paise, bill.wallet_paise
        self.stretches = [_stretch(part) for part in shown.parts]
        self.beside = [_line(line) for line in shown.beside]
        self.remarks = [Remark(code=code, params=params) for code, params in remarks(shown)]
        tallest = max((month.units_wh or 0 for month in shown.months), default=0) or 1
        self.months = [_bar(month, tallest, bill.cycle) for month in shown.months]
        self.days = [
            DayRow(day=day.day.isoformat(), units_wh=day.units_wh, estimated_wh=day.estimated_wh) for day in found.days
        ]
        self.blocks, self.actual, self.filled = found.blocks, found.actual, True


    def _compare(self, earlier: tuple[date, Bridge] | None) -> None:
        """Beside the bill before; the reasons that change nothing are left out."""
        self.before_cycle, self.changes = "", []
        if earlier is not None:
            cycle, steps = earlier
            self.before_cycle = cycle.isoformat()
            self.before_paise, self.after_paise = steps.before_paise, steps.after_paise
            self.changes = [Change(code=step.said, paise=step.paise) for step in steps.steps if step.paise]


def _found(number: str, own: set[int]) -> tuple[Sheet, Behind, tuple[date, Bridge] | None]:
    with session() as db:
        bill = bill_among(db, number, own)
        before = previous_bill(db, bill)
        steps = None if before is None else (before.cycle, bridge(db, whole(db, before), whole(db, bill)))
        return sheet(db, bill), behind(db, bill), steps


def _known(wh: int | None) -> int:
    return -1 if wh is None else wh


def _stretch(part: SheetPart) -> Stretch:
    return Stretch(
        first=part.first.isoformat(),
        last=part.last.isoformat(),
        units_wh=part.units_wh,
        load_w=part.load_w,
        tariff_hi=part.tariff_name["hi"],
        tariff_en=part.tariff_name["en"],
        lines=[_line(line) for line in part.lines],
    )


def _line(line: SheetLine) -> Line:
    how, how_params = line.how or ("", {})
    return Line(title=line.title[0], title_params=line.title[1], how=how, how_params=how_params, paise=line.paise)


def _bar(month: Month, tallest: int, now: date) -> MonthBar:
    units = month.units_wh
    return MonthBar(
        cycle=month.cycle.isoformat(),
        units_wh=-1 if units is None else units,
        percent=0 if units is None else max(1, round(max(0, units) * 100 / tallest)),
        now=month.cycle == now,
        provisional=month.provisional,
    )
