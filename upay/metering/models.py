"""Records of intake, closed days, roll-ups, events and live readings.

Days are IST calendar days. Energies are Wh, voltages decivolts, currents centiamperes. Tables that bulk paths write
hold instants as seconds since 1970 UTC, which every database and Arrow agree on.
"""
from datetime import date, datetime
from enum import IntEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Quality(IntEnum):
    """How a block's final value came about."""

    ACTUAL = 0
    OUTAGE = 1  # a proven outage: zero, and actual
    LINEAR = 2  # estimated: between the neighbours of a gap of at most two hours
    REGISTER = 3  # estimated: a like day's shape, scaled to the register difference
    LIKE_DAY = 4  # estimated: mean of the same slot of the latest like days
    LAST_YEAR = 5  # estimated: the same period a year ago
    PROFILE = 6  # estimated: the class profile; the bill is provisional
    MANUAL = 7  # entered or corrected by a person
    MISSING = 8  # nothing known, nothing estimated


class HeadEndKey(SQLModel, table=True):
    """A head-end's key for the intake doors: shown once, kept as SHA-256, revocable, limited to zones."""

    id: int | None = Field(default=None, primary_key=True)
    head_end: str = Field(index=True, max_length=64)
    key_hash: str = Field(unique=True, max_length=64)
    zone_ids: list[int] | None = Field(default=None, sa_column=Column(JSON), description="None: every zone")
    created_at: datetime
    revoked_at: datetime | None = None


class ReadBatch(SQLModel, table=True):
    """The receipt of one batch: once it is committed, the batch is acknowledged and its landing file is on disk."""

    __table_args__ = (UniqueConstraint("source", "batch_key"), Index("ix_batch_folded", "folded_at", "id"))

    id: int | None = Field(default=None, primary_key=True)
    source: str = Field(max_length=80, description="head-end:NAME, import, demo, replay:ID")
    batch_key: str = Field(max_length=100, description="Idempotency-Key, else SHA-256 of the body")
    content_hash: str = Field(max_length=64)
    received_at: datetime
    path: str | None = Field(default=None, description="Landing file below `landing`; empty when no row was taken")
    rows: int
    accepted: int
    rejected: int
    duplicates: int = Field(description="Equal repetitions inside the batch")
    total_wh: int = Field(sa_column=Column(BigInteger, nullable=False))
    first_start_s: int | None = Field(default=None, sa_column=Column(BigInteger))
    last_end_s: int | None = Field(default=None, sa_column=Column(BigInteger))
    answer: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON), description="What was answered")
    folded_at: datetime | None = None


class Quarantine(SQLModel, table=True):
    """A row that could not be taken, with its reason, until its cause is mended and it is replayed."""

    id: int | None = Field(default=None, primary_key=True)
    door: str = Field(default="reads", max_length=8, description="reads, events or live")
    batch_id: int | None = Field(default=None, index=True)
    source: str = Field(max_length=80)
    row_number: int
    code: str = Field(index=True, max_length=48)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON))
    raw: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON))
    serial: str | None = Field(default=None, index=True, max_length=64)
    received_at: datetime
    settled_at: datetime | None = Field(default=None, index=True)


class OpenPart(SQLModel, table=True):
    """One folded file of open reads: all of one IST day and meter bucket that a range of batches brought."""

    __table_args__ = (UniqueConstraint("day", "bucket", "first_batch_id"), Index("ix_open_part_day", "day", "bucket"))

    id: int | None = Field(default=None, primary_key=True)
    day: date
    bucket: int
    path: str = Field(description="Below `open_days`")
    first_batch_id: int
    last_batch_id: int
    rows: int
    closed_version: int | None = Field(default=None, description="The closing that took it into the lake")


class ReopenedDay(SQLModel, table=True):
    """A meter's day on which a power failure bears that was told when the day may have been closed already.

    The next closing of its bucket judges the meter's day anew, and takes the row away as it found it.
    """

    __table_args__ = (Index("ix_reopened_day", "day", "bucket"),)

    meter_id: int = Field(primary_key=True, sa_type=BigInteger)
    day: date = Field(primary_key=True)
    bucket: int
    told: int = Field(default=1, description="Rises with every event")


class DayClose(SQLModel, table=True):
    """A closing of one day and bucket. A later one (late reads) has a higher version and holds only what changed."""

    __table_args__ = (UniqueConstraint("day", "bucket", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    day: date
    bucket: int
    version: int
    lake_version: int
    closed_at: datetime
    meter_days: int
    reads: int = Field(description="Distinct blocks read")
    duplicates: int
    conflicts: int
    estimated: int
    raw_wh: int = Field(sa_column=Column(BigInteger, nullable=False))


class ConnectionDay(SQLModel, table=True):
    """Roll-up of a connection's IST day."""

    connection_id: int = Field(primary_key=True, sa_type=BigInteger)
    day: date = Field(primary_key=True, index=True)
    dtr_id: int
    bucket: int
    version: int
    import_wh: int = Field(sa_type=BigInteger)
    export_wh: int = Field(default=0, sa_type=BigInteger)
    vah: int | None = Field(default=None, sa_type=BigInteger)
    peak_w: int = Field(default=0, sa_type=BigInteger, description="Highest block's mean power")
    peak_start_s: int | None = Field(default=None, sa_type=BigInteger)
    band0_wh: int = Field(default=0, sa_type=BigInteger, description="Energy in the pack's ToD bands, in its order")
    band1_wh: int = Field(default=0, sa_type=BigInteger)
    band2_wh: int = Field(default=0, sa_type=BigInteger)
    min_dv: int | None = None
    max_dv: int | None = None
    blocks: int = Field(description="Blocks the day has")
    actual: int = Field(description="Of them read, or a proven outage")
    estimated: int
    estimated_wh: int = Field(default=0, sa_type=BigInteger, description="Of import_wh, what was estimated")
    outage_minutes: int = 0
    quality: int = Field(default=0, description="The least certain Quality among its blocks")
    flags: int = Field(default=0, description="Bits of vee.Flag that a person should see")


class DtrDay(SQLModel, table=True):
    """Roll-up of a DTR's IST day: its own meter beside the sum of its consumers."""

    dtr_id: int = Field(primary_key=True, sa_type=BigInteger)
    day: date = Field(primary_key=True, index=True)
    input_wh: int | None = Field(default=None, sa_type=BigInteger)
    consumers_wh: int = Field(sa_type=BigInteger)
    export_wh: int = Field(default=0, sa_type=BigInteger)
    consumers: int
    reporting: int = Field(description="Consumers with at least 90 % actual blocks")
    peak_w: int | None = Field(default=None, sa_type=BigInteger)
    estimated_wh: int = Field(default=0, sa_type=BigInteger)


class MeterEvent(SQLModel, table=True):
    """An event a meter reported (IS 15959 numbering: 101 power failed, 102 restored, 201 magnet …)."""

    __table_args__ = (UniqueConstraint("meter_id", "code", "at_s"),)

    id: int | None = Field(default=None, primary_key=True)
    meter_id: int = Field(index=True)
    connection_id: int | None = Field(default=None, index=True)
    dtr_id: int = Field(index=True)
    code: int
    at_s: int = Field(sa_type=BigInteger)
    batch_id: int | None = None


class LiveReading(SQLModel, table=True):
    """The latest instantaneous reading of a meter, and the register at the start of the block in progress."""

    meter_id: int = Field(primary_key=True, sa_type=BigInteger)
    at_s: int = Field(index=True, sa_type=BigInteger)
    power_w: int | None = None
    dv: int | None = None
    ca: int | None = None
    register_wh: int | None = Field(default=None, sa_type=BigInteger)
    block_start_s: int | None = Field(default=None, sa_type=BigInteger)
    block_register_wh: int | None = Field(default=None, sa_type=BigInteger)
    seq: int = Field(default=0, index=True, sa_type=BigInteger, description="Rises with every write: what is new")
