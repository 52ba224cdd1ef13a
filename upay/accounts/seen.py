"""When sessions were last seen: noted in memory as they are looked up, and written together now and then.

Looking a session up is a read on the way of every event, so it may neither write nor wait for a write. What a killed
process had noted is noted again at the next look, for the row is still old then.
"""
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from upay.accounts.models import SignInSession

# "Last seen" is as fine as this: a session that was looked up again sooner is not noted.
SEEN_EVERY = timedelta(minutes=15)

_MOST_AT_ONCE = 500
_lock = threading.Lock()
_noted: dict[int, datetime] = {}

# Two processes may have seen the same session; the later one is right in whatever order they write.
_WRITTEN = (
    update(SignInSession.__table__)  # type: ignore[attr-defined]
    .where(col(SignInSession.id) == bindparam("number"), col(SignInSession.last_seen_at) < bindparam("seen_at"))
    .values(last_seen_at=bindparam("seen_at"))
)


def note(seen: Mapping[int, datetime]) -> None:
    """Remember when sessions (by id) were seen, until `write_seen`."""
    with _lock:
        _noted.update(seen)


def write_seen(session: Session) -> int:
    """Write some of what is noted, and return how many that were; 0 when nothing is left.

    They are no longer noted then. Should the caller's transaction fail, they are noted anew when next looked up.
    """
    with _lock:
        taken = {number: _noted.pop(number) for number in sorted(_noted)[:_MOST_AT_ONCE]}
    if taken:
        rows = [{"number": number, "seen_at": at} for number, at in taken.items()]
        session.connection().execute(_WRITTEN, rows)
    return len(taken)
