"""Readings of meters, from the door to the roll-ups. What other folders may ask of them."""
from upay.metering.billable import closed_since, day_totals, lake_version, period_totals, registers_at, totals_as_of
from upay.metering.rows import Row
from upay.metering.usage import days as days_of

__all__ = [
    "Row",
    "closed_since",
    "day_totals",
    "days_of",
    "lake_version",
    "period_totals",
    "registers_at",
    "totals_as_of",
]
