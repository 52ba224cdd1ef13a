"""Numbers, money, dates and times as the reader writes them. Formatted in the browser, so they follow the language.

Every function takes a Var or a constant and gives a Var of text; an absent value shows as "–".
"""

from typing import Any, Literal

import reflex as rx

from components.script import LANGUAGE, SECOND, data_of, expression

DateStyle = Literal["day", "long", "weekday", "weekday_short", "month", "month_short", "month_narrow", "year"]


def number(value: Any, digits: Any = 0) -> rx.Var[str]:
    """A plain number in Indian grouping: 1,23,456.5."""
    return _formatted("number", value, digits)


def kwh(wh: Any, digits: Any = 1) -> rx.Var[str]:
    """Energy given in Wh, shown in units (kWh), without a unit's name."""
    return _formatted("kwh", wh, digits)


def money(paise: Any) -> rx.Var[str]:
    """Money given in paise: ₹1,23,456.50; whole rupees without paise."""
    return _formatted("money", paise)


def date_text(iso: Any, style: DateStyle = "day") -> rx.Var[str]:
    """A calendar date given as YYYY-MM-DD: "23 Nov", "23 November 2026", "Monday, 23 November" …"""
    return _formatted("dateText", iso, style)


def time_text(epoch_s: Any) -> rx.Var[str]:
    """The Indian time of day of an instant given in seconds since 1970: "7:42 am"."""
    return _formatted("timeText", epoch_s)


def mobile(e164: Any) -> rx.Var[str]:
    """A mobile number in readable groups: +91 98765 43210."""
    return _formatted("mobile", e164)


def ago(epoch_s: Any) -> rx.Var[str]:
    """How long ago an instant was; counts on by itself, every second."""
    value = rx.Var.create(epoch_s)
    return expression(f"ago(language, second, {value!s})", LANGUAGE, SECOND, data_of(value), numbers="ago")


def seconds_since(epoch_s: Any) -> rx.Var[int]:
    """The age of an instant in seconds, counting on by itself; 0 while a page is prerendered."""
    value = rx.Var.create(epoch_s)
    return expression(f"(second && Math.max(0, second - {value!s}))", SECOND, data_of(value), kind=int)


def _formatted(name: str, *arguments: Any) -> rx.Var[str]:
    made = [rx.Var.create(argument) for argument in arguments]
    code = ", ".join(["language", *(str(value) for value in made)])
    return expression(f"{name}({code})", LANGUAGE, data_of(*made), numbers=name)
