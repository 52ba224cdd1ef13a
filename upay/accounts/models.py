"""People, one-time codes, sessions, which connections a person looks after, who works here, and the audit log."""

from datetime import datetime

from sqlalchemy import BigInteger, Index, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from upay.accounts.permissions import Right
from upay.accounts.rights import NO_RIGHTS, Basis, RightsText


class Person(SQLModel, table=True):
    """Somebody who signs in, known by mobile number (E.164)."""

    id: int | None = Field(default=None, primary_key=True)
    mobile: str = Field(unique=True, max_length=16)
    name: str = ""
    language: str = Field(default="hi", max_length=5)
    email: str = Field(default="", max_length=254, sa_column_kwargs={"server_default": ""})
    email_verified_at: datetime | None = Field(default=None, description="When a code sent to the address came back")
    created_at: datetime


class VerifiedMobile(SQLModel, table=True):
    """A mobile number (E.164) from which a code has come back: messages to it reach somebody."""

    mobile: str = Field(primary_key=True, max_length=16)
    first_at: datetime
    last_at: datetime


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
    strong: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="A second factor was shown at this sign-in: staff pages open for no other session",
    )
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
    """A person looks after a connection. What that opens is never read off the row alone: see `rights.rights_of`.

    rights: what the owner last allowed.  under: the registered number of the connection at that time, whose holder's
    word it was.  basis: whose word it is.  ended_at: taken off the list, or ended by the owner.
    """

    __table_args__ = (UniqueConstraint("person_id", "connection_id"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    connection_id: int = Field(foreign_key="connection.id", index=True)
    relation: str = Field(default="owner", max_length=16)
    rights: frozenset[Right] = Field(
        default=NO_RIGHTS, sa_type=RightsText, sa_column_kwargs={"nullable": False, "server_default": ""}
    )
    under: str = Field(default="", index=True, max_length=16, sa_column_kwargs={"server_default": ""})
    basis: str = Field(
        default=Basis.NONE, max_length=12, sa_column_kwargs={"server_default": "none"}, description="A Basis"
    )
    nickname: str = Field(default="", max_length=40)
    position: int = Field(default=0, description="Order on the person's pages; the lowest is shown first")
    created_at: datetime
    ended_at: datetime | None = None


class StaffRole(SQLModel, table=True):
    """What a person is employed as, in one zone or (zone_id empty) in all, from `since` until before `until`.

    A role counts once its person has accepted it, which must happen before `accept_by`. Rows are ended, never removed.
    """

    __table_args__ = (Index("ix_staffrole_person", "person_id", "until"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id")
    role: str = Field(max_length=16, description="A Role")
    zone_id: int | None = Field(default=None, foreign_key="zone.id")
    since: datetime
    until: datetime | None = None
    given_by: int | None = Field(default=None, description="The person who gave it; empty for the command line")
    accept_by: datetime | None = None
    accepted_at: datetime | None = None


class AuditEntry(SQLModel, table=True):
    """One line of the audit log: who did what, to whose, when, why and from where. Written once; see `accounts.audit`.

    It holds ids, never names, and points to no other table, so that erasing a person leaves the chain whole.
    """

    __table_args__ = (
        Index("ix_auditentry_connection", "connection_id", "id"),
        Index("ix_auditentry_actor", "actor", "id"),
        Index("ix_auditentry_at", "at"),
    )

    id: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    actor: int | None = Field(default=None, description="The person's id; empty for a command or a job")
    what: str = Field(max_length=64, description="A key of the catalogues")
    about: str = Field(default="", max_length=120, description="What was changed or seen, by its own id or code")
    connection_id: int | None = Field(default=None, description="Whose data it was")
    why: str = Field(default="", max_length=300)
    place: str = Field(default="", max_length=64, description="The address it came from")
    before: str = Field(max_length=64, description="The seal of the entry before")
    seal: str = Field(max_length=64, description="Over all the above, under the installation's key")
