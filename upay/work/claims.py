"""Claims: each (job, period, shard) is run by one process at a time, and once it is done, by none.

A run is `running` until it is `done` or `failed`. A process that runs it keeps saying so (`beat`); a run whose beat is
older than `stale` belongs to a process that died, and may be taken over. Every claim counts an attempt, and only the
attempt that holds the run may end it: a process that was thought dead cannot overwrite what its successor recorded.
"""
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from upay.clock import IST
from upay.work.models import JobRun
from upay.work.upsert import insert_into

STALE = timedelta(seconds=30)


def period_of(slot: datetime) -> str:
    """The period's name of a scheduled instant: its IST wall clock with offset, to the second."""
    return slot.astimezone(IST).isoformat(timespec="seconds")


def slot_of(period: str) -> datetime:
    """The scheduled instant of a period. Raises ValueError for what is not one; without an offset, IST is meant."""
    slot = datetime.fromisoformat(period)
    return slot if slot.tzinfo else slot.replace(tzinfo=IST)


def claim(
    session: Session,
    job: str,
    period: str,
    shard: int,
    now: datetime,
    *,
    holder: str = "",
    attempts: int = 1,
    stale: timedelta = STALE,
    again: bool = False,
) -> JobRun | None:
    """Take a run for `holder`, or None when it is done, in another's hands, or has failed `attempts` times.

    again: a person asks for it: a done or failed run is taken too, whatever its attempts; a living one never is.
    Commit before the work begins, or no other process can see the claim.
    """
    fresh = {"state": "running", "holder": holder, "started_at": now, "beat_at": now}
    key = {"job": job, "period": period, "shard": shard}
    added = insert_into(session, JobRun).values(**key, **fresh, attempts=1)
    number = session.exec(added.on_conflict_do_nothing().returning(col(JobRun.id))).scalar_one_or_none()
    if number is None:
        ended = col(JobRun.state).in_(("done", "failed"))
        failed = (col(JobRun.state) == "failed") & (col(JobRun.attempts) < attempts)
        dead = (col(JobRun.state) == "running") & (col(JobRun.beat_at) < now - stale)
        retaken = (
            update(JobRun)
            .where(col(JobRun.job) == job, col(JobRun.period) == period, col(JobRun.shard) == shard)
            .where(dead | (ended if again else failed))
            .values(**fresh, attempts=JobRun.attempts + 1, finished_at=None, seconds=None, rows=None, error=None)
            .returning(col(JobRun.id))
            .execution_options(synchronize_session=False)
        )
        number = session.exec(retaken).scalar_one_or_none()
    return None if number is None else session.exec(select(JobRun).where(JobRun.id == number)).one()


def beat(session: Session, holder: str, now: datetime) -> None:
    """Say that a process lives: every run in its hands is fresh again."""
    running = update(JobRun).where(col(JobRun.holder) == holder, col(JobRun.state) == "running")
    session.exec(running.values(beat_at=now).execution_options(synchronize_session=False))


def finish(session: Session, run: JobRun, now: datetime, rows: int) -> bool:
    """End a run well. False when it had been taken over meanwhile: then nothing is recorded."""
    return _end(session, run, now, state="done", rows=rows, error=None)


def fail(session: Session, run: JobRun, now: datetime, error: str) -> bool:
    """End a run badly. False when it had been taken over meanwhile."""
    return _end(session, run, now, state="failed", rows=None, error=error)


def abandon(session: Session, run: JobRun, now: datetime, error: str) -> bool:
    """Let go of a run that a stopping process could not end: the attempt does not count, the next process takes it."""
    return _end(session, run, now, state="failed", rows=None, error=error, attempts=run.attempts - 1)


def bury(session: Session, job: str, now: datetime, stale: timedelta = STALE) -> list[datetime]:
    """Record the job's runs whose process died as failed, and return their slots."""
    dead = (
        update(JobRun)
        .where(col(JobRun.job) == job, col(JobRun.state) == "running", col(JobRun.beat_at) < now - stale)
        .values(state="failed", finished_at=now, error="the process that ran it died")
        .returning(col(JobRun.period))
        .execution_options(synchronize_session=False)
    )
    return sorted({slot_of(period) for period in session.exec(dead).scalars()})


def forget(session: Session, before: datetime) -> int:
    """Remove the records of runs that ended before an instant, and return how many those were."""
    old = delete(JobRun).where(col(JobRun.finished_at) < before)
    return session.exec(old.execution_options(synchronize_session=False)).rowcount


def open_slots(session: Session, job: str, slots: Sequence[datetime], shards: int, attempts: int) -> list[datetime]:
    """Of these slots, in their order, the ones that are not over: some shard neither done nor given up."""
    if not slots:
        return []
    periods = [period_of(slot) for slot in slots]
    over = (col(JobRun.state) == "done") | ((col(JobRun.state) == "failed") & (col(JobRun.attempts) >= attempts))
    ended: dict[str, int] = {}
    for start in range(0, len(periods), 500):
        asked = col(JobRun.period).in_(periods[start : start + 500])
        for period in session.exec(select(JobRun.period).where(JobRun.job == job, asked, over)):
            ended[period] = ended.get(period, 0) + 1
    return [slot for slot, period in zip(slots, periods, strict=True) if ended.get(period, 0) < shards]


def _end(session: Session, run: JobRun, now: datetime, **values: object) -> bool:
    seconds = (now - run.started_at).total_seconds()
    ended = (
        update(JobRun)
        .where(col(JobRun.id) == run.id, col(JobRun.attempts) == run.attempts, col(JobRun.holder) == run.holder)
        .where(col(JobRun.state) == "running")
        .values(finished_at=now, seconds=seconds, **values)
        .execution_options(synchronize_session=False)
    )
    return session.exec(ended).rowcount == 1
