"""The network: zone → substation → feeder → DTR → connection, and the dated installations of meters."""
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel


class Zone(SQLModel, table=True):
    """A distribution centre's area. `area_class`: metro, urban, rural, hilly: deadlines and tariffs depend on it."""

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(unique=True, max_length=16)
    name: str
    name_hi: str
    area_class: str = "urban"
    latitude: float | None = None
    longitude: float | None = None


class Substation(SQLModel, table=True):
    """Steps the transmission voltage down for its feeders."""

    id: int | None = Field(default=None, primary_key=True)
    zone_id: int = Field(foreign_key="zone.id", index=True)
    code: str = Field(unique=True, max_length=16)
    name: str
    name_hi: str


class Feeder(SQLModel, table=True):
    """An 11 kV line from a substation."""

    id: int | None = Field(default=None, primary_key=True)
    substation_id: int = Field(foreign_key="substation.id", index=True)
    code: str = Field(unique=True, max_length=16)
    name: str
    name_hi: str


class Dtr(SQLModel, table=True):
    """A distribution transformer."""

    id: int | None = Field(default=None, primary_key=True)
    feeder_id: int = Field(foreign_key="feeder.id", index=True)
    code: str = Field(unique=True, max_length=16)
    name: str
    name_hi: str
    capacity_kva: int
    latitude: float | None = None
    longitude: float | None = None


class Connection(SQLModel, table=True):
    """A consumer's connection, known by its 10-digit number."""

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=10)
    dtr_id: int = Field(foreign_key="dtr.id", index=True)
    consumer_name: str
    address: str = ""
    mobile: str | None = Field(default=None, index=True, description="Registered mobile, E.164")
    category: str = Field(default="LMV-1", max_length=16)
    tariff_id: str = Field(max_length=32)
    sanctioned_load_w: int
    prepaid: bool = False
    has_solar: bool = False
    energised_on: date | None = None
    ended_on: date | None = None


class ConnectionTerms(SQLModel, table=True):
    """Terms a connection had before they were changed; the present ones stand in `Connection`.

    They held up to, but not on, the day `until`. A connection that never changed has no row.
    """

    __table_args__ = (UniqueConstraint("connection_id", "until"),)

    id: int | None = Field(default=None, primary_key=True)
    connection_id: int = Field(foreign_key="connection.id")
    until: date
    category: str = Field(max_length=16)
    tariff_id: str = Field(max_length=32)
    sanctioned_load_w: int
    prepaid: bool


class MeterKind(StrEnum):
    """What a meter measures."""

    CONSUMER = "consumer"
    DTR = "dtr"


class Meter(SQLModel, table=True):
    """A meter, known by its serial. Ids are dense, so that a bucket's meters are rows of a matrix: id // buckets."""

    id: int | None = Field(default=None, primary_key=True)
    serial: str = Field(unique=True, max_length=32)
    kind: str = Field(default=MeterKind.CONSUMER, max_length=8, description="A MeterKind")
    minutes: int = Field(default=30, description="Length of its blocks")
    digits: int = Field(default=8, description="Register digits in kWh; it rolls over at 10^digits")


class MeterInstallation(SQLModel, table=True):
    """When a meter measured a connection (or a DTR). `to_at` is empty while it still does."""

    __table_args__ = (Index("ix_installation_meter", "meter_id", "from_at"),)

    id: int | None = Field(default=None, primary_key=True)
    meter_id: int = Field(foreign_key="meter.id")
    connection_id: int | None = Field(default=None, foreign_key="connection.id", index=True)
    dtr_id: int = Field(foreign_key="dtr.id", index=True, description="The DTR it stands at, or behind")
    from_at: datetime
    to_at: datetime | None = None
    from_register_wh: int = 0
    to_register_wh: int | None = None
