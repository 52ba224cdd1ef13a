"""The network: who is connected where, through which meter. What other folders may ask of it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from upay.network.load import NetworkReport, load_network
from upay.network.models import Connection, Dtr, Feeder, Meter, MeterInstallation, MeterKind, Substation, Zone
from upay.network.registry import Registry, forget, registry
from upay.work import bump

__all__ = [
    "Connection",
    "Dtr",
    "Feeder",
    "Meter",
    "MeterInstallation",
    "MeterKind",
    "NetworkReport",
    "Registry",
    "Substation",
    "Zone",
    "bump_registry",
    "connection_by_number",
    "forget",
    "load_network",
    "meter_of",
    "meters_standing_at",
    "registry",
    "zones",
]


def connection_by_number(session: Session, number: str) -> Connection | None:
    """The connection with this 10-digit consumer number."""
    return session.exec(select(Connection).where(Connection.number == number)).first()


def meter_of(session: Session, connection_id: int, at: datetime) -> Meter | None:
    """The meter that measures a connection at an instant; None before the first and between installations."""
    return session.exec(
        select(Meter)
        .join(MeterInstallation, col(MeterInstallation.meter_id) == col(Meter.id))
        .where(
            MeterInstallation.connection_id == connection_id,
            MeterInstallation.from_at <= at,
            or_(col(MeterInstallation.to_at).is_(None), col(MeterInstallation.to_at) > at),
        )
        .order_by(col(MeterInstallation.from_at).desc())
    ).first()


# Built once: every event of a page asks it.
_STAYS = (
    select(MeterInstallation.connection_id, MeterInstallation.meter_id, MeterInstallation.to_at)
    .where(col(MeterInstallation.connection_id).in_(bindparam("connections", expanding=True)))
    .order_by(col(MeterInstallation.from_at).desc())
)


def meters_standing_at(session: Session, connection_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """The meters that stand at each connection, or stood there last; a connection that never had one is left out."""
    stays: dict[int | None, list[tuple[int, bool]]] = {}
    if connection_ids:
        found = session.exec(_STAYS, params={"connections": list(connection_ids)})
        for connection_id, meter_id, to_at in found:
            stays.setdefault(connection_id, []).append((meter_id, to_at is None))
    return {
        number: tuple(meter_id for meter_id, stands in stays[number] if stands) or (stays[number][0][0],)
        for number in connection_ids
        if number in stays
    }


def zones(session: Session) -> list[Zone]:
    """Every zone, by code."""
    return list(session.exec(select(Zone).order_by(Zone.code)))


def bump_registry(session: Session) -> int:
    """Say that meters or installations changed: every process reads its registry anew. Returns the new version."""
    return bump(session, "registry")
