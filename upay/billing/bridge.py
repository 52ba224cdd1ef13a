"""Why a bill differs from the one before: successive re-pricing in a fixed order, so that the steps add up exactly.

The earlier bill's period is priced again and again, each time with one more thing as the later bill has it: the number
of days, the units, the spread over the hours of the day, and at last the tariff. What each step changes is its share.
The units' share is what they cost at the earlier bill's mean rate; what telescopic slabs make of it is the slabs'.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import polars as pl
from sqlmodel import Session

from upay.billing.models import BillPart
from upay.billing.records import WholeBill
from upay.billing.replay import periods_of
from upay.billing.tariffs import kept
from upay.tariffs import Schedule, price

STEPS = ("days", "units", "slabs", "tod", "tariff", "fppas", "arrears", "other")


@dataclass(frozen=True)
class Step:
    """One reason and what it adds, paise (negative: takes off). code: one of STEPS."""

    code: str
    paise: int

    @property
    def said(self) -> str:
        """The reason's key in the catalogues."""
        return f"billing.bridge_{self.code}"


@dataclass(frozen=True)
class Bridge:
    """From what the earlier bill came to, step by step, to what the later one does. Both in paise, of everything on
    them: this period's charges, what was owed, surcharge, deposit, adjustments, rounding."""

    before_paise: int
    after_paise: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class _Period:
    """A period as one stretch, for comparing. mean energies are spread over its days."""

    days: int
    import_wh: int
    band1_wh: int
    band2_wh: int


def bridge(db: Session, before: WholeBill, after: WholeBill) -> Bridge:
    """Why `after` differs from `before`, an earlier bill of the same connection."""
    old, new = _own(before), _own(after)
    tariffs = kept(db, {part.version for part in (*old, *new)})
    model, then, now = old[-1], _whole_period(old), _whole_period(new)
    longer = _Period(
        now.days, then.import_wh * now.days // then.days, then.band1_wh * now.days // then.days,
        then.band2_wh * now.days // then.days,
    )  # fmt: skip
    fuller = replace(longer, import_wh=now.import_wh, **_spread(longer, now.import_wh))
    start = _cost(model, then, tariffs)
    days = _cost(model, longer, tariffs)
    units = _cost(model, fuller, tariffs)
    hours = _cost(model, replace(fuller, band1_wh=now.band1_wh, band2_wh=now.band2_wh), tariffs)
    even = _half_up((now.import_wh - longer.import_wh) * days, longer.import_wh) if longer.import_wh else units - days
    fppas = _of_kind(after, "fppas") - _of_kind(before, "fppas")
    # What pricing the earlier bill as one stretch leaves out (it may have been cut) goes to the tariff.
    tariff = (after.bill.current_paise - before.bill.current_paise) - (hours - start) - fppas
    shares = {
        "days": days - start,
        "units": even,
        "slabs": units - days - even,
        "tod": hours - units,
        "tariff": tariff,
        "fppas": fppas,
        "arrears": after.bill.arrears_paise - before.bill.arrears_paise,
        "other": _beside(after) - _beside(before),
    }
    return Bridge(_all(before), _all(after), tuple(Step(code, shares[code]) for code in STEPS))


def _own(held: WholeBill) -> list[BillPart]:
    return [part for part in held.parts if part.of_bill_id is None]


def _whole_period(parts: Sequence[BillPart]) -> _Period:
    return _Period(
        days=(parts[-1].last - parts[0].first).days + 1,
        import_wh=sum(part.import_wh for part in parts),
        band1_wh=sum(part.band1_wh for part in parts),
        band2_wh=sum(part.band2_wh for part in parts),
    )


def _spread(period: _Period, import_wh: int) -> dict[str, int]:
    """Other units, spread over the hours as this period's are."""
    if not period.import_wh:
        return {"band1_wh": 0, "band2_wh": 0}
    return {
        "band1_wh": import_wh * period.band1_wh // period.import_wh,
        "band2_wh": import_wh * period.band2_wh // period.import_wh,
    }


def _cost(model: BillPart, period: _Period, tariffs: Mapping[str, Schedule]) -> int:
    """What a period costs under the earlier bill's terms, without the fuel surcharge, which is told apart."""
    first = model.last - timedelta(days=period.days - 1)
    rest = period.import_wh - period.band1_wh - period.band2_wh
    frame = periods_of([model]).with_columns(
        pl.lit(first).alias("first"),
        pl.lit(period.import_wh).alias("import_wh"),
        pl.lit(rest).alias("band0_wh"),
        pl.lit(period.band1_wh).alias("band1_wh"),
        pl.lit(period.band2_wh).alias("band2_wh"),
        pl.lit(None, pl.Int64).alias("vah"),
    )
    lines = price(frame, tariffs.values()).lines
    return int(lines.filter(pl.col("kind") != "fppas")["paise"].sum())


def _of_kind(held: WholeBill, kind: str) -> int:
    return sum(line.paise for line in held.lines if line.kind == kind)


def _beside(held: WholeBill) -> int:
    bill = held.bill
    return bill.adjustment_paise + bill.deposit_paise + bill.lpsc_paise + bill.round_paise


def _all(held: WholeBill) -> int:
    return held.bill.current_paise + held.bill.arrears_paise + _beside(held)


def _half_up(amount: int, by: int) -> int:
    return (2 * amount + by) // (2 * by)
