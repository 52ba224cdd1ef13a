"""Rows of one schedule, one class of load and one stretch of days, priced line by line."""
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TypeVar

import polars as pl

from upay.tariffs import charges
from upay.tariffs.charges import Charge
from upay.tariffs.schedule import ORDER, EnergyClass, FixedByUse, LoadRate, Schedule, TodClass
from upay.tariffs.shares import holds_year_end, month_days, month_share

_Class = TypeVar("_Class", EnergyClass, LoadRate, TodClass)

LINES = {
    "row": pl.Int64,
    "position": pl.Int16,
    "kind": pl.String,
    "detail": pl.String,
    "quantity": pl.Int64,
    "unit": pl.String,
    "rate": pl.Int64,
    "paise": pl.Int64,
}
_TOTALS = {
    "energy_paise": ("energy",),
    "tod_paise": ("tod",),
    "fixed_paise": ("fixed", "excess"),
    "fppas_paise": ("fppas",),
    "duty_paise": ("duty",),
    "subsidy_paise": ("subsidy",),
    "rebate_paise": ("prepaid", "online", "solar"),
    "total_paise": ORDER,
}
SUMS = (*_TOTALS, "credit_wh_out")
TOTALS = {"row": pl.Int64, **dict.fromkeys(SUMS, pl.Int64), "priced_by": pl.String}
"""priced_by: the version whose rates were taken; another than the period's where that one says so (`otherwise`)."""


class Sheet:
    """Rows of one schedule, one class of load and one stretch of days, being priced line by line."""

    def __init__(self, rows: pl.DataFrame, schedule: Schedule, first: date, last: date, load_w: int) -> None:
        self._rows, self._schedule = rows, schedule
        self._charges: list[Charge] = []
        self._names: dict[str, list[str]] = {kind: [] for kind in ORDER}
        share, months = month_share(first, last), month_days(first, last)
        is_kvah = schedule.kvah is not None and load_w >= schedule.kvah.from_w
        slabs = _of_load(schedule.energy, load_w).slabs
        self._add(charges.energy(slabs, share, "vah" if is_kvah else "wh"), *self._fixed(load_w, share))
        energy = self._sum("energy")
        self._rows = self._rows.with_columns(energy=energy)
        self._add(self._tod(load_w))
        if schedule.fppas:
            self._add(charges.fppas(schedule.fppas, months, self._sum(*schedule.fppas.on)))
        self._add(charges.duty(schedule.duty, self._sum(*schedule.duty.on), share))
        if schedule.subsidy:
            self._add([charges.subsidy(schedule.subsidy, slabs, share)])
        self._rebates()
        self._settle(first, last)

    def totals(self) -> pl.DataFrame:
        """One row a period: sums by what they are for."""
        sums = {name: self._sum(*kinds) for name, kinds in _TOTALS.items()}
        return self._rows.select("row", **sums, credit_wh_out="out", priced_by=pl.lit(self._schedule.version))

    def lines(self) -> pl.DataFrame:
        """One row a line whose quantity is not 0."""
        if not self._charges:
            return pl.DataFrame(schema=LINES)
        return pl.concat(
            self._rows.select(
                "row",
                position=pl.lit(place, pl.Int16),
                kind=pl.lit(charge.kind),
                detail=pl.lit(charge.detail),
                quantity=charge.quantity,
                unit=pl.lit(charge.unit),
                rate=pl.lit(charge.rate, pl.Int64),
                paise=name,
            ).filter(pl.col("quantity") != 0)
            for place, (name, charge) in enumerate(self._printed())
        )

    def _printed(self) -> list[tuple[str, Charge]]:
        """The lines by their columns, in the order in which they are printed."""
        named = [(f"line{place}", charge) for place, charge in enumerate(self._charges)]
        return sorted(named, key=lambda each: ORDER.index(each[1].kind))

    def _add(self, *groups: Sequence[Charge]) -> None:
        made: dict[str, pl.Expr] = {}
        for charge in (each for group in groups for each in group):
            name = f"line{len(self._charges)}"
            self._charges.append(charge)
            self._names[charge.kind].append(name)
            made[name] = charge.paise
        self._rows = self._rows.with_columns(**made)

    def _sum(self, *kinds: str) -> pl.Expr:
        """The sum of kinds of lines, each of which was added up once: kinds are complete when they are asked for."""
        for kind in kinds:
            if len(self._names[kind]) > 1:
                self._rows = self._rows.with_columns(reduce(add, map(pl.col, self._names[kind])).alias(kind))
                self._names[kind] = [kind]
        columns = [pl.col(name) for kind in kinds for name in self._names[kind]]
        return reduce(add, columns) if columns else pl.lit(0, pl.Int64)

    def _fixed(self, load_w: int, share: Fraction) -> list[list[Charge]]:
        fixed = self._schedule.fixed
        if isinstance(fixed, FixedByUse):
            return [charges.fixed_by_use(fixed, share)]
        if fixed is None:
            return []
        self._rows = self._rows.with_columns(billed_w=charges.billed_load(fixed))
        rate = _of_load(fixed.classes, load_w).rate
        made = [charges.fixed_by_load(rate, share)]
        if self._schedule.excess_times and self._rows["demand_w"].null_count() < len(self._rows):
            made.append(charges.excess(rate, self._schedule.excess_times, share))
        return [made]

    def _tod(self, load_w: int) -> list[Charge]:
        if not self._schedule.tod:
            return []
        percent = dict(_of_load(self._schedule.tod, load_w).percent)
        self._rows = self._rows.with_columns(measured=pl.col("band0_wh") + pl.col("band1_wh") + pl.col("band2_wh"))
        if not (most_wh := int(self._rows["measured"].max())):  # type: ignore[arg-type]
            return []
        bands = [(place, band.key, percent.get(band.key, 0)) for place, band in enumerate(self._schedule.bands)]
        return charges.tod(bands, int(self._rows["energy"].max()), most_wh)  # type: ignore[arg-type]

    def _rebates(self) -> None:
        if (rule := self._schedule.prepaid) and self._rows["prepaid"].any():
            on = () if isinstance(rule, charges.PerUnit) else rule.on
            self._add([charges.prepaid(rule, self._sum(*on))])
        if (paid := self._schedule.online) and self._rows["online"].any():
            self._add([charges.online(paid, self._sum(*paid.on))])

    def _settle(self, first: date, last: date) -> None:
        """At the end of the financial year the bank is paid out and starts anew."""
        if self._schedule.settle_rate is not None and holds_year_end(first, last):
            self._rows = self._rows.with_columns(banked="out", out=pl.lit(0, pl.Int64))
            self._add([charges.settlement(self._schedule.settle_rate)])


def _of_load(classes: Sequence[_Class], load_w: int) -> _Class:
    """The class that a load belongs to: the first whose end it does not exceed."""
    return next(each for each in classes if each.upto_w is None or load_w <= each.upto_w)
