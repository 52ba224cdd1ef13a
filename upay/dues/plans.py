"""Instalment plans: overdue dues in parts, within the pack's limits. Nothing moves in the ledger: a plan only says when
each part of what is owed falls due, and the first part missed ends it."""
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from upay.dues.items import open_items
from upay.dues.models import Instalment, InstalmentPlan
from upay.dues.rules import Rules
from upay.errors import Problem

_RUPEE = 100


@dataclass(frozen=True)
class Part:
    """An instalment that is offered."""

    number: int
    due_on: date
    paise: int


def schedule(paise: int, count: int, first_due: date, rules: Rules) -> tuple[Part, ...]:
    """Parts that add up to `paise`: whole rupees alike, what is over in the first.

    Raises Problem dues.too_many_instalments, dues.instalments_too_small.
    """
    limits = rules.instalments
    if not 2 <= count <= limits["most"]:
        raise Problem("dues.too_many_instalments", {"most": limits["most"]})
    each = paise // count // _RUPEE * _RUPEE
    if each < limits["least_paise"]:
        raise Problem("dues.instalments_too_small", {"rupees": limits["least_paise"] // _RUPEE})
    amounts = [paise - each * (count - 1), *[each] * (count - 1)]
    step = timedelta(days=limits["every_days"])
    return tuple(Part(number, first_due + step * (number - 1), amount) for number, amount in enumerate(amounts, 1))


def offer(db: Session, connection_id: int, count: int, today: date) -> tuple[Part, ...]:
    """The plan that a connection could have today. Raises Problem as `schedule`, and dues.nothing_overdue,
    dues.plan_holds, dues.plans_used_up."""
    rules = Rules.on(today)
    standing = db.exec(select(InstalmentPlan).where(InstalmentPlan.connection_id == connection_id)).all()
    if any(plan.state == "holds" for plan in standing):
        raise Problem("dues.plan_holds", status=409)
    if sum(plan.agreed_on > today - timedelta(days=365) for plan in standing) >= rules.instalments["plans_a_year"]:
        raise Problem("dues.plans_used_up", {"most": rules.instalments["plans_a_year"]}, 409)
    items = open_items(db, connection_id, connection_id, with_plans=False)
    paise = int(items.filter(pl.col("due_on") < today)["open_paise"].sum())
    if not paise:
        raise Problem("dues.nothing_overdue")
    return schedule(paise, count, today + timedelta(days=rules.instalments["every_days"]), rules)


def agree(db: Session, connection_id: int, count: int, today: date, person_id: int | None) -> tuple[Part, ...]:
    """Enter into the plan that `offer` shows, and return its parts. person_id: who agreed; None at the command line.

    Raises as `offer`.
    """
    parts = offer(db, connection_id, count, today)
    plan = InstalmentPlan(
        connection_id=connection_id, agreed_on=today, paise=sum(part.paise for part in parts), person_id=person_id
    )
    try:
        with db.begin_nested():
            db.add(plan)
    except IntegrityError as error:  # somebody else was quicker: one plan holds at a time
        raise Problem("dues.plan_holds", status=409) from error
    assert plan.id is not None
    for part in parts:
        db.add(Instalment(plan_id=plan.id, number=part.number, due_on=part.due_on, paise=part.paise))
    db.flush()
    return parts


def review(db: Session, first: int, last: int, today: date) -> int:
    """End the plans of connections `first` to `last` that were kept to the last part, or missed one; how many ended.

    A part is missed when something of it is open after its day. What was overdue is then so again, from its own days.
    """
    holding = db.exec(
        select(InstalmentPlan).where(
            InstalmentPlan.state == "holds", col(InstalmentPlan.connection_id).between(first, last)
        )
    ).all()
    if not holding:
        return 0
    parts = open_items(db, first, last).filter(pl.col("kind") == "instalment")
    open_by = {row[0]: row[1] for row in parts.group_by("connection_id").agg(pl.col("due_on").min()).iter_rows()}
    ended = 0
    for plan in holding:
        due = open_by.get(plan.connection_id)
        if due is None or due < today:
            plan.state, plan.ended_on = "kept" if due is None else "broken", today
            db.add(plan)
            ended += 1
    db.flush()
    return ended


def plan_of(db: Session, connection_id: int) -> tuple[InstalmentPlan, list[Instalment]] | None:
    """The plan that holds, or the latest there was, with its parts."""
    plan = db.exec(
        select(InstalmentPlan)
        .where(InstalmentPlan.connection_id == connection_id)
        .order_by(col(InstalmentPlan.id).desc())
    ).first()
    if plan is None:
        return None
    parts = db.exec(select(Instalment).where(Instalment.plan_id == plan.id).order_by(col(Instalment.number))).all()
    return plan, list(parts)
