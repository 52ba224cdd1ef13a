"""What a period costs, worked out as a person would with the printed tariff and exact fractions.

Shares no code with `upay.tariffs`: it reads the pack's TOML itself and knows only what the words there mean.
"""
import tomllib
from calendar import monthrange
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction as F
from functools import cache, lru_cache
from pathlib import Path

PACKS = Path(__file__).parents[3] / "upay" / "packs"
HOURS = ("normal", "solar", "peak")


@lru_cache
def document(tariff_id):
    """The pack's file, its numbers exact."""
    (path,) = PACKS.glob(f"*/tariffs/{tariff_id}.toml")
    return tomllib.loads(path.read_text(), parse_float=Decimal)


def in_force(tariff_id, topic, day):
    """The last row that has begun."""
    begun = [row for row in document(tariff_id).get(topic, []) if row["from"] <= day]
    return begun[-1] if begun else None


def to_paisa(rupees):
    """Once, half up by size."""
    paise = abs(F(rupees)) * 100
    whole = paise.numerator // paise.denominator
    if paise - whole >= F(1, 2):
        whole += 1
    return whole if rupees >= 0 else -whole


@cache
def days_by_month(first, last):
    """How many of the days lie in each month, and what part of it they are."""
    counted = {}
    day = first
    while day <= last:
        counted[day.year, day.month] = counted.get((day.year, day.month), 0) + 1
        day += timedelta(1)
    return {month: (days, F(days, monthrange(*month)[1])) for month, days in counted.items()}


def to_wh(units, share):
    """A threshold of a part of a month, in whole Wh, half up."""
    return int(F(units) * 1000 * share + F(1, 2))


def by_load(classes, kw):
    return next(each for each in classes if "upto_kw" not in each or kw <= F(each["upto_kw"]))


def slab_lines(slabs, wh, share):
    """Paise of each slab touched."""
    lines = []
    for slab in slabs:
        start = to_wh(slab["from"], share)
        end = to_wh(slab["to"], share) if "to" in slab else wh
        if wh > start:
            lines.append(to_paisa(F(min(wh, end) - start, 1000) * F(slab["rate"])))
    return lines


def band_of(bands, wh, share):
    return next(each for each in bands if "to" not in each or wh <= to_wh(each["to"], share))


def bill(tariff_id, first, last, import_wh, load_w, bands=(0, 0, 0), export_wh=0, vah=None, demand_w=None,
         prepaid=False, credit_wh=0, online=False, on=None):
    """Paise by kind of line, the total, and the solar bank that is left. on: the day whose rates apply."""
    on = on or first
    months = days_by_month(first, last)
    share = sum(part for _, part in months.values())
    kw = F(load_w, 1000)

    used = import_wh
    rule = in_force(tariff_id, "kvah", on)
    if rule and kw >= F(rule["from_kw"]):
        used = vah if vah is not None else int(F(import_wh) / F(rule["power_factor"]) + F(1, 2))
    balance = used - export_wh - credit_wh
    wh, bank = max(0, balance), max(0, -balance)

    rule = in_force(tariff_id, "otherwise", on)
    if rule and (wh > to_wh(rule["above_units"], share) or kw > F(rule["above_kw"])):
        return bill(rule["tariff"], first, last, import_wh, load_w, bands, export_wh, vah, demand_w, prepaid,
                    credit_wh, online, on)

    found = {}
    rule = in_force(tariff_id, "energy", on)
    slabs = rule["slabs"] if "slabs" in rule else by_load(rule["classes"], kw)["slabs"]
    found["energy"] = sum(slab_lines(slabs, wh, share))

    rule = in_force(tariff_id, "tod", on)
    found["tod"] = 0
    if rule and sum(bands):
        for key, percent in by_load(rule["classes"], kw)["percent"].items():
            charge = F(found["energy"], 100) * F(bands[HOURS.index(key)], sum(bands))
            found["tod"] += to_paisa(charge * F(percent) / 100)

    found["fixed"], found["excess"] = fixed_and_excess(tariff_id, on, kw, wh, share, demand_w)

    def percent_of(names, percent, part=F(1)):
        return to_paisa(F(sum(found[name] for name in names), 100) * part * F(percent) / 100)

    rule = in_force(tariff_id, "fppas", on)
    found["fppas"] = 0
    if rule:
        whole = sum(days for days, _ in months.values())
        for (year, month), (days, _) in months.items():
            percent = rule["months"].get(f"{year}-{month:02}", 0)
            found["fppas"] += percent_of(rule["on"], percent, F(days, whole))

    rule = in_force(tariff_id, "duty", on)
    found["duty"] = percent_of(rule["on"], band_of(rule["bands"], wh, share)["percent"])

    rule = in_force(tariff_id, "subsidy", on)
    found["subsidy"] = 0
    if rule and wh <= to_wh(rule["month_upto_units"], share):
        cost = sum(slab_lines(slabs, min(wh, to_wh(rule["first_units"], share)), share))
        found["subsidy"] = -max(0, cost - to_paisa(F(rule["pays"]) * share))

    rule = in_force(tariff_id, "prepaid", on)
    found["prepaid"] = 0
    if rule and prepaid and "per_unit" in rule:
        found["prepaid"] = -to_paisa(F(wh, 1000) * F(rule["per_unit"]))
    elif rule and prepaid:
        found["prepaid"] = -percent_of(rule["on"], rule["percent"])

    rule = in_force(tariff_id, "online", on)
    found["online"] = 0
    if rule and online:
        payable = max(0, sum(found[name] for name in rule["on"]))
        wanted = min(max(percent_of(rule["on"], rule["percent"]), int(rule["least"] * 100)), int(rule["most"] * 100))
        found["online"] = -min(wanted, payable)

    rule = in_force(tariff_id, "solar", on)
    found["solar"] = 0
    if rule and (3, 31) in {(day.month, day.day) for day in days_of(first, last)}:
        found["solar"] = -to_paisa(F(bank, 1000) * F(rule["settle_rate"]))
        bank = 0
    return {**found, "total": sum(found.values()), "bank": bank}


def fixed_and_excess(tariff_id, on, kw, wh, share, demand_w):
    """The charge for the load, and for demand above it."""
    rule = in_force(tariff_id, "fixed", on)
    if not rule:
        return 0, 0
    if rule["by"] == "consumption":
        band = band_of(rule["bands"], wh, share)
        if "per_connection" in band:
            return to_paisa(F(band["per_connection"]) * share), 0
        steps = -(-F(wh, 1000) / share // F(rule["step_units"]))  # part of a step counts as one
        return to_paisa(steps * F(band["per_step"]) * share), 0
    rate = F(by_load(rule["classes"], kw)["rate"])
    billed = -(-kw // F(rule["step_kw"])) * F(rule["step_kw"])
    excess = 0
    above = in_force(tariff_id, "excess", on)
    if above and demand_w is not None and F(demand_w, 1000) > billed:
        excess = to_paisa((F(demand_w, 1000) - billed) * rate * above["times"] * share)
    return to_paisa(billed * rate * share), excess


@cache
def days_of(first, last):
    return frozenset(first + timedelta(number) for number in range((last - first).days + 1))
