"""The billing cycle: every connection of the zones billed once, however often the run is broken off or begun twice."""
from collections import deque
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

import polars as pl
from sqlalchemy import case, func, update
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col, select

from upay.billing.models import Basis, Bill, BillException, BillingRun, BillReversal, ExceptionState
from upay.billing.numbers import ids_of_cycle
from upay.billing.prepared import Prepared, prepared
from upay.billing.rules import Schedule, schedule
from upay.billing.selfreadings import NoSelfReadings, SelfReadings
from upay.billing.shard import CONNECTIONS_A_SHARD, made, write
from upay.bulk import bulk
from upay.clock import day_of
from upay.db import session
from upay.errors import Problem
from upay.metering.models import DayClose
from upay.network.models import Zone
from upay.tariffs import book
from upay.work.upsert import insert_into

Progress = Callable[[int], None]
_SUMS = ("billed", "provisional", "exceptions", "units_wh", "current_paise", "payable_paise")


@dataclass(frozen=True)
class Asked:
    """How a cycle is to be billed.

    dry_run: count and sum, and write no bill.  as_scheduled: bills bear the schedule's days even when these are long
    past, as when an earlier system's history is taken over.  person_id: who asks; None: the schedule.
    """

    dry_run: bool = False
    as_scheduled: bool = False
    person_id: int | None = None


def run_cycle(
    cycle: date, codes: Sequence[str] | None, now: datetime, asked: Asked | None = None,
    readings: SelfReadings | None = None, on_progress: Progress = lambda _: None,
) -> list[int]:  # fmt: skip
    """Bill a cycle of the zones with these codes (None: all); what is billed already stays. Returns the runs' ids.

    on_progress: told of connections dealt with.
    Raises Problem billing.unknown_zone, billing.not_over, billing.days_open.
    """
    asked, readings = asked or Asked(), readings or NoSelfReadings()
    with session() as db:
        zones = _zones(db, codes)
        plans = {zone.id or 0: _dated(schedule(cycle, zone.area_class), now, asked) for zone in zones}
        for plan in set(plans.values()):
            _may_begin(db, plan, now)
        tariffs = book(db)
        runs = {zone_id: _opened(db, zone_id, plan, now, asked) for zone_id, plan in plans.items()}
        run_of = {zone_id: run.id or 0 for zone_id, run in runs.items()}
        for zone_id, run in runs.items():
            plans[zone_id] = replace(plans[zone_id], issued_on=run.issued_on, due_on=run.due_on)
    for plan in sorted(set(plans.values()), key=lambda each: each.issued_on):
        own = sorted(zone_id for zone_id in plans if plans[zone_id] == plan)
        whole = codes is None and len(own) == len(plans)
        ready = prepared(plan, None if whole else own, tariffs, readings)
        _run_shards(ready, {zone_id: run_of[zone_id] for zone_id in own}, asked, now, on_progress)
    with session() as db:
        _close(db, list(run_of.values()), now)
    return list(run_of.values())


def bill_some(
    cycle: date, zone_id: int, connection_ids: Sequence[int], now: datetime, asked: Asked,
    readings: SelfReadings | None = None,
) -> None:  # fmt: skip
    """Bill some connections of a zone by the same path: exceptions that were decided, bills to be made anew.

    They count in the zone's run. Raises Problem billing.not_over, billing.days_open.
    """
    with session() as db:
        zone = db.get_one(Zone, zone_id)
        plan = _dated(schedule(cycle, zone.area_class), now, asked)
        _may_begin(db, plan, now)
        run = _opened(db, zone_id, plan, now, asked)
        run_id, tariffs = run.id or 0, book(db)
    plan = replace(plan, issued_on=run.issued_on, due_on=run.due_on)
    ready = prepared(plan, [zone_id], tariffs, readings or NoSelfReadings(), connection_ids)
    shard = pl.col("connection_id") // CONNECTIONS_A_SHARD
    for piece in ready.frame.sort("connection_id").with_columns(shard.alias("shard")).partition_by("shard"):
        with bulk() as db:
            done = made(db, ready, piece.drop("shard"), run_id, now)
        write(int(piece["shard"][0]), run_id, ready, done)
    with session() as db:
        _close(db, [run_id], now)


def _run_shards(ready: Prepared, runs: dict[int, int], asked: Asked, now: datetime, on_progress: Progress) -> None:
    """Make and write the shards: while one is written the next is made."""
    shard = (pl.col("connection_id") // CONNECTIONS_A_SHARD).alias("shard")
    pieces = ready.frame.with_columns(shard).sort("connection_id").partition_by(
        "zone_id", "shard", as_dict=True, maintain_order=True
    )
    with session() as db:
        for zone_id, run_id in runs.items():
            mine = [piece for (zone, _), piece in pieces.items() if zone == zone_id]
            values = {"shards": len(mine), "shards_done": 0}
            if asked.dry_run:
                values |= dict.fromkeys(_SUMS, 0)
            db.exec(update(BillingRun).where(col(BillingRun.id) == run_id).values(**values))
    with ThreadPoolExecutor(1) as writer:
        waiting: deque[tuple[Future[None], int]] = deque()
        for (zone_id, number), piece in pieces.items():
            run_id = runs[int(zone_id)]  # type: ignore[call-overload]
            with bulk() as db:
                done = made(db, ready, piece.drop("shard"), run_id, now)
            if asked.dry_run:
                keep = partial(_count, run_id, done.counts())
            else:
                keep = partial(write, int(number), run_id, ready, done)  # type: ignore[call-overload]
            waiting.append((writer.submit(keep), len(piece)))
            if len(waiting) > 1:
                _await(waiting, on_progress)
        while waiting:
            _await(waiting, on_progress)


def _await(waiting: "deque[tuple[Future[None], int]]", on_progress: Progress) -> None:
    """Wait for the shard that was begun first. Raises what it raised."""
    written, connections = waiting.popleft()
    written.result()
    on_progress(connections)


def _count(run_id: int, counts: dict[str, int]) -> None:
    """Of a dry run only this is kept."""
    with session() as db:
        added = {name: getattr(BillingRun, name) + counts[name] for name in _SUMS}
        done = added | {"shards_done": BillingRun.shards_done + 1}
        db.exec(update(BillingRun).where(col(BillingRun.id) == run_id).values(**done))


def _zones(db: Session, codes: Sequence[str] | None) -> list[Zone]:
    zones = list(db.exec(select(Zone).order_by(Zone.code)).all())
    if codes is None:
        return zones
    unknown = set(codes) - {zone.code for zone in zones}
    if unknown:
        raise Problem("billing.unknown_zone", {"zone": min(unknown)}, 404)
    return [zone for zone in zones if zone.code in codes]


def _dated(plan: Schedule, now: datetime, asked: Asked) -> Schedule:
    """Bills bear the day on which they go out, and people get the days to pay from then on."""
    late = day_of(now) - plan.issued_on
    if asked.as_scheduled or late.days <= 0:
        return plan
    return replace(plan, issued_on=plan.issued_on + late, due_on=plan.due_on + late)


def _may_begin(db: Session, plan: Schedule, now: datetime) -> None:
    """A cycle can be billed when its days are over and closed, from the first day that ever was."""
    if day_of(now) <= plan.last:
        raise Problem("billing.not_over", {"last": plan.last.isoformat()}, 409)
    began = db.scalar(select(func.min(DayClose.day)))
    first = max(plan.first, began) if began else plan.first
    closed = db.scalar(
        select(func.count(func.distinct(DayClose.day))).where(DayClose.day >= first, DayClose.day <= plan.last)
    )
    if began is None or (closed or 0) < (plan.last - first).days + 1:
        raise Problem("billing.days_open", {"first": first.isoformat(), "last": plan.last.isoformat()}, 409)


def _opened(db: Session, zone_id: int, plan: Schedule, now: datetime, asked: Asked) -> BillingRun:
    """The run of a zone's cycle: a new one; or the one that was broken off, with the days its first bills bear; or one
    that was done, for what it left over, with new days."""
    values = {
        "cycle": plan.cycle, "zone_id": zone_id, "dry_run": asked.dry_run, "state": "running", "first": plan.first,
        "last": plan.last, "issued_on": plan.issued_on, "due_on": plan.due_on, "begun_at": now,
        "person_id": asked.person_id, "connections": 0, "shards": 0, "shards_done": 0, **dict.fromkeys(_SUMS, 0),
    }  # fmt: skip
    db.exec(insert_into(db, BillingRun).values(**values).on_conflict_do_nothing())
    key = (BillingRun.cycle == plan.cycle, BillingRun.zone_id == zone_id, col(BillingRun.dry_run) == asked.dry_run)
    run = db.exec(select(BillingRun).where(*key)).one()
    if run.state == "done":
        run.issued_on, run.due_on = plan.issued_on, plan.due_on
        run.state, run.finished_at, run.person_id = "running", None, asked.person_id
        db.add(run)
        db.flush()
    return run


def _close(db: Session, run_ids: Collection[int], now: datetime) -> None:
    """The runs are done: their figures are counted anew from what stands."""
    for run in db.exec(select(BillingRun).where(col(BillingRun.id).in_(run_ids))):
        if not run.dry_run:
            _count_anew(db, run)
        run.state, run.finished_at = "done", now
        run.connections = run.billed + run.exceptions
        db.add(run)


def _count_anew(db: Session, run: BillingRun) -> None:
    least, most = ids_of_cycle(run.cycle)
    payable = case((col(Bill.payable_paise) > 0, Bill.payable_paise), else_=0)
    provisional = case((col(Bill.basis) == Basis.PROVISIONAL, 1), else_=0)
    sums = (Bill.units_wh, Bill.current_paise, payable, provisional)
    asked = sqlalchemy_select(func.count(), *(func.coalesce(func.sum(each), 0) for each in sums)).where(
        col(Bill.id).between(least, most), Bill.run_id == run.id, col(Bill.id).not_in(select(BillReversal.bill_id))
    )
    run.billed, run.units_wh, run.current_paise, run.payable_paise, run.provisional = (
        int(value) for value in db.connection().execute(asked).one()
    )
    waiting = (ExceptionState.OPEN, ExceptionState.HELD)
    run.exceptions = db.exec(
        select(func.count()).where(
            BillException.cycle == run.cycle,
            BillException.zone_id == run.zone_id,
            col(BillException.state).in_(waiting),
        )
    ).one()
