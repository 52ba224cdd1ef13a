"""How each kind of line comes about, as Polars expressions over the rows of one schedule and one stretch of days.

Within such a group every rate, edge and share is a constant, so a line is a handful of integer operations a row.
Amounts are exact until their one rounding, half up; what is taken off is rounded by its size.
"""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from upay.tariffs.schedule import (
    Duty,
    FixedByLoad,
    FixedByUse,
    Fppas,
    Online,
    PerUnit,
    Share,
    Slab,
    Subsidy,
)
from upay.tariffs.shares import half_up, pro_rated

PER_KWH = 100_000
"""Wh × (1/100 paisa per kWh) → paise."""
PER_CENT = 10_000
"""paise × (1/100 %) → paise."""
_INT64 = 2**63 - 1


@dataclass(frozen=True)
class Charge:
    """A line as it stands on a row's bill, wherever its quantity is not 0.

    unit: what quantity is and what rate is for: `wh`, `vah` and `w` × rate (1/100 paisa per kWh, per kW and month);
    `connection` and `step` × rate per month; `paise` × rate in 1/100 %; `share` is Wh of a band, whose part of the
    energy charge is multiplied by rate in 1/100 %.
    """

    kind: str
    detail: str
    unit: str
    rate: int
    quantity: pl.Expr
    paise: pl.Expr


def rounded(amount: pl.Expr, divisor: int) -> pl.Expr:
    """amount / divisor, half up; amount ≥ 0."""
    return (amount + divisor // 2) // divisor


def at_most(value: pl.Expr, end: int | pl.Expr) -> pl.Expr:
    """The lesser of the two. Polars' own clip takes five times as long as a comparison and a choice."""
    return pl.when(value < end).then(value).otherwise(end)


def at_least(value: pl.Expr, end: int | pl.Expr) -> pl.Expr:
    """The greater of the two."""
    return pl.when(value > end).then(value).otherwise(end)


def energy(slabs: Sequence[Slab], share: Fraction, unit: str) -> list[Charge]:
    """Telescopic slabs, their edges pro-rated. Energy stands in `e`, Wh."""
    charges: list[Charge] = []
    for slab in slabs:
        over = pro_rated(slab.over_wh, share)
        upto = None if slab.upto_wh is None else pro_rated(slab.upto_wh, share)
        inside = pl.col("e") if upto is None else at_most(pl.col("e"), upto)
        inside = at_least(inside, over) - over if over else inside
        name = f"{slab.over_wh // 1000}-{'' if slab.upto_wh is None else slab.upto_wh // 1000}"
        charges.append(Charge("energy", name, unit, slab.rate, inside, rounded(inside * slab.rate, PER_KWH)))
    return charges


def energy_of(slabs: Sequence[Slab], share: Fraction, wh: int) -> int:
    """What the first `wh` of a period cost, in paise: the same lines, each rounded, of one amount of energy."""
    paise = 0
    for slab in slabs:
        over = pro_rated(slab.over_wh, share)
        upto = wh if slab.upto_wh is None else min(wh, pro_rated(slab.upto_wh, share))
        paise += half_up(Fraction(max(0, upto - over) * slab.rate, PER_KWH))
    return paise


def tod(percent: Iterable[tuple[int, str, int]], most_paise: int, most_wh: int) -> list[Charge]:
    """Bands (place, key, 1/100 %): a share of the energy charge of the band's units, which is theirs pro rata.

    The energy charge stands in `energy`, ≤ most_paise, the units in `band0_wh` …, their sum in `measured`, ≤ most_wh.
    Where the product could leave Int64 it is taken in 128 bits.
    """
    charges: list[Charge] = []
    for place, key, hundredths in percent:
        if not hundredths:
            continue
        wh, measured, charge = pl.col(f"band{place}_wh"), pl.col("measured"), pl.col("energy")
        if most_paise * most_wh * abs(hundredths) + most_wh * PER_CENT > _INT64:
            wh, measured, charge = wh.cast(pl.Int128), measured.cast(pl.Int128), charge.cast(pl.Int128)
        whole = measured * PER_CENT
        size = ((charge * wh * abs(hundredths) + whole // 2) // whole).cast(pl.Int64).fill_null(0)
        paise = size if hundredths > 0 else -size
        charges.append(Charge("tod", key, "share", hundredths, pl.col(f"band{place}_wh"), paise))
    return charges


def fixed_by_load(rate: int, share: Fraction) -> Charge:
    """Per kW and month of the billed load, which stands in `billed_w`."""
    numerator, divisor = rate * share.numerator, 1000 * 100 * share.denominator
    return Charge("fixed", "", "w", rate, pl.col("billed_w"), rounded(pl.col("billed_w") * numerator, divisor))


def billed_load(fixed: FixedByLoad) -> pl.Expr:
    """The sanctioned load rounded up to whole steps, W."""
    return (pl.col("load_w") + (fixed.step_w - 1)) // fixed.step_w * fixed.step_w


def excess(rate: int, times: int, share: Fraction) -> Charge:
    """Demand above the billed load, as measured; none where no demand is given."""
    over = at_least(pl.col("demand_w") - pl.col("billed_w"), 0)
    numerator, divisor = rate * times * share.numerator, 1000 * 100 * share.denominator
    return Charge("excess", "", "w", rate * times, over, rounded(over * numerator, divisor))


def fixed_by_use(fixed: FixedByUse, share: Fraction) -> list[Charge]:
    """One line a band, of which one applies: flat per connection, or per step of the load that follows from use."""
    charges: list[Charge] = []
    below = -1
    for band in fixed.bands:
        inside = pl.col("e") > below
        if band.upto_wh is not None:
            below = pro_rated(band.upto_wh, share)
            inside = inside & (pl.col("e") <= below)
        if band.per_connection:
            paise = half_up(Fraction(band.per_connection, 100) * share)
            ones, amount = inside.cast(pl.Int64), inside.cast(pl.Int64) * paise
            charges.append(Charge("fixed", "", "connection", band.per_connection, ones, amount))
        if band.per_step:
            step, of = fixed.step_wh * share.numerator, share.denominator
            steps = ((pl.col("e") * of + (step - 1)) // step) * inside.cast(pl.Int64)
            amount = rounded(steps * (band.per_step * share.numerator), 100 * of)
            charges.append(Charge("fixed", str(fixed.step_w), "step", band.per_step, steps, amount))
    return charges


def fppas(surcharge: Fppas, months: Sequence[tuple[str, int]], base: pl.Expr) -> list[Charge]:
    """The surcharge of each month, on the part of the base that its days are of the period's."""
    known, days = dict(surcharge.months), sum(number for _, number in months)
    charges: list[Charge] = []
    for month, number in months:
        if hundredths := known.get(month, 0):
            size = rounded(base * (abs(hundredths) * number), PER_CENT * days)
            part = rounded(base * number, days)
            charges.append(Charge("fppas", month, "paise", hundredths, part, size if hundredths > 0 else -size))
    return charges


def duty(rule: Duty, base: pl.Expr, share: Fraction) -> list[Charge]:
    """One line a band, of which one applies."""
    charges: list[Charge] = []
    below = -1
    for band in rule.bands:
        inside = pl.col("e") > below
        if band.upto_wh is not None:
            below = pro_rated(band.upto_wh, share)
            inside = inside & (pl.col("e") <= below)
        part = base if len(rule.bands) == 1 else base * inside.cast(pl.Int64)
        charges.append(Charge("duty", "", "paise", band.percent, part, rounded(part * band.percent, PER_CENT)))
    return charges


def subsidy(rule: Subsidy, slabs: Sequence[Slab], share: Fraction) -> Charge:
    """What the first units cost above what is paid for them.

    Energy costs more the more there is of it, so the first units' charge is the lesser of the whole charge and that
    of exactly so many units.
    """
    cap = energy_of(slabs, share, pro_rated(rule.first_wh, share))
    pays = half_up(rule.pays_paise * share)
    entitled = (pl.col("e") <= pro_rated(rule.month_upto_wh, share)).cast(pl.Int64)
    taken = at_least(at_most(pl.col("energy"), cap) - pays, 0) * entitled
    first = at_most(pl.col("e"), pro_rated(rule.first_wh, share)) * (taken > 0).cast(pl.Int64)
    return Charge("subsidy", rule.name, "first", rule.pays_paise, first, -taken)


def prepaid(rule: Share | PerUnit, base: pl.Expr) -> Charge:
    """The rebate of prepaid meters, by share or by unit."""
    on = pl.col("prepaid").cast(pl.Int64)
    if isinstance(rule, PerUnit):
        units = pl.col("e") * on
        return Charge("prepaid", "", "wh", -rule.rate, units, -rounded(units * rule.rate, PER_KWH))
    part = base * on
    return Charge("prepaid", "", "paise", -rule.percent, part, -rounded(part * rule.percent, PER_CENT))


def online(rule: Online, base: pl.Expr) -> Charge:
    """The rebate for paying online: within its bounds, and never more than the bill."""
    part = at_least(base, 0) * pl.col("online").cast(pl.Int64)
    size = at_most(at_most(at_least(rounded(part * rule.percent, PER_CENT), rule.least), rule.most), part)
    return Charge("online", "", "paise", -rule.percent, part, -size)


def settlement(rate: int) -> Charge:
    """At the end of the financial year the bank of a solar home is paid out."""
    return Charge("solar", "", "wh", -rate, pl.col("banked"), -rounded(pl.col("banked") * rate, PER_KWH))
