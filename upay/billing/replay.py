"""The proof of a bill: everything on it computed again from the lake and the tariffs it names, and compared.

Energy is summed from the readings as the lake's version had them; what no readings were behind (provisional bills,
units a person entered) is taken as recorded, and said to be. Every part is priced again, every line compared to the
paisa, every amount added up, and the ledger's entry held against it.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl
from sqlmodel import Session, select

from upay.billing.models import Basis, Bill, BillLine, BillPart, BillReversal
from upay.billing.parts import PRICED
from upay.billing.records import WholeBill, whole
from upay.billing.tariffs import kept
from upay.ledger import Account, LedgerEntry, Posting
from upay.metering import registers_at, totals_as_of
from upay.tariffs import LINES, price

_SUMMED = ("import_wh", "band0_wh", "band1_wh", "band2_wh", "export_wh")
_LINE = ("kind", "detail", "quantity", "unit", "rate", "paise")
_WHOLE = -1


@dataclass(frozen=True)
class Mismatch:
    """Two accounts of one thing that disagree. what: `energy.<column>`, `register`, `line`, `part`, `amount.<column>`,
    `ledger` or `tariff`.  where: part or line number."""

    what: str
    where: int
    billed: str
    computed: str


@dataclass
class Replayed:
    """What the proof found. from_reads, as_recorded: numbers of the parts whose energy was summed again, and of those
    for which it was taken from the bill.  lines: how many were compared."""

    number: str
    from_reads: list[int] = field(default_factory=list)
    as_recorded: list[int] = field(default_factory=list)
    lines: int = 0
    total_paise: int = 0
    mismatches: list[Mismatch] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        """Whether the bill is what its sources say."""
        return not self.mismatches

    def compare(self, what: str, where: int, billed: object, computed: object) -> None:
        """Note a difference, if there is one."""
        if billed != computed:
            self.mismatches.append(Mismatch(what, where, str(billed), str(computed)))


def replay(db: Session, bill: Bill) -> Replayed:
    """Compute a bill again. Raises deltalake's error when the lake's version is not kept any more."""
    held = whole(db, bill)
    report = Replayed(bill.number)
    for part in held.parts:
        _energy(db, bill, part, report)
    _register(bill, report)
    lines = _priced_again(db, held, report)
    _compare_lines(held, lines, report)
    _amounts(held, report)
    _ledger(db, held, report)
    return report


def _energy(db: Session, bill: Bill, part: BillPart, report: Replayed) -> None:
    """What was billed on readings, from those readings."""
    if part.basis != Basis.ACTUAL:
        report.as_recorded.append(part.part)
        return
    days = totals_as_of(db, bill.connection_id, part.first, part.last, bill.lake_version)
    report.from_reads.append(part.part)
    for name in _SUMMED:
        report.compare(f"energy.{name}", part.part, getattr(part, name), int(days[name].sum()) if len(days) else 0)
    peak = days["peak_w"].max() if len(days) else None
    report.compare("energy.demand_w", part.part, part.demand_w, peak or None)


def _register(bill: Bill, report: Replayed) -> None:
    """The register at the end, where the meter that stood there tells it."""
    if bill.register_to_wh is None or bill.basis == Basis.SELF_READING:
        return
    after = bill.last.fromordinal(bill.last.toordinal() + 1)
    read = registers_at(after, bill.lake_version, bill.connection_id)
    known = read["register_wh"].to_list()
    if known and bill.register_to_wh not in known and not bill.final:
        report.compare("register", 0, bill.register_to_wh, known[-1])


def _priced_again(db: Session, held: WholeBill, report: Replayed) -> pl.DataFrame:
    """Lines of all parts, priced by the versions they name. row: the part."""
    tariffs = kept(db, {part.version for part in held.parts})
    missing = {part.version for part in held.parts} - tariffs.keys()
    for version in sorted(missing):
        report.compare("tariff", 0, version, None)
    known = [part for part in held.parts if part.version in tariffs]
    if not known:
        return pl.DataFrame(schema=LINES)
    done = price(periods_of(known), tariffs.values())
    totals = dict(done.totals.select("row", "total_paise").iter_rows())
    for part in known:
        report.compare("part", part.part, part.total_paise, totals.get(part.part))
    return done.lines


def periods_of(parts: list[BillPart]) -> pl.DataFrame:
    """Parts as the pricing takes them; row: the part's number."""
    rows = [{"row": part.part} | {name: getattr(part, name) for name in PRICED if name != "row"} for part in parts]
    return pl.DataFrame(rows, infer_schema_length=None)


def _compare_lines(held: WholeBill, lines: pl.DataFrame, report: Replayed) -> None:
    """The period's lines one by one; those of the whole bill from the figures they rest on."""
    again = iter(
        row
        for part in held.parts
        if part.of_bill_id is None
        for row in lines.filter(pl.col("row") == part.part).sort("position").select(_LINE).iter_rows()
    )
    printed = [line for line in held.lines if line.part != _WHOLE and not line.kind.startswith("adjustment")]
    for line in printed:
        report.lines += 1
        report.compare("line", line.position, tuple(getattr(line, name) for name in _LINE), next(again, None))
    for extra in again:
        report.compare("line", 0, None, extra)
    for position, printed_paise, computed in _whole_lines(held):
        report.lines += 1
        report.compare("line", position, printed_paise, computed)
    report.total_paise = sum(line.paise for line in held.lines)


def _whole_lines(held: WholeBill) -> Iterator[tuple[int, int, int]]:
    """Adjustments, surcharge: position, what is printed, what it comes to again."""
    for line in held.lines:
        if line.kind.startswith("adjustment"):
            yield line.position, line.paise, _adjustment(held, line)
        elif line.kind == "lpsc":
            yield line.position, line.paise, (line.quantity * line.rate + 5_000) // 10_000


def _adjustment(held: WholeBill, line: BillLine) -> int:
    start = next(part for part in held.parts if part.part == line.part)
    return sum(part.total_paise - part.billed_paise for part in held.parts if part.of_bill_id == start.of_bill_id)


def _amounts(held: WholeBill, report: Replayed) -> None:
    """Columns of the bill against its lines."""
    bill, lines = held.bill, held.lines
    of_kind = {
        "current_paise": [line for line in lines if line.part != _WHOLE and not line.kind.startswith("adjustment")],
        "adjustment_paise": [line for line in lines if line.kind.startswith("adjustment")],
        "deposit_paise": [line for line in lines if line.kind == "deposit"],
        "lpsc_paise": [line for line in lines if line.kind == "lpsc"],
        "round_paise": [line for line in lines if line.kind == "round_off"],
    }
    for name, own in of_kind.items():
        report.compare(f"amount.{name}", 0, getattr(bill, name), sum(line.paise for line in own))
    due = bill.arrears_paise + report.total_paise - bill.wallet_paise
    report.compare("amount.payable_paise", 0, bill.payable_paise, due)
    units = sum(part.import_wh for part in held.parts if part.of_bill_id is None)
    report.compare("amount.units_wh", 0, bill.units_wh, units)


def _ledger(db: Session, held: WholeBill, report: Replayed) -> None:
    """What the ledger was told: as much as the bill charges, to the receivable and the wallet."""
    bill = held.bill
    entry = db.exec(select(LedgerEntry).where(LedgerEntry.key == f"bill:{bill.number}")).first()
    legs = [] if entry is None else db.exec(select(Posting).where(Posting.entry_id == entry.id)).all()
    charged = {
        Account.RECEIVABLE: bill.payable_paise - bill.arrears_paise,
        Account.WALLET: bill.wallet_paise,
    }
    for account, paise in charged.items():
        report.compare("ledger", 0, paise, sum(leg.paise for leg in legs if leg.account == account))
    if db.get(BillReversal, bill.id) is not None and entry is not None:
        undone = db.exec(select(LedgerEntry.id).where(LedgerEntry.reverses == entry.id)).first()
        report.compare("ledger", 0, True, undone is not None)
