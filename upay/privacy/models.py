"""A person's own copy of their data, and the wish to be erased."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel


class DataExport(SQLModel, table=True):
    """A copy of a person's data: asked for, built by a job, there for a day, then gone.

    state: asked, building, ready, failed, gone.  file: its name below `var/exports`.
    """

    __table_args__ = (Index("ix_dataexport_state", "state", "beat_at"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    language: str = Field(max_length=5)
    asked_at: datetime
    state: str = Field(default="asked", max_length=12)
    beat_at: datetime | None = Field(default=None, description="When its builder last said that it goes on")
    percent: int = 0
    file: str = Field(default="", max_length=64)
    bytes: int = 0
    ready_at: datetime | None = None
    expires_at: datetime | None = None


class Erasure(SQLModel, table=True):
    """A person asked to be erased. Until due_at it can be undone; then a job does it, once. The row stays, as proof."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    asked_at: datetime
    due_at: datetime = Field(index=True)
    undone_at: datetime | None = None
    done_at: datetime | None = None
