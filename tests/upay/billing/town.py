"""A town to be billed: two zones, homes with terms of their own, and roll-ups as closings would have left them."""
from datetime import UTC, date, datetime, timedelta

import polars as pl
from sqlmodel import select

from upay.billing import Asked, Bill, BillException, BillLine, BillPart, run_cycle
from upay.bulk import bulk
from upay.clock import day_start
from upay.db import session
from upay.metering.models import ConnectionDay, DayClose
from upay.network import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone, bump_registry

NOV, DEC = date(2025, 11, 1), date(2025, 12, 1)
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)
INSTALLED = date(2025, 1, 1)


def build(homes: int = 4, **terms) -> None:
    """Homes 1…n with meters of the same ids; the even ones in zone B. terms: of every connection."""
    with session() as db:
        for number, code in enumerate("AB", 1):
            named = {"id": number, "code": code, "name": code, "name_hi": code}
            above = {Zone: {}, Substation: {"zone_id": number}, Feeder: {"substation_id": number}}
            for table, parent in (above | {Dtr: {"feeder_id": number, "capacity_kva": 100}}).items():
                db.add(table(**named, **parent))
                db.flush()
        told = {"tariff_id": "up-lmv1-urban", "sanctioned_load_w": 2_000} | terms
        for number in range(1, homes + 1):
            dtr_id = 2 - number % 2
            db.add(Connection(id=number, number=f"{number:010d}", dtr_id=dtr_id, consumer_name="Asha", **told))
            db.add(Meter(id=number, serial=f"M{number}"))
            db.flush()
            stay = {"meter_id": number, "connection_id": number, "dtr_id": dtr_id}
            db.add(MeterInstallation(**stay, from_at=day_start(INSTALLED)))
        bump_registry(db)


def change(connection_id: int, **terms) -> None:
    """Other terms for a connection."""
    with session() as db:
        home = db.get_one(Connection, connection_id)
        for name, value in terms.items():
            setattr(home, name, value)
        db.add(home)


def used(units_wh: dict[int, int], first: date, last: date, actual: int = 48, **more) -> None:
    """Roll-ups of [first, last]: connection → Wh of the whole stretch, spread evenly, all in the first band."""
    days = (last - first).days + 1
    rows = [
        {"connection_id": home, "day": first + timedelta(days=number), "dtr_id": 2 - home % 2}
        | {"import_wh": (wh := total * (number + 1) // days - total * number // days), "band0_wh": wh}
        | {"bucket": home % 4, "version": 1, "blocks": 48, "actual": actual, "estimated": 48 - actual}
        | {"estimated_wh": 0, "export_wh": 0, "peak_w": 500, "band1_wh": 0, "band2_wh": 0, "outage_minutes": 0}
        | {"quality": 0, "flags": 0}
        | more
        for home, total in units_wh.items()
        for number in range(days)
    ]
    with bulk() as db:
        db.upsert(ConnectionDay, pl.DataFrame(rows), key=["connection_id", "day"])


def closed(first: date, last: date, lake_version: int = 1, version: int = 1) -> None:
    """Say that these days were closed, in all four buckets, as a version of the lake."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    nothing = {"meter_days": 0, "reads": 0, "duplicates": 0, "conflicts": 0, "estimated": 0, "raw_wh": 0}
    with session() as db:
        for day in days:
            for bucket in range(4):
                found = {"day": day, "bucket": bucket, "version": version, "lake_version": lake_version}
                db.add(DayClose(**found, closed_at=NOW, **nothing))


def bill(cycle: date = NOV, **asked) -> None:
    """Bill a cycle as the schedule dates it."""
    run_cycle(cycle, None, NOW, Asked(as_scheduled=True, **asked))


def standing(connection_id: int, cycle: date = NOV) -> Bill:
    """The connection's bill of a cycle; the latest, if it was made anew."""
    with session() as db:
        found = db.exec(select(Bill).where(Bill.connection_id == connection_id, Bill.cycle == cycle)).all()
        return max(found, key=lambda each: each.id)


def lines(of: Bill) -> list[tuple[str, int]]:
    """Kind and paise of a bill's lines, in their order."""
    with session() as db:
        found = db.exec(select(BillLine).where(BillLine.bill_id == of.id).order_by(BillLine.position)).all()
        return [(line.kind, line.paise) for line in found]


def parts(of: Bill) -> list[BillPart]:
    """The parts of a bill."""
    with session() as db:
        return list(db.exec(select(BillPart).where(BillPart.bill_id == of.id).order_by(BillPart.part)).all())


def waiting() -> dict[int, str]:
    """Connection → code of the exceptions."""
    with session() as db:
        return {each.connection_id: each.code for each in db.exec(select(BillException)).all()}
