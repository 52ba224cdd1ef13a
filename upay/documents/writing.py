"""Money, energy and dates as a printed document writes them: Indian grouping, the reader's month names."""

from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

_LOCALES = {"hi": "hi_IN", "en": "en_IN"}
_DAYS = {"long": "d MMMM y", "short": "d MMM", "month": "MMMM y", "month_short": "MMM"}


def money(paise: int) -> str:
    """₹1,23,456.50, with a true minus sign."""
    return f"{'−' if paise < 0 else ''}₹{_grouped(Decimal(abs(paise)) / 100, '#,##,##0.00')}"


def units(wh: int, form: str = "#,##,##0.###") -> str:
    """Energy in units (kWh), as many decimals as it needs."""
    return f"{'−' if wh < 0 else ''}{_grouped(Decimal(abs(wh)) / 1000, form)}"


def day(value: date, language: str, style: str = "long") -> str:
    """A date: long "2 November 2026", short "2 Nov", month "November 2026", month_short "Nov"."""
    return format_date(value, _DAYS[style], locale=_LOCALES[language])


def days(first: date, last: date, language: str) -> str:
    """A period, both days included: "1 October – 31 October 2026"."""
    begins = day(first, language, "long") if first.year != last.year else format_date(
        first, "d MMMM", locale=_LOCALES[language]
    )
    return f"{begins} – {day(last, language)}"


def _grouped(value: Decimal, form: str) -> str:
    # Devanagari digits are for prose; on bills both languages use the same digits, as the meter does.
    return format_decimal(value, form, locale="en_IN")
