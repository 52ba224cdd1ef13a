"""How a bill was computed: each line as codes and values for sentences, with the readings behind the units."""
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal
from sqlmodel import Session

from upay.billing.models import Basis, Bill, BillLine, BillPart, RegisterQuality
from upay.billing.numbers import id_of
from upay.billing.records import WholeBill
from upay.metering import totals_as_of
from upay.metering.models import Quality
from upay.tariffs import explain as formula_of
from upay.tariffs import title as title_of

Params = dict[str, str | int]
_MOST_DAYS = 31


@dataclass(frozen=True)
class UncertainDay:
    """A day not all of which was read. quality: the least certain `Quality` of its blocks."""

    day: date
    read: int
    blocks: int
    quality: str


@dataclass(frozen=True)
class ReadsBehind:
    """The readings behind a part's units. basis: a Basis.  blocks, read: half-hours of the days, and those that were
    read (or a proven outage); energies in Wh. uncertain: the days that were not read in full, the first of them."""

    basis: str
    first: date
    last: date
    days: int
    blocks: int
    read: int
    import_wh: int
    estimated_wh: int
    uncertain: tuple[UncertainDay, ...]
    uncertain_days: int


@dataclass(frozen=True)
class ExplainedLine:
    """A line. title, formula: codes of the catalogues with their values; formula is "" where nothing is to be said.

    part: number of the part it belongs to, -1 for the bill as a whole.
    """

    position: int
    part: int
    title: str
    title_params: Params
    formula: str
    formula_params: Params
    paise: int


@dataclass(frozen=True)
class Explained:
    """All lines of a bill, and the readings behind each of its parts."""

    lines: tuple[ExplainedLine, ...]
    reads: dict[int, ReadsBehind]


def explained(db: Session, held: WholeBill) -> Explained:
    """How a bill came about. Readings are told as the lake's version that it names had them."""
    parts = {part.part: part for part in held.parts}
    return Explained(
        tuple(_line(line, parts) for line in held.lines),
        {number: reads_behind(db, held.bill, part) for number, part in parts.items()},
    )


def reads_behind(db: Session, bill: Bill, part: BillPart) -> ReadsBehind:
    """The readings behind a part's units. Raises deltalake's error when the lake's version is not kept any more."""
    days = totals_as_of(db, bill.connection_id, part.first, part.last, bill.lake_version)
    rows = list(days.iter_rows(named=True))
    odd = [row for row in rows if row["actual"] < row["blocks"]]
    return ReadsBehind(
        basis=part.basis,
        first=part.first,
        last=part.last,
        days=(part.last - part.first).days + 1,
        blocks=sum(row["blocks"] for row in rows),
        read=sum(row["actual"] for row in rows),
        import_wh=part.import_wh,
        estimated_wh=sum(row["estimated_wh"] for row in rows) if part.basis == Basis.ACTUAL else 0,
        uncertain=tuple(
            UncertainDay(row["day"], row["actual"], row["blocks"], Quality(row["quality"]).name.lower())
            for row in odd[:_MOST_DAYS]
        ),
        uncertain_days=len(odd),
    )


def register_code(quality: int) -> str:
    """How a register on a bill is known: a code of the catalogues."""
    return f"billing.register_{RegisterQuality(quality).name.lower()}"


def _line(line: BillLine, parts: dict[int, BillPart]) -> ExplainedLine:
    part = parts.get(line.part)
    if part is not None and not line.kind.startswith("adjustment"):
        title, values = title_of(line.kind, line.detail)
        formula, told = formula_of(
            line.kind, line.detail, line.quantity, line.unit, line.rate, part.first, part.last
        )
    else:
        title, values, formula, told = _of_whole(line, parts)
    return ExplainedLine(line.position, line.part, title, values, formula, told, line.paise)


def _of_whole(line: BillLine, parts: dict[int, BillPart]) -> tuple[str, Params, str, Params]:
    """Lines that no tariff prices."""
    title = f"billing.line_{line.kind}"
    if line.kind.startswith("adjustment"):
        own = [part for part in parts.values() if part.of_bill_id == id_of(line.detail)]
        told: Params = {
            "billed": _rupees(sum(part.billed_paise for part in own)),
            "total": _rupees(sum(part.total_paise for part in own)),
            "units": _number(Decimal(line.quantity) / 1000),
        }
        return title, {"number": line.detail}, f"billing.by_{line.kind}", told
    if line.kind == "lpsc":
        told = {"amount": _rupees(line.quantity), "percent": _number(Decimal(line.rate) / 100), "month": line.detail}
        return title, {}, "billing.by_lpsc", told
    if line.kind == "deposit":
        return title, {}, "billing.by_deposit", {"needed": _rupees(line.quantity), "held": _rupees(int(line.detail))}
    return title, {}, "", {}


def _rupees(paise: int) -> str:
    return format_decimal(Decimal(paise) / 100, "#,##,##0.00", locale="en_IN").replace("-", "−")


def _number(value: Decimal) -> str:
    return format_decimal(value, "#,##,##0.###", locale="en_IN").replace("-", "−")
