"""Records of background work."""
from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class JobRun(SQLModel, table=True):
    """One run of a job for one period and shard; its key is unique, so a rerun takes the same row."""

    __table_args__ = (UniqueConstraint("job", "period", "shard"), Index("ix_jobrun_state", "state", "finished_at"))

    id: int | None = Field(default=None, primary_key=True)
    job: str = Field(index=True, max_length=48)
    period: str = Field(max_length=32, description="The scheduled slot, never the time it happened to run")
    shard: int = 0
    state: str = Field(default="running", max_length=16, description="running, done, failed")
    attempts: int = 1
    holder: str = Field(default="", max_length=80, description="The process that runs it")
    beat_at: datetime | None = Field(default=None, description="When its process last said that it lives")
    started_at: datetime
    finished_at: datetime | None = None
    seconds: float | None = None
    rows: int | None = None
    error: str | None = None


class Lease(SQLModel, table=True):
    """Who holds a role of which there may be one at a time (the scheduler)."""

    name: str = Field(primary_key=True, max_length=32)
    holder: str
    until_s: int = Field(sa_type=BigInteger)


class Counter(SQLModel, table=True):
    """A number that rises when something changes, so that caches know when they are old (the registry)."""

    name: str = Field(primary_key=True, max_length=32)
    value: int = Field(default=0, sa_type=BigInteger)
