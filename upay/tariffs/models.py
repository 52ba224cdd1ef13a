"""What the database keeps of tariffs: rows that staff proposed, and what a second person decided.

Both tables are appended to and never changed; the migration that makes them puts triggers on them that see to it.
"""
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class TariffProposal(SQLModel, table=True):
    """A new dated row of one topic of a tariff, as one person proposes it. It counts once another has approved it."""

    __table_args__ = (UniqueConstraint("id", "proposed_by"),)

    id: int | None = Field(default=None, primary_key=True)
    tariff_id: str = Field(max_length=32, index=True)
    topic: str = Field(max_length=16)
    since: date = Field(description="From when the row holds")
    row: str = Field(sa_type=Text, description="The row's table as JSON, in the words of the packs' TOML")
    reason: str
    proposed_by: int = Field(foreign_key="person.id")
    proposed_at: datetime


class TariffDecision(SQLModel, table=True):
    """What a second person said to a proposal. The database itself refuses the proposer."""

    __table_args__ = (
        ForeignKeyConstraint(["proposal_id", "proposed_by"], ["tariffproposal.id", "tariffproposal.proposed_by"]),
        CheckConstraint("decided_by <> proposed_by", name="another_person"),
    )

    proposal_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    proposed_by: int
    decided_by: int = Field(foreign_key="person.id")
    approved: bool
    reason: str
    decided_at: datetime
