"""The ledger's tables: entries and their postings, appended and never changed, and what they add up to.

Money is integer paise; a debit is positive, a credit negative. The migration that makes these tables puts triggers on
them that refuse every UPDATE and DELETE and every entry whose legs do not add up; they are kept narrow, with one index
for each question, because a billing cycle writes seven rows a connection.
"""
from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, text
from sqlmodel import Field, SQLModel

# SQLite counts up by itself in an INTEGER key alone.
_ID = BigInteger().with_variant(Integer, "sqlite")


class LedgerEntry(SQLModel, table=True):
    """One event that moved money. Its key says which, so that an event is never entered twice."""

    __table_args__ = (
        Index(
            "uq_ledgerentry_reverses",
            "reverses",
            unique=True,
            postgresql_where=text("reverses IS NOT NULL"),
            sqlite_where=text("reverses IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, sa_column=Column(_ID, primary_key=True))
    at_s: int = Field(sa_type=BigInteger, description="When the event took place: seconds since 1970 UTC")
    reverses: int | None = Field(default=None, sa_type=BigInteger, description="The entry that this one takes back")
    legs: int = Field(sa_type=SmallInteger, description="How many postings it has")
    kind: str = Field(max_length=24, description="A Kind")
    key: str = Field(unique=True, max_length=80)
    about: str = Field(default="", max_length=64, description="A bill's, a payment's, a receipt's number")


class Posting(SQLModel, table=True):
    """One leg of an entry, numbered from 1. It moves one account, of a connection or of the utility."""

    __table_args__ = (
        Index(
            "ix_posting_connection",
            "connection_id",
            postgresql_where=text("connection_id IS NOT NULL"),
            sqlite_where=text("connection_id IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    entry_id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    paise: int = Field(sa_type=BigInteger)
    connection_id: int | None = None
    leg: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    account: str = Field(max_length=24, description="An Account")


class AccountBalance(SQLModel, table=True):
    """What the postings of one connection's account add up to, kept in the transaction that adds one.

    The utility's own accounts have none: every payment would wait there for the one before it to be committed.
    """

    connection_id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    account: str = Field(primary_key=True, max_length=24, description="An Account")
    paise: int = Field(sa_type=BigInteger)


class Collection(SQLModel, table=True):
    """A receipt of a counter or a bank, as its file gave it, and the entry that it became."""

    id: int | None = Field(default=None, primary_key=True)
    receipt: str = Field(unique=True, max_length=32)
    connection_id: int = Field(foreign_key="connection.id", index=True)
    entry_id: int = Field(sa_type=BigInteger)
    account: str = Field(max_length=24, description="The Account it went to: RECEIVABLE, or WALLET of a prepaid one")
    paise: int = Field(sa_type=BigInteger)
    day: date
    mode: str = Field(max_length=8, description="A Mode")
    reference: str = Field(default="", max_length=40, description="The cheque's or the transfer's number")
    received_at: datetime = Field(description="When its file was taken")
    returned_on: date | None = Field(default=None, description="The day a cheque came back unpaid")
