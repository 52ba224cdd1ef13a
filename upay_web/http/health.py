"""/health: whether this process can do its work, and what else an operator should see at a glance."""
from typing import Literal

import structlog
from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from upay import clock
from upay.db import session
from upay_web.http.standing import standing

router = APIRouter(tags=["operation"])
_log = structlog.stdlib.get_logger("upay.http")

# Below this share of free space landing files may soon fail to be written.
_DISK_LEAST = 0.02


class Health(BaseModel):
    """`failing`: this process cannot work.  `degraded`: it can, but no scheduler is at work, the disk fills up, or a
    day that is over has not been closed six hours after it was due.
    """

    status: Literal["ok", "degraded", "failing"]
    database: bool
    disk_free_bytes: int | None = None
    scheduler_lease_seconds: int | None = None
    last_batch_age_seconds: int | None = None
    last_closed_day_age_seconds: int | None = None
    closing_overdue: bool = False
    failed_runs: int = 0
    quarantine_rows: int = 0
    batches_unfolded: int = 0


@router.get("/health", responses={503: {"model": Health}})
def health(response: Response) -> Health:
    """200 while batches can be taken and pages served, else 503."""
    response.headers["Cache-Control"] = "no-store"
    try:
        with session() as db:
            found = standing(db, clock.now())
    except (SQLAlchemyError, OSError):
        _log.exception("health.failing")
        response.status_code = 503
        return Health(status="failing", database=False)
    lease_runs = found.lease_left_s is not None and found.lease_left_s > 0
    room = found.disk_free > _DISK_LEAST * found.disk_total
    return Health(
        status="ok" if lease_runs and room and not found.closing_overdue else "degraded",
        database=True,
        disk_free_bytes=found.disk_free,
        scheduler_lease_seconds=found.lease_left_s,
        last_batch_age_seconds=found.last_batch_age_s,
        last_closed_day_age_seconds=found.closed_day_age_s,
        closing_overdue=found.closing_overdue,
        failed_runs=found.failed_runs,
        quarantine_rows=found.quarantined,
        batches_unfolded=found.unfolded,
    )
