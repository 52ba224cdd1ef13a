"""The words of Green Button (NAESB ESPI, REQ.21) that we read and write.

Source: the enumerations of the ESPI schema (usage.xsd, espiDerived.xsd): UnitSymbolKind, FlowDirectionKind,
QualityOfReading, AccumulationKind, CommodityKind, MeasurementKind.
"""
from collections.abc import Collection

from upay.metering.models import Quality

ATOM = "http://www.w3.org/2005/Atom"
ESPI = "http://naesb.org/espi"

WATT_HOURS = 72
ELECTRICITY = 1
ELECTRIC_SERVICE = 0
ENERGY = 12
DELTA = 4
INDIAN_RUPEE = 356
DELIVERED, NET, RECEIVED = 1, 4, 19
VALIDATED = 17

# ESPI has fewer words for how a value came about than we have: where one would mean two things, we say two of them, and
# a pair that only we write is read back as what it was. A block we estimate not is never written.
QUALITY_CODES: dict[Quality, tuple[int, ...]] = {
    Quality.ACTUAL: (),
    Quality.OUTAGE: (16, 17),  # other, validated: a proven outage, zero and actual
    Quality.LINEAR: (9,),
    Quality.REGISTER: (8, 11),  # a reference day's shape, derived from the register
    Quality.LIKE_DAY: (8,),
    Quality.LAST_YEAR: (8, 12),  # a reference day of the year before, projected
    Quality.PROFILE: (12,),
    Quality.MANUAL: (7,),
}
_BY_CODES = {frozenset(codes): quality for quality, codes in QUALITY_CODES.items() if codes}
# What others' feeds say singly: derived and projected values are estimates, whatever they were derived from.
_SINGLY = {7: Quality.MANUAL, 8: Quality.LIKE_DAY, 9: Quality.LINEAR, 11: Quality.PROFILE, 12: Quality.PROFILE}


def quality_of(codes: Collection[int]) -> Quality | None:
    """Our Quality for the ReadingQuality codes of a reading; None when it counts as read."""
    if not codes:
        return None
    exact = _BY_CODES.get(frozenset(codes))
    return exact or max((_SINGLY[code] for code in codes if code in _SINGLY), default=None)
