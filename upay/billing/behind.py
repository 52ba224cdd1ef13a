"""The readings behind a bill: its days one by one, and how certain they are."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from upay.billing.models import Bill
from upay.metering.models import ConnectionDay


@dataclass(frozen=True)
class DayBehind:
    """A day of the bill's period. estimated_wh: of its units, what was estimated."""

    day: date
    units_wh: int
    export_wh: int
    estimated_wh: int


@dataclass(frozen=True)
class Behind:
    """The days that are known today, and their half-hours: how many there are and how many were read."""

    days: tuple[DayBehind, ...]
    blocks: int
    actual: int

    @property
    def units_wh(self) -> int:
        """What the days add up to now; a bill made before late readings came differs, and is adjusted later."""
        return sum(day.units_wh for day in self.days)


def behind(session: Session, bill: Bill) -> Behind:
    """The roll-ups of the bill's days."""
    found = session.exec(
        select(ConnectionDay)
        .where(
            ConnectionDay.connection_id == bill.connection_id, col(ConnectionDay.day).between(bill.first, bill.last)
        )
        .order_by(col(ConnectionDay.day))
    ).all()
    return Behind(
        days=tuple(DayBehind(row.day, row.import_wh, row.export_wh, row.estimated_wh) for row in found),
        blocks=sum(row.blocks for row in found),
        actual=sum(row.actual for row in found),
    )
