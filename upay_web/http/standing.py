"""How the installation stands, in a few figures: for /health and /metrics."""
import shutil
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from upay.clock import day_start
from upay.metering.days import last_ended
from upay.metering.models import DayClose, OpenPart, Quarantine, ReadBatch
from upay.settings import settings
from upay.work.models import JobRun, Lease

# A closing that is put off, repeated or long has ended by then; later, nobody is at it.
_CLOSING_TAKES = timedelta(hours=6)


@dataclass(frozen=True)
class Standing:
    """Rows that wait, ages in seconds (None where there is nothing yet), bytes of disk.

    failed_runs: of jobs, in the last day.  closed_day_age_s: since the end of the last closed day.  closing_overdue: a
    day that is over and should have been closed hours ago is not.
    """

    quarantined: int
    unfolded: int
    failed_runs: int
    closed_day_age_s: int | None
    closing_overdue: bool
    last_batch_age_s: int | None
    lease_left_s: int | None
    disk_free: int
    disk_total: int


def standing(session: Session, now: datetime) -> Standing:
    """Look at the database, by indexes only, and at the disk."""
    last = session.exec(select(ReadBatch.received_at).order_by(col(ReadBatch.id).desc()).limit(1)).first()
    waiting = select(func.count()).select_from(Quarantine).where(col(Quarantine.settled_at).is_(None))
    unfolded = select(func.count()).select_from(ReadBatch).where(col(ReadBatch.folded_at).is_(None))
    failed = select(func.count()).select_from(JobRun).where(
        JobRun.state == "failed", col(JobRun.finished_at) >= now - timedelta(days=1)
    )
    closed = session.exec(select(func.max(DayClose.day))).one()
    lease = session.exec(select(func.max(Lease.until_s)).where(Lease.name == "scheduler")).one()
    disk = shutil.disk_usage(settings().var)
    return Standing(
        quarantined=session.exec(waiting).one(),
        unfolded=session.exec(unfolded).one(),
        failed_runs=session.exec(failed).one(),
        closed_day_age_s=None if closed is None else _since(closed, now),
        closing_overdue=_overdue(session, closed, now),
        last_batch_age_s=None if last is None else int((now - last).total_seconds()),
        lease_left_s=None if lease is None else int(lease - now.timestamp()),
        disk_free=disk.free,
        disk_total=disk.total,
    )


def _since(closed: date, now: datetime) -> int:
    return int((now - day_start(closed + timedelta(days=1))).total_seconds())


def _overdue(session: Session, closed: date | None, now: datetime) -> bool:
    """Before the first closing only a day with folded reads is to be closed; after it every day is."""
    due = last_ended(now - _CLOSING_TAKES)
    if closed is not None:
        return closed < due
    return session.exec(select(OpenPart.id).where(OpenPart.day <= due).limit(1)).first() is not None
