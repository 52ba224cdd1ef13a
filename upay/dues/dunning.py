"""What is done about unpaid dues: reminders, the notice of section 56(1), the order; recomputed each day.

The step is always that of the earliest unpaid due date: who pays the oldest bill begins anew with the next. Every step
is recorded once for its due date, and its message has a key, so that a day done twice says nothing twice.
"""
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl
from babel.dates import format_date
from sqlmodel import Session, col, select

from upay import notices
from upay.accounts.models import Person
from upay.dues.items import open_items
from upay.dues.models import DunningStep
from upay.dues.rules import ORDERS, Rules, Step, clear_from, is_blocked, is_holiday
from upay.money import rupees
from upay.network.models import Connection

_AT_ONCE = 500


@dataclass(frozen=True)
class Overdue:
    """A connection's dues on a day. due_on: the earliest unpaid due date.  paise: open up to and including today's."""

    connection_id: int
    due_on: date
    paise: int


def step_of(due_on: date, today: date, given: Mapping[str, date], rules: Rules, blocked: bool) -> Step | None:
    """The step to take today about dues of a due date, or None when it was taken, or none has come.

    given: the steps taken about this due date, and when. Steps whose day passed unused are passed over, but for the
    notice: no order goes out until a notice for this very due date has had its clear days, and none on a blocked day.
    """
    late = (today - due_on).days
    reached = [step for step in Step if late >= rules.dunning[step.value]]
    if not reached:
        return None
    step = reached[-1]
    if step in ORDERS:
        notice = given.get(Step.NOTICE)
        if notice is None:
            return Step.NOTICE
        if today < clear_from(notice, rules.dunning["clear_days"]) or blocked:
            return None
        if Step.ORDER not in given:
            step = Step.ORDER
    return None if step in given else step


def overdue(items: pl.DataFrame, today: date, rules: Rules) -> list[Overdue]:
    """Of `open_items`, who is to hear of what: those with enough open that falls due within the reminder's days."""
    horizon = today - timedelta(days=rules.dunning["remind"])
    rows = (
        items.filter(pl.col("due_on") <= horizon)
        .group_by("connection_id", maintain_order=True)
        .agg(pl.col("due_on").min(), pl.col("open_paise").sum())
        .filter(pl.col("open_paise") >= rules.dunning["least_paise"])
    )
    return [Overdue(*row) for row in rows.iter_rows()]


def dun(db: Session, first: int, last: int, today: date, now: datetime) -> int:
    """Take today's steps for the connections with ids from `first` to `last`; returns how many. Prepaid ones are left
    to their wallets' own rules, ended ones to recovery."""
    rules = Rules.on(today)
    found = {each.connection_id: each for each in overdue(open_items(db, first, last), today, rules)}
    blocked = is_blocked(today, rules, is_holiday)
    given = _given(db, found)
    taken = 0
    for connection in _connections(db, list(found)):
        each = found[connection.id or 0]
        step = step_of(each.due_on, today, given.get((each.connection_id, each.due_on), {}), rules, blocked)
        if step is None:
            continue
        db.add(DunningStep(connection_id=each.connection_id, due_on=each.due_on, step=step, given_on=today,
                           paise=each.paise))  # fmt: skip
        _tell(db, connection, each, step, today, rules, now)
        taken += 1
    db.flush()
    return taken


def _tell(
    db: Session, connection: Connection, each: Overdue, step: Step, today: date, rules: Rules, now: datetime
) -> None:
    """Queue the step's message. A number that nobody registered gets none; the step stands on record all the same."""
    if connection.mobile is None:
        return
    language = db.exec(select(Person.language).where(Person.mobile == connection.mobile)).first() or "hi"
    acts_on = clear_from(today, rules.dunning["clear_days"])

    def said(day: date) -> str:
        return format_date(day, "d MMMM y", locale=f"{language}_IN")

    notices.queue(
        db,
        key=f"dun:{each.connection_id}:{each.due_on.isoformat()}:{step}",
        to=connection.mobile,
        template=f"dues.dun_{step}",
        params={
            "number": connection.number,
            "rupees": rupees(each.paise),
            "due": said(each.due_on),
            "from": said(acts_on),
        },
        language=language,
        now=now,
    )


def _given(db: Session, found: Mapping[int, Overdue]) -> dict[tuple[int, date], dict[str, date]]:
    given: dict[tuple[int, date], dict[str, date]] = {}
    for ids in _parts(found):
        for row in db.exec(select(DunningStep).where(col(DunningStep.connection_id).in_(ids))):
            given.setdefault((row.connection_id, row.due_on), {})[row.step] = row.given_on
    return given


def _connections(db: Session, found: Collection[int]) -> list[Connection]:
    return [
        connection
        for ids in _parts(found)
        for connection in db.exec(select(Connection).where(col(Connection.id).in_(ids)).order_by(col(Connection.id)))
        if not connection.prepaid and connection.ended_on is None
    ]


def _parts(found: Collection[int]) -> list[list[int]]:
    ids = sorted(found)
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
