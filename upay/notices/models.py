"""Messages to people, whatever the channel, and by which channels they want to be told."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, UniqueConstraint
from sqlmodel import Field, SQLModel


class Channel(StrEnum):
    """A way to a person. What is listed here the notification page offers."""

    SMS = "sms"
    EMAIL = "email"


class Message(SQLModel, table=True):
    """One message in the outbox. The demonstration's inbox page shows these."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=80, description="What it is about: the same key is never sent twice")
    channel: str = Field(default=Channel.SMS, max_length=12)
    to: str = Field(index=True, max_length=254, description="A mobile number (E.164) or an e-mail address")
    template: str = Field(max_length=48)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON))
    language: str = Field(default="hi", max_length=5)
    subject: str = Field(default="", sa_column_kwargs={"server_default": ""}, description="Of an e-mail")
    text: str
    created_at: datetime = Field(index=True)
    state: str = Field(default="queued", max_length=12, description="queued; void: never to be sent")


class NoticePreference(SQLModel, table=True):
    """A person's own choice for a kind of notice and a channel; without a row the pack's usual one holds."""

    __table_args__ = (UniqueConstraint("person_id", "kind", "channel"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    kind: str = Field(max_length=16)
    channel: str = Field(max_length=12)
    wanted: bool
    changed_at: datetime
