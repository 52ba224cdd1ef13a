"""A bill as it is shown, on the page and in print: everything on it as codes and values, in no language yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from upay.billing.models import Basis, Bill, BillLine, BillPart, BillReversal
from upay.billing.numbers import number_of
from upay.billing.records import whole
from upay.billing.rules import next_cycle
from upay.billing.tariffs import kept
from upay.clock import day_of
from upay.documents import units
from upay.network.models import Connection, Meter, MeterInstallation
from upay.tariffs import explain
from upay.tariffs import title as line_title

Said = tuple[str, dict[str, str | int]]
"""A key of the catalogues and the values its sentence names."""

MONTHS = 13


@dataclass(frozen=True)
class SheetLine:
    """A line: what it is called, how its amount came about (None: it stands for itself), and the amount in paise."""

    kind: str
    title: Said
    how: Said | None
    paise: int


@dataclass(frozen=True)
class SheetPart:
    """A stretch of the bill's period over which one tariff and load held, with its lines."""

    first: date
    last: date
    units_wh: int
    load_w: int
    tariff_name: Mapping[str, str]
    version: str
    lines: tuple[SheetLine, ...]


@dataclass(frozen=True)
class Month:
    """A month of the bar chart. units_wh: None where no bill was made."""

    cycle: date
    units_wh: int | None
    provisional: bool


@dataclass(frozen=True)
class Sheet:
    """A bill with all that stands on it. replaced_by: number of the bill issued in its place, "" for none."""

    bill: Bill
    connection: Connection
    serials: tuple[str, ...]
    parts: tuple[SheetPart, ...]
    beside: tuple[SheetLine, ...]
    months: tuple[Month, ...]
    is_withdrawn: bool
    replaces: str
    replaced_by: str


def sheet(session: Session, bill: Bill) -> Sheet:
    """Gather what stands on a bill."""
    found = whole(session, bill)
    own = [part for part in found.parts if part.of_bill_id is None]
    names = kept(session, {part.version for part in own})
    numbers = {part.part for part in own}
    return Sheet(
        bill=bill,
        connection=session.get_one(Connection, bill.connection_id),
        serials=_serials(session, bill),
        parts=tuple(
            SheetPart(
                first=part.first,
                last=part.last,
                units_wh=part.import_wh,
                load_w=part.load_w,
                tariff_name=names[part.version].name,
                version=part.version,
                lines=tuple(_of_period(line, part) for line in found.lines if line.part == part.part),
            )
            for part in own
        ),
        beside=(*(_of_bill(line) for line in found.lines if line.part not in numbers), *_standing(bill)),
        months=_months(session, bill),
        is_withdrawn=found.reversal is not None,
        replaces=number_of(bill.replaces) if bill.replaces else "",
        replaced_by=found.replaced_by or "",
    )


def remarks(shown: Sheet) -> list[Said]:
    """What a reader must know beside the numbers."""
    bill, found = shown.bill, list[Said]()
    if shown.is_withdrawn:
        found.append(("bills.remark_reversed", {"replaced_by": grouped(shown.replaced_by) or "–"}))
    if shown.replaces:
        found.append(("bills.remark_replaces", {"number": grouped(shown.replaces)}))
    if bill.basis in (Basis.PROVISIONAL, Basis.REGISTER, Basis.SELF_READING, Basis.CORRECTED):
        found.append((f"bills.remark_{bill.basis}", {}))
    if bill.bank_wh:
        found.append(("bills.remark_bank", {"units": units(bill.bank_wh)}))
    return found


def grouped(number: str) -> str:
    """A bill number as people read it out: 2610 0000 0123 456."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _of_period(line: BillLine, part: BillPart) -> SheetLine:
    how = explain(line.kind, line.detail, line.quantity, line.unit, line.rate, part.first, part.last)
    return SheetLine(line.kind, line_title(line.kind, line.detail), how, line.paise)


def _of_bill(line: BillLine) -> SheetLine:
    named: dict[str, str | int] = {"bill": line.detail} if line.kind.startswith("adjustment") else {}
    return SheetLine(line.kind, (f"bills.line_{line.kind}", named), None, line.paise)


def _standing(bill: Bill) -> list[SheetLine]:
    """What was owed, or held, before this bill, and what the wallet pays of it."""
    found = []
    if bill.arrears_paise:
        code = "bills.line_arrears" if bill.arrears_paise > 0 else "bills.line_in_credit"
        found.append(SheetLine("arrears", (code, {}), None, bill.arrears_paise))
    if bill.wallet_paise:
        found.append(SheetLine("wallet", ("bills.line_wallet", {}), None, -bill.wallet_paise))
    return found


def _serials(session: Session, bill: Bill) -> tuple[str, ...]:
    """The meters that measured its period, in order."""
    stays = session.exec(
        select(Meter.serial, MeterInstallation.from_at, MeterInstallation.to_at)
        .join(MeterInstallation, col(MeterInstallation.meter_id) == Meter.id)
        .where(MeterInstallation.connection_id == bill.connection_id)
        .order_by(col(MeterInstallation.from_at))
    ).all()
    return tuple(
        serial
        for serial, since, until in stays
        if day_of(since) <= bill.last and (until is None or day_of(until) >= bill.first)
    )


def _months(session: Session, bill: Bill) -> tuple[Month, ...]:
    """The bill's month and the twelve before it, as they were billed."""
    cycles = [next_cycle(bill.cycle, -back) for back in range(MONTHS - 1, -1, -1)]
    stands = ~col(Bill.id).in_(select(BillReversal.bill_id))
    billed = {
        cycle: (units, basis)
        for cycle, units, basis in session.exec(
            select(col(Bill.cycle), col(Bill.units_wh), col(Bill.basis)).where(
                Bill.connection_id == bill.connection_id, col(Bill.cycle).between(cycles[0], cycles[-2]), stands
            )
        )
    }
    billed[bill.cycle] = (bill.units_wh, bill.basis)
    return tuple(
        Month(cycle, *(billed[cycle][0], billed[cycle][1] == Basis.PROVISIONAL) if cycle in billed else (None, False))
        for cycle in cycles
    )
