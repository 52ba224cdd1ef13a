"""Guessing is slowed down: wrong tries are counted across codes, sessions and workers, and lock for longer and longer.

A try is counted before it is weighed, so of many at once none slips past; what proves right is forgiven afterwards.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any

from sqlalchemy import BigInteger, bindparam, case, delete, update
from sqlmodel import Session, col, select

from upay.accounts.credentials.tables import Guesses
from upay.accounts.keys import keep
from upay.clock import day_of
from upay.packs import pack
from upay.work.upsert import insert_for

Subject = tuple[str, str]
"""What is guarded: its kind, a key of the pack's `locks`, and whose, as ("number", "+919876543210")."""


def minutes_locked(session: Session, subject: Subject, now: datetime) -> int:
    """Minutes until tries are weighed again, rounded up; 0 when they are."""
    until = session.exec(select(Guesses.until_s).where(Guesses.subject == _kept(subject))).first() or 0
    return max(0, ceil((until - now.timestamp()) / 60))


def take_try(session: Session, subjects: Sequence[Subject], now: datetime) -> int:
    """Count a try against each subject. 0: it may be weighed; else the minutes for which none is. To be committed."""
    for subject in subjects:
        # Who hammers is locked, and a look is cheaper than a write; the write still sees that none slips past.
        if (minutes := minutes_locked(session, subject, now)) or not _counted(session, subject, now):
            return minutes or max(1, minutes_locked(session, subject, now))
    return 0


def forgive(session: Session, subjects: Sequence[Subject]) -> None:
    """The try just counted was right: who is guarded starts afresh, and of an address this one try is taken back."""
    for subject in subjects:
        mine = col(Guesses.subject) == _kept(subject)
        if subject[0] == "address":
            session.exec(update(Guesses).where(mine).values(wrong=Guesses.wrong - 1, until_s=0))
        else:
            session.exec(delete(Guesses).where(mine))


def _counted(session: Session, subject: Subject, now: datetime) -> bool:
    """Count a try; whether it may be weighed."""
    rules = pack().row("sign_in", day_of(now))["locks"][subject[0]]
    engine, minutes = session.get_bind().dialect.name, tuple(rules["minutes"])
    counting = _counting(engine, rules["every"], minutes, rules["forget_minutes"])
    values = {"subject": _kept(subject), "now": int(now.timestamp())}
    return session.connection().execute(counting, values).first() is not None


@lru_cache
def _counting(engine: str, every: int, minutes: tuple[int, ...], forget_minutes: int) -> Any:
    """One statement: count, and lock at every `every`-th wrong try, the n-th time for the n-th of `minutes`.

    Built once: building it takes longer than running it.
    """
    now = bindparam("now", type_=BigInteger)
    wrong = case((col(Guesses.last_s) <= now - forget_minutes * 60, 1), else_=col(Guesses.wrong) + 1)
    turns = [(wrong <= every * turn, now + length * 60) for turn, length in enumerate(minutes, 1)]
    until = case((wrong % every != 0, 0), *turns, else_=now + minutes[-1] * 60)
    return (
        insert_for(engine, Guesses)
        .values(subject=bindparam("subject"), wrong=1, last_s=now, until_s=0)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={"wrong": wrong, "last_s": now, "until_s": until},
            where=col(Guesses.until_s) <= now,
        )
        .returning(col(Guesses.wrong))
    )


def _kept(subject: Subject) -> str:
    return keep("guesses", ":".join(subject))
