"""How often owners may be asked and numbers be tried. Written before it is counted: of many at once none slips past."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, SQLModel, col, select

from upay.clock import day_of
from upay.consent.models import LinkAsk, NumberTry
from upay.errors import Problem
from upay.packs import pack


def count_try(session: Session, person_id: int, now: datetime) -> None:
    """Count a consumer number that a person typed. Raises Problem 429 links.too_many_numbers {minutes}."""
    _put(session, NumberTry(person_id=person_id, at=now))
    mine = col(NumberTry.person_id) == person_id
    _bounded(session, NumberTry.at, mine, "tries_per_person", "links.too_many_numbers", now)


def count_ask(session: Session, ask: LinkAsk, now: datetime) -> None:
    """Count that an owner is asked. Raises Problem 429 links.too_many_asks {minutes}."""
    _put(session, ask)
    for same, rule in (
        (col(LinkAsk.person_id) == ask.person_id, "asks_per_person"),
        (col(LinkAsk.connection_id) == ask.connection_id, "asks_per_connection"),
    ):
        _bounded(session, LinkAsk.asked_at, same, rule, "links.too_many_asks", now)


def _put(session: Session, row: SQLModel) -> None:
    session.add(row)
    session.flush()


def _bounded(session: Session, at: Any, same: ColumnElement[bool], rule: str, code: str, now: datetime) -> None:
    windows: Sequence[Sequence[int]] = pack().row("links", day_of(now))[rule]
    for minutes, most in windows:
        since = now - timedelta(minutes=minutes)
        counted, first = session.exec(select(func.count(), func.min(at)).where(same, at > since)).one()
        if counted > most:
            free_in = first + timedelta(minutes=minutes) - now
            raise Problem(code, {"minutes": max(1, ceil(free_in.total_seconds() / 60))}, 429)
