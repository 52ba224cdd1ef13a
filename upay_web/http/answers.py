"""The shapes of the intake doors' answers, for OpenAPI."""
from typing import Any

from pydantic import BaseModel


class Verdict(BaseModel):
    """Why a row was not taken. row: its number in the batch, from 1."""

    row: int
    code: str
    params: dict[str, str | int]
    meter: str | None


class Taken(BaseModel):
    """What became of a batch's rows. codes: rejected rows by reason; verdicts: the first 100 of them."""

    rows: int
    accepted: int
    rejected: int
    codes: dict[str, int]
    verdicts: list[Verdict]
    ignored_columns: list[str]


class Batch(Taken):
    """The receipt of a batch of reads. duplicates: equal repetitions inside it."""

    batch: int
    repeated: bool
    duplicates: int
    total_wh: int
    first_start: str | None
    last_end: str | None


class Events(Taken):
    """duplicates: events that were known already."""

    duplicates: int


class Live(Taken):
    """stale: readings no newer than what is known of their meter."""

    stale: int


class Held(BaseModel):
    """A row in quarantine, as it was sent."""

    id: int
    door: str
    batch: int | None
    row: int
    code: str
    params: dict[str, Any]
    raw: dict[str, Any]
    received_at: str
