"""How the installation stands, in a few figures: for /health and /metrics."""
import shutil
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from upay.metering.models import Quarantine, ReadBatch
from upay.settings import settings
from upay.work.models import Lease


@dataclass(frozen=True)
class Standing:
    """Rows that wait, ages in seconds (None where there is nothing yet), bytes of disk."""

    quarantined: int
    unfolded: int
    last_batch_age_s: int | None
    lease_left_s: int | None
    disk_free: int
    disk_total: int


def standing(session: Session, now: datetime) -> Standing:
    """Look at the database, by indexes only, and at the disk."""
    last = session.exec(select(ReadBatch.received_at).order_by(col(ReadBatch.id).desc()).limit(1)).first()
    waiting = select(func.count()).select_from(Quarantine).where(col(Quarantine.settled_at).is_(None))
    unfolded = select(func.count()).select_from(ReadBatch).where(col(ReadBatch.folded_at).is_(None))
    lease = session.exec(select(func.max(Lease.until_s)).where(Lease.name == "scheduler")).one()
    disk = shutil.disk_usage(settings().var)
    return Standing(
        quarantined=session.exec(waiting).one(),
        unfolded=session.exec(unfolded).one(),
        last_batch_age_s=None if last is None else int((now - last).total_seconds()),
        lease_left_s=None if lease is None else int(lease - now.timestamp()),
        disk_free=disk.free,
        disk_total=disk.total,
    )
