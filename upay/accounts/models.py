"""People, one-time codes, sessions, and which connections a person looks after."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class Person(SQLModel, table=True):
    """Somebody who signs in, known by mobile number (E.164)."""

    id: int | None = Field(default=None, primary_key=True)
    mobile: str = Field(unique=True, max_length=16)
    name: str = ""
    language: str = Field(default="hi", max_length=5)
    created_at: datetime


class OneTimeCode(SQLModel, table=True):
    """A code sent to a mobile number. Hashed; five minutes, five tries, one use."""

    id: int | None = Field(default=None, primary_key=True)
    handle: str = Field(unique=True, max_length=64, description="What the browser holds while it waits: hashed")
    mobile: str = Field(index=True, max_length=16)
    code_hash: str = Field(max_length=64)
    purpose: str = Field(
        default="sign_in",
        max_length=16,
        sa_column_kwargs={"server_default": "sign_in"},
        description="A Purpose: a code proves nothing else",
    )
    asked: str = Field(
        default="",
        index=True,
        max_length=16,
        sa_column_kwargs={"server_default": ""},
        description="What was typed: a mobile or a consumer number",
    )
    address: str = Field(default="", index=True, max_length=64)
    created_at: datetime
    expires_at: datetime
    tries: int = 0
    used_at: datetime | None = None


class SignInSession(SQLModel, table=True):
    """A signed-in browser. Only the token's hash is kept."""

    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True, max_length=64)
    person_id: int = Field(foreign_key="person.id", index=True)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    user_agent: str = Field(default="", max_length=200)
    address: str = Field(default="", max_length=64)
    browser: str = Field(
        default="",
        max_length=64,
        sa_column_kwargs={"server_default": ""},
        description="Which browser: hash of a token it keeps from one sign-in to the next",
    )
    proved_at: datetime | None = Field(default=None, description="When its person last proved who they are")


class AccountLink(SQLModel, table=True):
    """A person looks after a connection."""

    __table_args__ = (UniqueConstraint("person_id", "connection_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    connection_id: int = Field(foreign_key="connection.id", index=True)
    relation: str = Field(default="owner", max_length=16)
    nickname: str = Field(default="", max_length=40)
    position: int = Field(default=0, description="Order on the person's pages; the lowest is shown first")
    created_at: datetime
