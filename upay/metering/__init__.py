"""Readings of meters, from the door to the roll-ups. What other folders may ask of them."""
from upay.metering.billable import closed_since, day_totals, lake_version, period_totals, registers_at, totals_as_of

__all__ = ["closed_since", "day_totals", "lake_version", "period_totals", "registers_at", "totals_as_of"]
