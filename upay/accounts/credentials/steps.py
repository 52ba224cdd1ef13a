"""Steps on the way in that a browser is in the midst of: short-lived, bound to one kind, good for one use."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import update
from sqlmodel import Session, col, select

from upay.accounts.credentials.tables import SignInStep
from upay.accounts.keys import keep, new_token


class StepKind(StrEnum):
    """What is under way. second: one factor is shown, the other not yet; passkey_…: a challenge was given out."""

    SECOND = "second"
    PASSKEY_IN = "passkey_in"
    PASSKEY_NEW = "passkey_new"


MINUTES = 10


def begin_step(session: Session, kind: StepKind, person_id: int | None, now: datetime, about: str = "") -> str:
    """Begin a step; returns the handle that its browser keeps."""
    handle = new_token()
    session.add(
        SignInStep(
            handle=keep("step", handle),
            kind=kind,
            person_id=person_id,
            about=about,
            expires_at=now + timedelta(minutes=MINUTES),
        )
    )
    return handle


def step_of(session: Session, kind: StepKind, handle: str, now: datetime) -> SignInStep | None:
    """The step behind a handle, if it is of this kind, not used and not too old."""
    row = session.exec(
        select(SignInStep).where(SignInStep.handle == keep("step", handle), SignInStep.kind == kind)
    ).first()
    return row if row is not None and row.used_at is None and row.expires_at > now else None


def use_step(session: Session, step: SignInStep, now: datetime) -> bool:
    """Use a step up. Of two at once, one does."""
    mine = (col(SignInStep.id) == step.id, col(SignInStep.used_at).is_(None))
    return session.exec(update(SignInStep).where(*mine).values(used_at=now)).rowcount == 1
