"""New meters and connections for a file whose meters nobody knows: under a DTR of their own, called IMPORT."""
import math
import re
from datetime import UTC, datetime
from typing import TypeVar

import polars as pl
from sqlmodel import Session, SQLModel, col, func, select

from upay.clock import day_of
from upay.metering.files.energy import whole_wh
from upay.network import (
    Connection,
    Dtr,
    Feeder,
    Meter,
    MeterInstallation,
    Substation,
    Zone,
    bump_registry,
)
from upay.text import say

CODE = "IMPORT"
# Numbers of imported connections: a range of their own, above those that utilities give out.
_FIRST_NUMBER = 9_900_000_000
_SERIAL_LENGTH = 32
_Row = TypeVar("_Row", bound=SQLModel)


def register_meters(session: Session, reads: pl.DataFrame, file: str) -> dict[str | None, str | None]:
    """Make a meter on a connection for each meter of `reads`; meter as the file calls it → serial.

    reads: of unknown meters, columns as in `Content.reads`.  file: its name, for a meter that it does not name. Each is
    installed from its first block on; its sanctioned load is what it has drawn, in whole kW.
    """
    dtr = _dtr(session)
    highest = session.exec(select(func.max(Connection.number)).where(Connection.number >= str(_FIRST_NUMBER))).one()
    free = int(highest) + 1 if highest else _FIRST_NUMBER
    serials: dict[str | None, str | None] = {}
    for number, (name, own) in enumerate(_by_meter(reads), free):
        serial = _unused(session, serial_name(name or file))
        minutes = own["minutes"].drop_nulls()
        begins = own["start_s"].drop_nulls()
        if not len(begins):
            continue
        since = datetime.fromtimestamp(int(begins.min()), UTC)  # type: ignore[arg-type]
        meter = _added(session, Meter(serial=serial, minutes=int(minutes.mode().min()) if len(minutes) else 30))  # type: ignore[arg-type]
        connection = _added(
            session,
            Connection(
                number=str(number),
                dtr_id=dtr.id or 0,
                consumer_name=name or file,
                tariff_id="unassigned",
                sanctioned_load_w=_load_w(own),
                has_solar=_exports(own),
                energised_on=day_of(since),
            ),
        )
        stands = MeterInstallation(
            meter_id=meter.id or 0, connection_id=connection.id, dtr_id=dtr.id or 0, from_at=since
        )
        session.add(stands)
        serials[name] = serial
    bump_registry(session)
    session.flush()
    return serials


def _by_meter(reads: pl.DataFrame) -> list[tuple[str | None, pl.DataFrame]]:
    return [(own["meter"][0], own) for own in reads.partition_by("meter", maintain_order=True)]


def serial_name(name: str) -> str:
    """The serial that a meter of this name is registered under: no blanks, at most 32 characters."""
    return re.sub(r"\s+", "-", name.strip())[:_SERIAL_LENGTH]


def _unused(session: Session, plain: str) -> str:
    """The serial, or where another name has come to it, the next that is free."""
    serial, number = plain, 1
    while session.exec(select(Meter.id).where(Meter.serial == serial)).first() is not None:
        number += 1
        serial = f"{plain[: _SERIAL_LENGTH - 4]}-{number}"
    return serial


def _load_w(own: pl.DataFrame) -> int:
    """The highest block's mean power, rounded up to whole kW, at least one."""
    watts = whole_wh(own["wh"], 0) * 60 / own["minutes"].cast(pl.Float64).fill_null(30.0).clip(1)
    highest = watts.max()
    return 1000 * max(1, math.ceil(highest / 1000)) if isinstance(highest, float) else 1000


def _exports(own: pl.DataFrame) -> bool:
    return "export_wh" in own.columns and bool((whole_wh(own["export_wh"], 0) > 0).any())


def _dtr(session: Session) -> Dtr:
    found = session.exec(select(Dtr).where(col(Dtr.code) == CODE)).first()
    if found is not None:
        return found
    name, name_hi = (say("files.import_place", language) for language in ("en", "hi"))
    zone = _added(session, Zone(code=CODE, name=name, name_hi=name_hi))
    substation = _added(session, Substation(zone_id=zone.id or 0, code=CODE, name=name, name_hi=name_hi))
    feeder = _added(session, Feeder(substation_id=substation.id or 0, code=CODE, name=name, name_hi=name_hi))
    return _added(session, Dtr(feeder_id=feeder.id or 0, code=CODE, name=name, name_hi=name_hi, capacity_kva=100))


def _added(session: Session, row: _Row) -> _Row:
    session.add(row)
    session.flush()
    return row
