"""Guessing is slowed down: wrong tries are counted across codes, sessions and workers, and lock for longer and longer.

A try is counted before it is weighed, so of many at once none slips past; what proves right is forgiven afterwards.
"""

from collections.abc import Sequence
from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import case, delete, update
from sqlmodel import Session, col, select

from upay.accounts.credentials.tables import Guesses
from upay.accounts.keys import keep
from upay.clock import day_of
from upay.packs import pack
from upay.work.upsert import insert_into

Subject = tuple[str, str]
"""What is guarded: its kind, a key of the pack's `locks`, and whose, as ("number", "+919876543210")."""


def minutes_locked(session: Session, subject: Subject, now: datetime) -> int:
    """Minutes until tries are weighed again, rounded up; 0 when they are."""
    until = session.exec(select(Guesses.until_s).where(Guesses.subject == _kept(subject))).first() or 0
    return max(0, ceil((until - now.timestamp()) / 60))


def take_try(session: Session, subjects: Sequence[Subject], now: datetime) -> int:
    """Count a try against each subject. 0: it may be weighed; else the minutes for which none is. To be committed."""
    for subject in subjects:
        if session.exec(_counting(session, subject, now)).first() is None:
            return max(1, minutes_locked(session, subject, now))
    return 0


def forgive(session: Session, subjects: Sequence[Subject]) -> None:
    """The try just counted was right: who is guarded starts afresh, and of an address this one try is taken back."""
    for subject in subjects:
        mine = col(Guesses.subject) == _kept(subject)
        if subject[0] == "address":
            session.exec(update(Guesses).where(mine).values(wrong=Guesses.wrong - 1, until_s=0))
        else:
            session.exec(delete(Guesses).where(mine))


def _counting(session: Session, subject: Subject, now: datetime) -> Any:
    """One statement: count, and lock at every `every`-th wrong try, the n-th time for the n-th of `minutes`."""
    rules = pack().row("sign_in", day_of(now))["locks"][subject[0]]
    every, minutes, now_s = rules["every"], rules["minutes"], int(now.timestamp())
    wrong = case((col(Guesses.last_s) <= now_s - rules["forget_minutes"] * 60, 1), else_=col(Guesses.wrong) + 1)
    turns = [(wrong <= every * turn, now_s + length * 60) for turn, length in enumerate(minutes, 1)]
    until = case((wrong % every != 0, 0), *turns, else_=now_s + minutes[-1] * 60)
    return (
        insert_into(session, Guesses)
        .values(subject=_kept(subject), wrong=1, last_s=now_s, until_s=0)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={"wrong": wrong, "last_s": now_s, "until_s": until},
            where=col(Guesses.until_s) <= now_s,
        )
        .returning(col(Guesses.wrong))
    )


def _kept(subject: Subject) -> str:
    return keep("guesses", ":".join(subject))
