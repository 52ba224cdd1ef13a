"""Which mobile numbers are known to reach somebody: a code sent there has come back."""

from datetime import datetime

from sqlmodel import Session

from upay.accounts.models import VerifiedMobile
from upay.work.upsert import insert_into


def mark_verified(session: Session, mobile: str, now: datetime) -> None:
    """A code sent to this number (E.164) has just come back. Connections registered under it are verified by that."""
    seen = insert_into(session, VerifiedMobile).values(mobile=mobile, first_at=now, last_at=now)
    session.exec(seen.on_conflict_do_update(index_elements=["mobile"], set_={"last_at": now}))
