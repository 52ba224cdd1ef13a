"""Records of unpaid dues: what was done about them, and the plans by which they are paid off."""
from datetime import date

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class DunningStep(SQLModel, table=True):
    """A step that was taken about the dues of one due date: once each. A notice counts for the due date it names."""

    __table_args__ = (UniqueConstraint("connection_id", "due_on", "step"),)

    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connection.id")
    due_on: date = Field(description="The earliest unpaid due date that day")
    step: str = Field(max_length=12, description="A Step")
    given_on: date = Field(index=True)
    paise: int = Field(sa_type=BigInteger, description="What was overdue")


class InstalmentPlan(SQLModel, table=True):
    """What was overdue on a day, to be paid in parts. state: holds, kept, broken; one holds at a time."""

    __table_args__ = (
        Index(
            "uq_instalmentplan_holds",
            "connection_id",
            unique=True,
            postgresql_where=text("state = 'holds'"),
            sqlite_where=text("state = 'holds'"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connection.id", index=True)
    agreed_on: date
    paise: int = Field(sa_type=BigInteger)
    state: str = Field(default="holds", max_length=8, index=True)
    ended_on: date | None = None
    person_id: int | None = Field(default=None, foreign_key="person.id", description="Who agreed to it")


class Instalment(SQLModel, table=True):
    """A part of a plan, numbered from 1."""

    plan_id: int = Field(foreign_key="instalmentplan.id", primary_key=True)
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    due_on: date
    paise: int = Field(sa_type=BigInteger)
