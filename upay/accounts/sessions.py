"""Sessions: a signed-in browser holds a random token, the database its hash, an end and when it was last seen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlmodel import Session, col, select

from upay.accounts.keys import keep, new_token
from upay.accounts.models import Person, SignInSession
from upay.accounts.seen import SEEN_EVERY, note
from upay.clock import day_of
from upay.packs import pack
from upay.settings import settings

SESSION_COOKIE = "upay_session"


@dataclass(frozen=True)
class Visit:
    """A signed-in browser. strong: a second factor was shown when it signed in.

    fresh: its person proved who they are so lately that they may change what proves it.
    """

    session_id: int
    person: Person
    strong: bool
    fresh: bool = False


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


def open_session(
    session: Session,
    person_id: int,
    user_agent: str,
    address: str,
    now: datetime,
    strong: bool = False,
    browser: str = "",
) -> str:
    """Sign a person in on one browser; returns the token for its cookie, known to nobody else.

    strong: two factors were shown.  browser: the mark by which this browser is known.
    """
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
            browser=browser,
            proved_at=now,
            strong=strong,
        )
    )
    return token


def prove_again(session: Session, visit: Visit, now: datetime, strong: bool = False) -> str:
    """A session's person has shown again who they are (strong: by a second factor); returns its new token."""
    token = new_token()
    values = {"token_hash": keep("session", token), "proved_at": now} | ({"strong": True} if strong else {})
    session.exec(update(SignInSession).where(col(SignInSession.id) == visit.session_id).values(**values))
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
    fresh_after = now - timedelta(minutes=pack().row("sign_in", day_of(now))["fresh_minutes"])
    return {
        token_of[row.token_hash]: Visit(
            row.id or 0, person, row.strong, row.proved_at is not None and row.proved_at > fresh_after
        )
        for person, row in found
    }


def end_session(session: Session, token: str | None, now: datetime) -> None:
    """Sign a browser out. Twice, or with a token nobody knows, changes nothing."""
    if token:
        session.exec(
            update(SignInSession)
            .where(col(SignInSession.token_hash) == keep("session", token), col(SignInSession.ended_at).is_(None))
            .values(ended_at=now)
        )


def end_sessions(
    session: Session, person_id: int, now: datetime, but: int | None = None, only: int | None = None
) -> int:
    """End a person's sessions: all, all but one, or one alone (by id); returns how many. Never other people's."""
    mine = [col(SignInSession.person_id) == person_id, col(SignInSession.ended_at).is_(None)]
    if but is not None:
        mine.append(col(SignInSession.id) != but)
    if only is not None:
        mine.append(col(SignInSession.id) == only)
    return session.exec(update(SignInSession).where(*mine).values(ended_at=now)).rowcount


def sessions_of(session: Session, person_id: int, now: datetime) -> list[SignInSession]:
    """The browsers in which a person is signed in, the one used last first."""
    idle = now - timedelta(days=settings().session_idle_days)
    asked = select(SignInSession).where(
        SignInSession.person_id == person_id,
        col(SignInSession.ended_at).is_(None),
        SignInSession.expires_at > now,
        SignInSession.last_seen_at > idle,
    )
    return list(session.exec(asked.order_by(col(SignInSession.last_seen_at).desc(), col(SignInSession.id).desc())))
