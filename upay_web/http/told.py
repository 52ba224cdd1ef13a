"""Whoever owns an account is told of every change of what opens it: the thief may have the session, not the phone."""

from datetime import datetime

from sqlmodel import Session

from upay.accounts.models import Person
from upay.notices import queue


def tell_of_change(db: Session, person: Person, what: str, now: datetime, to: str = "") -> None:
    """Queue the message of a change. what: the end of a key `security.message_…`.  to: another number of theirs."""
    queue(
        db,
        key=f"{what}:{person.id}:{to[-4:]}:{int(now.timestamp() * 1000)}",
        to=to or person.mobile,
        template=f"security.message_{what}",
        params={},
        language=person.language,
        now=now,
    )
