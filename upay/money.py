"""Money for people to read. It is kept and reckoned in whole paise everywhere."""
from decimal import Decimal

from babel.numbers import format_decimal


def rupees(paise: int) -> str:
    """An amount in rupees without its sign: `12,34,567.50`, grouped the Indian way; below zero with a true minus."""
    return format_decimal(Decimal(paise) / 100, "#,##,##0.00", locale="en_IN").replace("-", "−")
