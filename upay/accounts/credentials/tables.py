"""Tables of what proves who somebody is. No secret stands here as it is: it is hashed, or sealed under our key."""

from datetime import datetime

from sqlalchemy import BigInteger, false
from sqlmodel import Field, SQLModel


class Password(SQLModel, table=True):
    """A person's user name and password. skeleton: the name as the eye takes it, so that no two look alike."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    user_name: str = Field(max_length=32)
    skeleton: str = Field(unique=True, max_length=32)
    hash: str = Field(max_length=200, description="Argon2id, with its parameters")
    changed_at: datetime


class Authenticator(SQLModel, table=True):
    """A person's authenticator app (TOTP). Until confirmed_at it is being set up and counts for nothing."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", unique=True)
    sealed: str = Field(max_length=200, description="The shared secret, sealed")
    created_at: datetime
    confirmed_at: datetime | None = None
    last_step: int = Field(default=0, description="The latest 30-second step a code was taken for: none counts twice")
    shown: bool = Field(
        default=False,
        sa_column_kwargs={"server_default": false()},
        description="Demonstration: the inbox page shows its code",
    )


class RecoveryCode(SQLModel, table=True):
    """One of the codes for the day the phone is lost. One use each."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    code_hash: str = Field(unique=True, max_length=64)
    created_at: datetime
    used_at: datetime | None = None


class Passkey(SQLModel, table=True):
    """A person's passkey (WebAuthn). Binary values are base64url."""

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    credential_id: str = Field(unique=True, max_length=1400)
    public_key: str = Field(max_length=2800)
    sign_count: int = Field(default=0, sa_type=BigInteger)
    name: str = Field(default="", max_length=40)
    created_at: datetime
    last_used_at: datetime | None = None


class SignInStep(SQLModel, table=True):
    """A step that a browser is in the midst of: a passkey's challenge, a second factor still to come. One use."""

    id: int | None = Field(default=None, primary_key=True)
    handle: str = Field(unique=True, max_length=64, description="What the browser holds: hashed")
    kind: str = Field(max_length=16, description="A StepKind")
    person_id: int | None = Field(default=None, foreign_key="person.id")
    about: str = Field(default="", max_length=200)
    expires_at: datetime = Field(index=True)
    used_at: datetime | None = None


class Guesses(SQLModel, table=True):
    """How often something was guessed wrongly of late, and until when nothing more is weighed. Seconds since 1970."""

    subject: str = Field(primary_key=True, max_length=64, description="What was guessed for, or from where: hashed")
    wrong: int
    last_s: int = Field(sa_type=BigInteger)
    until_s: int = Field(default=0, sa_type=BigInteger, description="0: not locked")
