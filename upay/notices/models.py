"""Messages to people, whatever the channel."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel


class Message(SQLModel, table=True):
    """One message in the outbox. The demonstration's inbox page shows these."""

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=80, description="What it is about: the same key is never sent twice")
    channel: str = Field(default="sms", max_length=12)
    to: str = Field(index=True, max_length=80)
    template: str = Field(max_length=48)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON))
    language: str = Field(default="hi", max_length=5)
    text: str
    created_at: datetime = Field(index=True)
    state: str = Field(default="queued", max_length=12, description="queued; void: never to be sent")
