"""How a line came about, as a code and the values its sentence names."""
from calendar import monthrange
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from upay.tariffs.shares import month_days


def explain(
    kind: str, detail: str, quantity: int, unit: str, rate: int, first: date, last: date
) -> tuple[str, dict[str, str | int]]:
    """The formula of a line of `Priced.lines`: a code `tariff.by_…` and its values, written out for people.

    first, last: the days of the period it was priced for, both included.
    """
    size = abs(rate)
    if unit in ("wh", "vah"):
        return f"tariff.by_{unit}", {"units": units(quantity), "rate": rupees(size, 10_000)}
    if unit == "share":
        return "tariff.by_share", {"percent": percent(rate), "units": units(quantity)}
    if unit == "first":
        return "tariff.by_first", {"units": units(quantity), "pays": rupees(rate), "months": months(first, last)}
    if unit == "paise":
        signed = rate if kind == "fppas" else size
        code = "tariff.by_online" if kind == "online" else "tariff.by_paise"
        return code, {"percent": percent(signed), "amount": rupees(quantity)}
    told: dict[str, str | int] = {"rate": rupees(size, 10_000), "months": months(first, last)}
    if unit == "connection":
        return "tariff.by_connection", told
    if unit == "step":
        step_w = int(detail)
        return "tariff.by_step", told | {"kw": units(quantity * step_w), "step": units(step_w)}
    return "tariff.by_excess" if kind == "excess" else "tariff.by_w", told | {"kw": units(quantity)}


def title(kind: str, detail: str) -> tuple[str, dict[str, str | int]]:
    """What a line is called: a code `tariff.line_…` and its values."""
    if kind == "energy":
        over, _, upto = detail.partition("-")
        if upto:
            return "tariff.line_energy", {"from": int(over) + 1, "to": upto}
        return ("tariff.line_energy_above", {"from": over}) if over != "0" else ("tariff.line_energy_all", {})
    if kind == "tod":
        return f"tariff.line_tod_{detail}", {}
    if kind == "fppas":
        return "tariff.line_fppas", {"month": detail}
    return f"tariff.line_{kind}", {}


def rupees(amount: int, scale: int = 100) -> str:
    """Rupees with Indian grouping and at least two decimals, of units of 1/scale rupee."""
    return _number(Decimal(amount) / scale, "#,##,##0.00##")


def units(wh: int) -> str:
    """kWh (or kW) of Wh (or W), as many decimals as it needs."""
    return _number(Decimal(wh) / 1000, "#,##,##0.###")


def percent(hundredths: int) -> str:
    """A percentage of 1/100 %, with its sign when it is taken off."""
    return _number(Decimal(hundredths) / 100, "#,##,##0.##").replace("-", "−")


def months(first: date, last: date) -> str:
    """What a month's charge is multiplied by, as it adds up: nothing, ` × 15/30`, ` × (22/31 + 9/30)`."""
    parts = ((month, days, monthrange(int(month[:4]), int(month[5:]))[1]) for month, days in month_days(first, last))
    added = ["1" if days == whole else f"{days}/{whole}" for _, days, whole in parts]
    if added == ["1"]:
        return ""
    return f" × {added[0]}" if len(added) == 1 else f" × ({' + '.join(added)})"


def _number(value: Decimal, form: str) -> str:
    return format_decimal(value, form, locale="en_IN")
