"""What people have agreed to, the questions that wait for an answer, and how many numbers were tried."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from upay.accounts import Right, RightsText


class Purpose(StrEnum):
    """What a person agrees to. Each has a text (`consent.<purpose>`) with a version."""

    ACCOUNT = "account"
    LINK = "link"
    EMAIL = "email"


class Consent(SQLModel, table=True):
    """One thing that one person agreed to, by a text of one version, until it was withdrawn. Rows are never removed.

    giver_id: the person; empty for an owner who has no account and told a code (then `mobile` alone says who).
    receiver_id, connection_id, rights: of Purpose.LINK: who may do what with which connection.
    """

    __table_args__ = (Index("ix_consent_link", "connection_id", "receiver_id"),)

    id: int | None = Field(default=None, primary_key=True)
    giver_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    mobile: str = Field(default="", index=True, max_length=16, description="The giver's; emptied when they are erased")
    purpose: str = Field(max_length=16, description="A Purpose")
    version: int
    language: str = Field(max_length=5)
    how: str = Field(max_length=12, description="code, signed_in, office")
    connection_id: int | None = Field(default=None, foreign_key="connection.id")
    receiver_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    rights: frozenset[Right] | None = Field(default=None, sa_type=RightsText)
    given_at: datetime
    withdrawn_at: datetime | None = None


class LinkAsk(SQLModel, table=True):
    """Somebody asks the owner of a connection for rights. It ends by the owner's code, or any other word of theirs."""

    __table_args__ = (Index("ix_linkask_connection", "connection_id", "asked_at"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    connection_id: int = Field(foreign_key="connection.id")
    mobile: str = Field(max_length=16, description="The registered number that was asked")
    relation: str = Field(max_length=16)
    nickname: str = Field(default="", max_length=40)
    rights: frozenset[Right] = Field(sa_type=RightsText, sa_column_kwargs={"nullable": False})
    asked_at: datetime
    ended_at: datetime | None = None


class NumberTry(SQLModel, table=True):
    """A person typed a consumer number, whether it exists or not: so that nobody walks through all of them."""

    __table_args__ = (Index("ix_numbertry_person", "person_id", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    at: datetime = Field(index=True)
