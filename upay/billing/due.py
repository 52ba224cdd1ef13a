"""Which zones are to be billed today, by the pack's schedule."""
from datetime import date, datetime

from sqlmodel import Session, col, select

from upay.billing.cycle import run_cycle
from upay.billing.models import BillingRun
from upay.billing.rules import next_cycle, schedule
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.log import log
from upay.network.models import Zone

_log = log(__name__)


def bill_due(now: datetime) -> int:
    """Bill the latest cycle of every zone whose day of issue has come, and which has no run that is done.

    Returns how many zones were billed. A cycle whose days are not closed yet waits for the next slot.
    """
    with session() as db:
        wanted = _wanted(db, day_of(now))
    billed = 0
    for cycle, codes in wanted.items():
        try:
            billed += len(run_cycle(cycle, codes, now))
        except Problem as problem:
            if problem.code != "billing.days_open":
                raise
            _log.warning("cycle waits", cycle=cycle.isoformat(), zones=codes, **problem.params)
    return billed


def _wanted(db: Session, today: date) -> dict[date, list[str]]:
    """Cycle → codes of the zones."""
    done = set(
        db.exec(
            select(col(BillingRun.cycle), BillingRun.zone_id).where(
                BillingRun.state == "done", col(BillingRun.dry_run).is_(False)
            )
        ).all()
    )
    wanted: dict[date, list[str]] = {}
    for zone in db.exec(select(Zone).order_by(Zone.code)):
        cycle = today.replace(day=1)
        while schedule(cycle, zone.area_class).issued_on > today:
            cycle = next_cycle(cycle, -1)
        if (cycle, zone.id) not in done:
            wanted.setdefault(cycle, []).append(zone.code)
    return wanted
