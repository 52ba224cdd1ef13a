"""What the billing desk looks at: cycles of the zones, and the queue of exceptions, paged and sorted on the server."""
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from upay.billing.models import Bill, BillException, BillingRun, BillReversal
from upay.billing.rules import next_cycle
from upay.network.models import Connection, Dtr, Feeder, Substation, Zone

Zones = Collection[int] | None
MOST_ROWS = 100_000


@dataclass(frozen=True)
class ZoneCycle:
    """A zone's cycle as it stands. before_paise, before_units_wh: of the cycle before; None where it was not billed.

    state: none, running, done.
    """

    zone_id: int
    code: str
    name: str
    name_hi: str
    state: str
    connections: int
    billed: int
    provisional: int
    exceptions: int
    units_wh: int
    current_paise: int
    shards: int
    shards_done: int
    before_paise: int | None
    dry_paise: int | None
    dry_billed: int | None
    dry_exceptions: int | None


@dataclass(frozen=True)
class Queued:
    """An exception with what an officer needs to judge it."""

    id: int
    number: str
    consumer: str
    zone: str
    code: str
    params: dict[str, Any]
    units_wh: int
    reference_wh: int | None
    state: str
    reason: str
    cycle: date


def zone_cycles(db: Session, cycle: date, zones: Zones) -> list[ZoneCycle]:
    """Every zone's cycle, by code. zones: those that are to be seen; None: all."""
    found = db.exec(select(Zone).order_by(Zone.code)).all()
    mine = [zone for zone in found if zones is None or zone.id in zones]
    count = dict(_connections(db))
    runs = _runs(db, cycle, dry=False)
    dry = _runs(db, cycle, dry=True)
    before = _runs(db, next_cycle(cycle, -1), dry=False)
    return [_zone_cycle(zone, count, runs, dry, before) for zone in mine]


def _zone_cycle(
    zone: Zone, count: dict[int, int], runs: dict[int, BillingRun], dry: dict[int, BillingRun],
    before: dict[int, BillingRun],
) -> ZoneCycle:  # fmt: skip
    number = zone.id or 0
    run = runs.get(number)
    tried = dry.get(number)
    earlier = before.get(number)
    return ZoneCycle(
        zone_id=number,
        code=zone.code,
        name=zone.name,
        name_hi=zone.name_hi,
        state="none" if run is None else run.state,
        connections=count.get(number, 0),
        billed=run.billed if run else 0,
        provisional=run.provisional if run else 0,
        exceptions=run.exceptions if run else 0,
        units_wh=run.units_wh if run else 0,
        current_paise=run.current_paise if run else 0,
        shards=run.shards if run else 0,
        shards_done=run.shards_done if run else 0,
        before_paise=earlier.current_paise if earlier else None,
        dry_paise=tried.current_paise if tried else None,
        dry_billed=tried.billed if tried else None,
        dry_exceptions=tried.exceptions if tried else None,
    )


def exception_counts(db: Session, cycle: date, zones: Zones) -> list[tuple[str, str, int]]:
    """How many exceptions of a cycle there are: code, state, count; the most first."""
    asked = select(BillException.code, BillException.state, func.count()).where(BillException.cycle == cycle)
    if zones is not None:
        asked = asked.where(col(BillException.zone_id).in_(zones))
    rows = db.exec(asked.group_by(BillException.code, BillException.state).order_by(func.count().desc())).all()
    return [(code, state, int(count)) for code, state, count in rows]


@dataclass(frozen=True)
class Wanted:
    """A view of the queue. state, code, zone: "" for all.  search: of number or consumer.  sort: a key of `SORTS`."""

    cycle: date
    state: str = "open"
    code: str = ""
    zone: str = ""
    search: str = ""
    sort: str = "ratio"
    descending: bool = True
    page: int = 1


SORTS: dict[str, Any] = {
    "number": Connection.number,
    "zone": Zone.code,
    "code": BillException.code,
    "units": BillException.units_wh,
    # how far from what was expected, either way: a third weighs as much as three times as much
    "ratio": func.abs(
        func.ln((BillException.units_wh + 1000.0) / (func.coalesce(BillException.reference_wh, 0) + 1000.0))
    ),
}


def queue(db: Session, wanted: Wanted, zones: Zones, rows: int) -> tuple[list[Queued], int]:
    """A page of the queue, and how many exceptions the whole view has. rows: of a page."""
    asked = (
        select(BillException, Connection, Zone.code)
        .join(Connection, col(Connection.id) == BillException.connection_id)
        .join(Zone, col(Zone.id) == BillException.zone_id)
        .where(BillException.cycle == wanted.cycle)
    )
    if zones is not None:
        asked = asked.where(col(BillException.zone_id).in_(zones))
    if wanted.state:
        asked = asked.where(BillException.state == wanted.state)
    if wanted.code:
        asked = asked.where(BillException.code == wanted.code)
    if wanted.zone:
        asked = asked.where(Zone.code == wanted.zone)
    if wanted.search:
        like = f"%{_plain(wanted.search)}%"
        asked = asked.where(
            or_(col(Connection.number).like(like, escape="!"), col(Connection.consumer_name).ilike(like, escape="!"))
        )
    total = db.exec(select(func.count()).select_from(asked.subquery())).one()
    by = SORTS.get(wanted.sort, SORTS["ratio"])
    order = by.desc() if wanted.descending else by.asc()
    page = asked.order_by(order, col(BillException.id)).limit(rows).offset((max(1, wanted.page) - 1) * rows)
    return [_queued(each, connection, code) for each, connection, code in db.exec(page)], int(total)


def use_before(db: Session, connection_id: int, cycle: date, months: int = 13) -> list[tuple[date, int]]:
    """What the connection was billed for before: cycle and Wh, the oldest first."""
    rows = db.exec(
        select(col(Bill.cycle), Bill.units_wh)
        .where(Bill.connection_id == connection_id, col(Bill.cycle) < cycle)
        .where(col(Bill.id).not_in(select(BillReversal.bill_id)))
        .order_by(col(Bill.id).desc())
        .limit(months)
    ).all()
    return [(month, units) for month, units in reversed(rows)]


def _queued(each: BillException, connection: Connection, zone: str) -> Queued:
    return Queued(
        each.id, connection.number, connection.consumer_name, zone, each.code, each.params, each.units_wh,
        each.reference_wh, each.state, each.reason, each.cycle,
    )  # fmt: skip


def _runs(db: Session, cycle: date, dry: bool) -> dict[int, BillingRun]:
    asked = select(BillingRun).where(BillingRun.cycle == cycle, col(BillingRun.dry_run).is_(dry))
    return {run.zone_id: run for run in db.exec(asked)}


def _connections(db: Session) -> list[tuple[int, int]]:
    asked = (
        select(Substation.zone_id, func.count())
        .join(Feeder, col(Feeder.substation_id) == col(Substation.id))
        .join(Dtr, col(Dtr.feeder_id) == col(Feeder.id))
        .join(Connection, col(Connection.dtr_id) == col(Dtr.id))
        .group_by(col(Substation.zone_id))
    )
    return [(zone_id, int(count)) for zone_id, count in db.exec(asked)]


def _plain(text: str) -> str:
    """What a person typed, for LIKE: its own wildcards mean themselves."""
    return text.strip()[:60].replace("!", "!!").replace("%", "!%").replace("_", "!_")
