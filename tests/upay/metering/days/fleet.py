"""A few homes behind one DTR, and their readings, for the tests of folding and closing."""
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from upay.clock import day_start, day_start_s
from upay.db import session
from upay.metering import days
from upay.metering.intake import landing
from upay.metering.matrix import NONE
from upay.metering.models import ConnectionDay, DtrDay, MeterEvent, ReadBatch
from upay.metering.reads import SCHEMA
from upay.network import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone, bump_registry

MONDAY = date(2026, 6, 8)
MORNING = datetime(2026, 6, 9, 3, tzinfo=UTC)
BUCKETS = range(4)
HOMES = 6
DTR_METER = HOMES + 1
_count = iter(range(1, 1_000_000))


def build(homes=HOMES, since=date(2026, 1, 1)):
    """Homes 1…n with meters of the same ids, and the DTR's meter after them."""
    with session() as db:
        named = {"id": 1, "code": "X", "name": "X", "name_hi": "X"}
        for table, parent in ((Zone, {}), (Substation, {"zone_id": 1}), (Feeder, {"substation_id": 1})):
            db.add(table(**named, **parent))
            db.flush()
        db.add(Dtr(**named, feeder_id=1, capacity_kva=100))
        db.flush()
        for number in range(1, homes + 1):
            db.add(
                Connection(
                    id=number,
                    number=f"{number:010d}",
                    dtr_id=1,
                    consumer_name="Asha",
                    tariff_id="up-lmv1-urban",
                    sanctioned_load_w=5_000,
                )
            )
            db.add(Meter(id=number, serial=f"M{number}"))
        db.add(Meter(id=homes + 1, serial="D1", kind="dtr"))
        db.flush()
        for number in range(1, homes + 2):
            home = number if number <= homes else None
            db.add(MeterInstallation(meter_id=number, connection_id=home, dtr_id=1, from_at=day_start(since)))
        bump_registry(db)


def reads(wh, first=MONDAY, **values):
    """Readings of meters: id → Wh by half-hour from the start of `first`, `NONE` where nothing was read."""
    rows = [
        {"meter_id": meter, "start_s": day_start_s(first) + 1800 * slot, "minutes": 30, "wh": value}
        | {name: given[meter][slot] for name, given in values.items() if meter in given}
        for meter, series in wh.items()
        for slot, value in enumerate(series)
        if value != NONE
    ]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def varied(meters=range(1, HOMES + 2), blocks=48, seed=1):
    """Plausible readings of some meters: id → Wh."""
    chance = np.random.default_rng(seed)
    return {meter: chance.integers(20, 400, blocks).tolist() for meter in meters}


def land(frame, now=MORNING, number=None):
    """Acknowledge readings as one batch. number: the receipt's, where it is not the next."""
    if frame.is_empty():
        return
    path = landing.put(frame, now)
    with session() as db:
        db.add(
            ReadBatch(
                id=number,
                source="test",
                batch_key=str(next(_count)),
                content_hash="",
                received_at=now,
                path=path,
                rows=len(frame),
                accepted=len(frame),
                rejected=0,
                duplicates=0,
                total_wh=int(frame["wh"].cast(pl.Int64).sum()),
                first_start_s=frame["start_s"].min(),
                last_end_s=frame["start_s"].max() + 1800,
            )
        )


def fold(now=MORNING):
    """Fold all there is."""
    while True:
        with session() as db:
            if days.fold(db, now) is None:
                return


def close(now=MORNING):
    """Fold, and close all that wants closing."""
    fold(now)
    with session() as db:
        wanted = days.days_to_close(db, now)
    for day in sorted({day for day, _ in wanted}):
        days.close(day, [bucket for one, bucket in wanted if one == day], now)
    return wanted


def event(meter, code, at, now=MORNING):
    """An event, `at` hours after Monday's midnight, as its door takes it."""
    at_s = day_start_s(MONDAY) + int(at * 3600)
    with session() as db:
        home = meter if meter <= HOMES else None
        db.add(MeterEvent(meter_id=meter, connection_id=home, dtr_id=1, code=code, at_s=at_s))
        days.reopen(db, pl.DataFrame({"meter_id": [meter], "code": [code], "at_s": [at_s]}), now)


def rolled(home, day=MONDAY):
    """A connection's roll-up."""
    with session() as db:
        return db.get(ConnectionDay, (home, day))


def dtr(day=MONDAY):
    """The DTR's roll-up."""
    with session() as db:
        return db.get(DtrDay, (1, day))


def after(number):
    """The morning `number` days after Tuesday's."""
    return MORNING + timedelta(days=number)
