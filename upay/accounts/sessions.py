"""Sessions: a signed-in browser holds a random token, the database its hash, an end and when it was last seen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from upay.accounts.keys import keep, new_token
from upay.accounts.models import Person, SignInSession
from upay.accounts.seen import SEEN_EVERY, note
from upay.settings import settings

SESSION_COOKIE = "upay_session"


@dataclass(frozen=True)
class Visit:
    """A signed-in browser. strong: a second factor was shown when it signed in."""

    session_id: int
    person: Person
    strong: bool


# Built once: every handler asks it, and building it costs as much as running it.
_SIGNED_IN = (
    select(Person, SignInSession)
    .join(SignInSession, col(SignInSession.person_id) == Person.id)
    .where(
        col(SignInSession.token_hash).in_(bindparam("token_hashes", expanding=True)),
        col(SignInSession.ended_at).is_(None),
        SignInSession.expires_at > bindparam("now"),
        SignInSession.last_seen_at > bindparam("seen_after"),
    )
)


def open_session(session: Session, person_id: int, user_agent: str, address: str, now: datetime) -> str:
    """Sign a person in on one browser; returns the token for its cookie, known to nobody else."""
    token = new_token()
    session.add(
        SignInSession(
            token_hash=keep("session", token),
            person_id=person_id,
            created_at=now,
            last_seen_at=now,
            expires_at=now + timedelta(days=settings().session_days),
            user_agent=user_agent[:200],
            address=address[:64],
        )
    )
    return token


def person_of(session: Session, token: str | None, now: datetime) -> Person | None:
    """Who is signed in with a token; None for no, an unknown, an ended or an idle session."""
    visit = visits_of(session, [token], now).get(token) if token else None
    return visit.person if visit else None


def visits_of(session: Session, tokens: Collection[str], now: datetime) -> dict[str, Visit]:
    """The visit behind each of these tokens; one that is unknown, ended or idle is left out.

    Reads only: that they were seen is noted, and written by `write_seen`.
    """
    token_of = {keep("session", token): token for token in tokens}
    params = {
        "token_hashes": list(token_of),
        "now": now,
        "seen_after": now - timedelta(days=settings().session_idle_days),
    }
    found = session.exec(_SIGNED_IN, params=params).all()
    note({row.id: now for _, row in found if row.id is not None and now - row.last_seen_at > SEEN_EVERY})
    return {token_of[row.token_hash]: Visit(row.id or 0, person, row.strong) for person, row in found}


def end_session(session: Session, token: str | None, now: datetime) -> None:
    """Sign a browser out. Twice, or with a token nobody knows, changes nothing."""
    if token:
        session.exec(
            update(SignInSession)
            .where(col(SignInSession.token_hash) == keep("session", token), col(SignInSession.ended_at).is_(None))
            .values(ended_at=now)
        )
