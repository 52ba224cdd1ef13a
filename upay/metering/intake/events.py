"""The door for meter events (IS 15959 numbers: 101 power failed, 102 restored, 201 magnet …).

An event is known by meter, code and instant, so the same batch again changes nothing; it needs no receipt.
"""
from datetime import datetime

import polars as pl
from sqlmodel import Session, col, select

from upay.metering.days import reopen
from upay.metering.intake import checks, quarantine
from upay.metering.intake.checks import Check, Measure
from upay.metering.intake.door import open_batch
from upay.metering.intake.examine import Rejected, rejected, unreadable
from upay.metering.intake.formats import Columns, Wire
from upay.metering.intake.receipts import Answer, summary
from upay.metering.intake.sheet import as_wire, of_meters, sheet, split
from upay.metering.models import MeterEvent, Quarantine
from upay.network import registry
from upay.work.upsert import insert_into

LARGEST_CODE = 999  # IS 15959 numbers its events from 1, in three digits
COLUMNS = Columns(
    known=frozenset({"meter", "code", "at", "at_s"}),
    numeric=frozenset({"code", "at_s"}),
    required=(("meter",), ("code",), ("at", "at_s")),
)
_CODE = Measure("code", (("code", 1),), pl.Int16(), LARGEST_CODE, required=True)
_SLICE = 2_000


def take_events(
    session: Session,
    body: bytes,
    content_type: str | None,
    encoding: str | None,
    source: str,
    now: datetime,
    zone_ids: list[int] | None = None,
) -> Answer:
    """Take a batch of events: `meter`, `code`, `at` (ISO 8601 with offset) or `at_s`. A known event is a duplicate.

    Raises Problem for what is wrong with the batch as a whole (codes: `unpack`, `decode`).
    """
    wire = open_batch(body, content_type, encoding, COLUMNS)
    table = _table(now, zone_ids)
    added, good, failed = _take(session, wire, table, now)
    rows = [*unreadable(wire), *rejected(wire, failed, table)]
    quarantine.keep(session, "events", source, now, _unknown(session, source, rows))
    counts = {"rows": wire.rows, "accepted": added, "rejected": len(rows), "duplicates": good - added}
    return counts | summary(wire, failed, table)


def replay_events(
    session: Session, rows: list[Quarantine], zone_ids: list[int] | None, now: datetime
) -> dict[int, Rejected]:
    """Take quarantined events again. Returns the ones that still fail, by their place in `rows`, from 1."""
    wire = as_wire([row.raw for row in rows], COLUMNS)
    table = _table(now, zone_ids)
    _, _, failed = _take(session, wire, table, now)
    return {row.row: row for row in rejected(wire, failed, table)}


def _table(now: datetime, zone_ids: list[int] | None) -> list[Check]:
    code, bad = pl.col("code"), pl.col("bad_code")
    return [
        *checks.placing(zone_ids),
        *checks.timing("at_s", ("at", "at_s")),
        Check("reads.missing_field", code.is_null() & ~bad, field="code"),
        Check("reads.bad_event_code", bad | ~code.is_between(1, LARGEST_CODE), {"code": ("code",)}),
        Check("reads.row_in_future", pl.col("at_s") > checks.latest_s(now), {"start": ("at", "at_s")}),
    ]


def _take(session: Session, wire: Wire, table: list[Check], now: datetime) -> tuple[int, int, pl.DataFrame]:
    """Record the new events, and reopen the days that they bear on.

    Returns how many those were, how many were good, `row` and `verdict` of the others.
    """
    held = registry()
    good, failed = split(sheet(wire, held, "at", (_CODE,)), table)
    place = good["place"].to_numpy()
    connections = of_meters(held.connection_id, place)
    events = pl.DataFrame(
        {
            "meter_id": good["meter_id"],
            "connection_id": connections.set(connections < 0, None),
            "dtr_id": of_meters(held.dtr_id, place),
            "code": good["code"],
            "at_s": good["at_s"],
        }
    ).unique(["meter_id", "code", "at_s"], maintain_order=True)
    returned = (MeterEvent.meter_id, MeterEvent.code, MeterEvent.at_s)
    new = insert_into(session, MeterEvent).on_conflict_do_nothing().returning(*returned)
    added = [tuple(row) for part in events.iter_slices(_SLICE) for row in session.exec(new, params=part.to_dicts())]
    reopen(session, pl.DataFrame(added, schema=["meter_id", "code", "at_s"], orient="row").cast(pl.Int64), now)
    return len(added), len(good), failed


def _unknown(session: Session, source: str, rows: list[Rejected]) -> list[Rejected]:
    """Of the rejected rows the ones that do not wait in quarantine already: a batch sent again adds nothing."""
    serials = list({row.serial for row in rows})
    known: set[tuple[tuple[str, str | None], ...]] = set()
    for first in range(0, len(serials), _SLICE):
        named = [serial for serial in serials[first : first + _SLICE] if serial is not None]
        waiting = select(Quarantine.raw).where(
            Quarantine.door == "events",
            Quarantine.source == source,
            col(Quarantine.settled_at).is_(None),
            col(Quarantine.serial).in_(named) | col(Quarantine.serial).is_(None),
        )
        known |= {tuple(sorted(raw.items())) for raw in session.exec(waiting).all()}
    return [row for row in rows if tuple(sorted(row.raw.items())) not in known]
