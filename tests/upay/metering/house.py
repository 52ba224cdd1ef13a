"""One house for the tests of what its pages say: a connection whose meter was installed on 1 November 2026."""
from datetime import UTC, date, datetime, timedelta

import polars as pl

from upay.clock import day_start, day_start_s
from upay.db import session
from upay.metering.intake import take_frame
from upay.metering.models import ConnectionDay
from upay.network import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone, bump_registry

TODAY = date(2026, 11, 23)
TEN = day_start(TODAY) + timedelta(hours=10)
INSTALLED = day_start(date(2026, 11, 1))


def build_house() -> int:
    """Returns the connection's id; its meter is M1."""
    with session() as db:
        named = {"id": 1, "code": "X", "name": "X", "name_hi": "X"}
        above = {Zone: {}, Substation: {"zone_id": 1}, Feeder: {"substation_id": 1}}
        for table, parent in (above | {Dtr: {"feeder_id": 1, "capacity_kva": 100}}).items():
            db.add(table(**named, **parent))
            db.flush()
        home = Connection(
            number="1000000018", dtr_id=1, consumer_name="Asha", tariff_id="up-lmv1-urban", sanctioned_load_w=2000
        )
        meter = Meter(serial="M1")
        db.add_all([home, meter])
        db.flush()
        db.add(MeterInstallation(meter_id=meter.id, connection_id=home.id, dtr_id=1, from_at=INSTALLED))
        bump_registry(db)
        return home.id or 0


def close_day(connection_id: int, day: date, wh: int, **more: int) -> None:
    """The roll-up of a closed day, all of its energy in the first band unless said otherwise."""
    told = {"connection_id": connection_id, "dtr_id": 1, "bucket": 0, "version": 1}
    facts = {"band0_wh": wh, "blocks": 48, "actual": 48, "estimated": 0, "quality": 0} | more
    with session() as db:
        db.add(ConnectionDay(day=day, import_wh=wh, **told, **facts))


def read(day: date, slots: dict[int, int], at: datetime = TEN) -> None:
    """Half-hours of a day as they came in: slot → Wh."""
    frame = pl.DataFrame(
        {
            "serial": ["M1"] * len(slots),
            "start_s": [day_start_s(day) + 1800 * slot for slot in slots],
            "minutes": [30] * len(slots),
            "wh": list(slots.values()),
        }
    )
    with session() as db:
        take_frame(db, frame, "test", f"{day}/{sorted(slots)}", at.astimezone(UTC))
