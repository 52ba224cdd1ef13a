"""Records of billing: runs of the cycle, bills and all that stands on them, exceptions, reversals.

A million connections are billed at once, so the tables that a run fills are narrow, have one index beside their key at
most and no foreign keys. The keys are made of cycle and connection (`numbers`): the key itself is what makes a bill
once, and rows come to the database in the order of its index. Energies are Wh, money paise, days IST.
"""
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, SmallInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from upay.billing.numbers import number_of


class Basis(StrEnum):
    """What the units of a bill stand on, the best first."""

    ACTUAL = "actual"  # enough blocks were read
    REGISTER = "register"  # the meter's register at both ends
    SELF_READING = "self_reading"  # a reading of the consumer's that an officer accepted
    PROVISIONAL = "provisional"  # what was used before, until a reading comes
    CORRECTED = "corrected"  # units an officer entered, with a reason


class Kind(StrEnum):
    """What a part of a bill prices."""

    PERIOD = "period"  # the bill's own period, or a stretch of it between two changes
    LATE = "late"  # an earlier bill's period again, with reads that came after it
    WHOLE = "whole"  # the periods of provisional bills again, now that the meter was read


class RegisterQuality(IntEnum):
    """How a register reading on a bill is known."""

    READ = 0
    DERIVED = 1  # the last reading before midnight and the blocks since
    SELF = 2  # read by the consumer
    UNKNOWN = 3


class ExceptionState(StrEnum):
    """Where an exception stands."""

    OPEN = "open"
    HELD = "held"
    APPROVED = "approved"
    CORRECTED = "corrected"


class BillingRun(SQLModel, table=True):
    """The billing of one zone's cycle; a dry run counts and sums the same and writes nothing else.

    state: running, done. Counts and sums are of what stands after it; `begun_at` is the first start, whose day the
    bills bear however often the run was interrupted.
    """

    __table_args__ = (UniqueConstraint("cycle", "zone_id", "dry_run"),)

    id: int | None = Field(default=None, primary_key=True)
    cycle: date = Field(description="First day of the cycle's month")
    zone_id: int = Field(foreign_key="zone.id", index=True)
    dry_run: bool = False
    state: str = Field(default="running", max_length=8)
    first: date
    last: date
    issued_on: date
    due_on: date
    connections: int = 0
    billed: int = 0
    provisional: int = 0
    exceptions: int = 0
    units_wh: int = Field(default=0, sa_type=BigInteger)
    current_paise: int = Field(default=0, sa_type=BigInteger)
    payable_paise: int = Field(default=0, sa_type=BigInteger)
    shards: int = 0
    shards_done: int = 0
    begun_at: datetime
    finished_at: datetime | None = None
    person_id: int | None = Field(default=None, description="Who started it; none: the schedule")


class BillingShard(SQLModel, table=True):
    """A block of connections of a run. Whoever bills it locks this row first, so that two runs never meet in it."""

    run_id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    shard: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    attempts: int = 1


class Bill(SQLModel, table=True):
    """A bill, as it was issued; nothing of it is ever changed. Its number follows from its id."""

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    connection_id: int = Field(index=True, sa_type=BigInteger)
    run_id: int
    cycle: date
    first: date
    last: date
    issued_on: date
    due_on: date | None = Field(default=None, description="None: taken from the wallet, nothing falls due")
    replaces: int | None = Field(default=None, sa_type=BigInteger, description="The reversed bill it stands for")
    tariff_id: str = Field(max_length=32)
    category: str = Field(max_length=16)
    load_w: int
    prepaid: bool
    final: bool = Field(default=False, description="The connection ended with its period")
    basis: str = Field(max_length=12, description="A Basis")
    lake_version: int
    register_from_wh: int | None = Field(default=None, sa_type=BigInteger)
    register_to_wh: int | None = Field(default=None, sa_type=BigInteger)
    from_quality: int = Field(sa_type=SmallInteger, description="A RegisterQuality")
    to_quality: int = Field(sa_type=SmallInteger)
    units_wh: int = Field(sa_type=BigInteger)
    export_wh: int = Field(default=0, sa_type=BigInteger)
    bank_wh: int = Field(default=0, sa_type=BigInteger, description="Solar energy carried to the next bill")
    current_paise: int = Field(sa_type=BigInteger, description="This period's charges")
    adjustment_paise: int = Field(default=0, sa_type=BigInteger)
    deposit_paise: int = Field(default=0, sa_type=BigInteger)
    lpsc_paise: int = Field(default=0, sa_type=BigInteger)
    overdue_months: int = Field(default=0, sa_type=SmallInteger, description="Bills in a row that bear a surcharge")
    lpsc_due_paise: int = Field(default=0, sa_type=BigInteger, description="Of the arrears, surcharges of before")
    arrears_paise: int = Field(default=0, sa_type=BigInteger, description="Owed before; negative: in credit")
    wallet_paise: int = Field(default=0, sa_type=BigInteger, description="Of the charges, taken from the wallet")
    round_paise: int = Field(default=0, sa_type=BigInteger)
    payable_paise: int = Field(default=0, sa_type=BigInteger, description="Whole rupees; negative: stays in credit")

    @property
    def number(self) -> str:
        """The number printed on it, with its check digits."""
        return number_of(self.id)


class BillPart(SQLModel, table=True):
    """What was priced, as the pricing took it: the snapshot that a bill can be replayed from.

    total_paise: what the part costs.  billed_paise: for an adjustment, what its periods were billed before.
    """

    bill_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    part: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(max_length=8, description="A Kind")
    of_bill_id: int | None = Field(default=None, sa_type=BigInteger, description="The bill it adjusts")
    basis: str = Field(max_length=12)
    tariff_id: str = Field(max_length=32)
    version: str = Field(max_length=64, description="The tariff version it was priced by")
    first: date
    last: date
    import_wh: int = Field(sa_type=BigInteger)
    band0_wh: int = Field(sa_type=BigInteger)
    band1_wh: int = Field(sa_type=BigInteger)
    band2_wh: int = Field(sa_type=BigInteger)
    export_wh: int = Field(sa_type=BigInteger)
    vah: int | None = Field(default=None, sa_type=BigInteger)
    demand_w: int | None = None
    load_w: int
    prepaid: bool
    credit_wh: int = Field(default=0, sa_type=BigInteger)
    online: bool = False
    total_paise: int = Field(sa_type=BigInteger)
    billed_paise: int = Field(default=0, sa_type=BigInteger)


class BillLine(SQLModel, table=True):
    """A line of a bill. part: of the bill's parts, -1 for lines of the bill as a whole (arrears apart, which are none).

    quantity in the unit's base (Wh, W, days), rate in 1/100 paisa per kWh, kW-month …, as the pricing gives them.
    """

    bill_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    position: int = Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})
    part: int = Field(sa_type=SmallInteger)
    kind: str = Field(max_length=16)
    detail: str = Field(default="", max_length=64)
    quantity: int = Field(sa_type=BigInteger)
    unit: str = Field(max_length=16)
    rate: int = Field(sa_type=BigInteger)
    paise: int = Field(sa_type=BigInteger)


class BilledTariff(SQLModel, table=True):
    """A tariff version that bills were priced by, whole: rates may be added to a tariff, these stay what they were."""

    version: str = Field(primary_key=True, max_length=64)
    content: str = Field(sa_type=Text, description="tariffs.Schedule.content")


class BillReversal(SQLModel, table=True):
    """A bill that counts no more. The ledger holds the opposite entry; the bill itself stands as it was."""

    bill_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime
    person_id: int | None = None
    reason: str = Field(max_length=400)


class BillException(SQLModel, table=True):
    """A bill that was not made, waiting for a person. Its id is that of the cycle's bill, so there is one at most.

    units_wh: what would have been billed.  reference_wh: what it was held against, for the same number of days.
    """

    __table_args__ = (Index("ix_exception_queue", "cycle", "state", "zone_id"),)

    id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    connection_id: int = Field(index=True, sa_type=BigInteger)
    zone_id: int
    run_id: int
    cycle: date
    code: str = Field(max_length=32)
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    units_wh: int = Field(default=0, sa_type=BigInteger)
    reference_wh: int | None = Field(default=None, sa_type=BigInteger)
    state: str = Field(default=ExceptionState.OPEN, max_length=12, description="An ExceptionState")
    corrected_wh: int | None = Field(default=None, sa_type=BigInteger)
    person_id: int | None = None
    reason: str = Field(default="", max_length=400)
    found_at: datetime
    settled_at: datetime | None = None
