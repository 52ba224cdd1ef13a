"""The network: who is connected where, through which meter. What other folders may ask of it."""
from datetime import datetime

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


def zones(session: Session) -> list[Zone]:
    """Every zone, by code."""
    return list(session.exec(select(Zone).order_by(Zone.code)))


def bump_registry(session: Session) -> int:
    """Say that meters or installations changed: every process reads its registry anew. Returns the new version."""
    return bump(session, "registry")
