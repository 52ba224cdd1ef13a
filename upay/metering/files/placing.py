"""Whose readings a file's are: meters it names that we know, a connection's meters, or new ones."""
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl
from sqlmodel import Session, col, or_, select

from upay.errors import Problem
from upay.metering.files.content import Content, Remark
from upay.metering.files.registering import register_meters, serial_name
from upay.network import Connection, Meter, MeterInstallation, bump_registry, connection_by_number

_SHOWN = 8


@dataclass(frozen=True)
class Wish:
    """What the person said about the file's meters.

    meter: take this one alone, by name, identifier or place.  connection: its number; what names no meter of ours is
    its.  register: make meters and connections for unknown ones.
    """

    meter: str | None = None
    connection: str | None = None
    register: bool = False


@dataclass
class Placed:
    """Reads with `serial` in the place of `meter`, whose they are, and what was done to make room for them."""

    reads: pl.DataFrame
    connections: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def place(session: Session, content: Content, wish: Wish, name: str, now: datetime) -> Placed:
    """Place a file's reads on meters of ours. name: the file's, for what it does not name itself.

    A file that names meters of ours goes to these. Raises Problem `files.no_such_meter`, `files.unknown_connection`,
    `files.several_meters`, `files.other_meter`, `files.not_named`, `reads.unknown_meter`.
    """
    reads, meters = content.reads, content.meters
    if wish.meter is not None:
        meters = [_picked(content, wish.meter)]
        reads = reads.filter(pl.col("meter") == meters[0])
    serials = {meter: _known(session, _names(content, meter, name, wish)) for meter in meters}
    strange = [meter for meter, serial in serials.items() if serial is None]
    placed = Placed(_named(reads, serials))
    if wish.connection is not None:
        _on_connection(session, placed, wish.connection, serials, strange)
    elif strange and wish.register:
        unknown = placed.reads.filter(pl.col("meter").is_in(strange, nulls_equal=True))
        serials.update(register_meters(session, unknown, name))
        placed.reads = _named(reads, serials)
        placed.remarks.append(Remark("files.registered", {"count": len(strange)}))
    elif len(strange) == len(meters):
        raise _nowhere(meters)
    placed.connections = placed.connections or _connections(session, {s for s in serials.values() if s})
    return placed


def _picked(content: Content, wanted: str) -> str | None:
    """The meter that goes by this name; where none does, the one at this place, counted from 1."""
    known = [meter for meter in content.meters if meter is not None]
    found = [meter for meter in known if wanted in content.aliases.get(meter, (meter,))]
    if not found and wanted.isdigit() and 0 < int(wanted) <= len(known):
        found = [known[int(wanted) - 1]]
    if len(found) != 1:
        raise Problem("files.no_such_meter", {"meter": wanted, "meters": _list(known)})
    return found[0]


def _names(content: Content, meter: str | None, file: str, wish: Wish) -> list[str]:
    """Serials under which a meter of the file may stand here, as it is or as an earlier import registered it."""
    if meter is None:
        return [serial_name(file)] if wish.register else []
    names = content.aliases.get(meter, (meter,))
    return [*names, *(serial_name(name) for name in names)]


def _known(session: Session, names: list[str]) -> str | None:
    return session.exec(select(Meter.serial).where(col(Meter.serial).in_(names))).first() if names else None


def _named(reads: pl.DataFrame, serials: dict[str | None, str | None]) -> pl.DataFrame:
    """Add `serial`: ours where the meter is known, else what the file calls it."""
    names = pl.DataFrame(
        {"meter": list(serials), "serial": [serials[meter] or meter for meter in serials]},
        schema={"meter": pl.String, "serial": pl.String},
    )
    return reads.join(names, on="meter", how="left", nulls_equal=True, maintain_order="left")


def _on_connection(
    session: Session,
    placed: Placed,
    number: str,
    serials: dict[str | None, str | None],
    strange: list[str | None],
) -> None:
    connection = connection_by_number(session, number)
    if connection is None:
        raise Problem("files.unknown_connection", {"connection": number}, 404)
    stands = _installations(session, connection)
    theirs = {serial for serial, _ in stands}
    for serial in serials.values():
        if serial is not None and serial not in theirs:
            raise Problem("files.other_meter", {"meter": serial, "connection": number})
    if len(strange) > 1:
        raise Problem("files.several_meters", {"meters": _list([meter or "" for meter in strange])})
    placed.connections = [number]
    if not stands:
        raise Problem("files.no_meter_there", {"connection": number})
    if strange:
        mine = pl.col("meter").is_in(strange, nulls_equal=True)
        own = placed.reads.filter(mine)
        placed.reads = pl.concat([placed.reads.filter(~mine), _by_time(own, stands)])
        _reach_back(session, stands[0], own, placed)


def _installations(session: Session, connection: Connection) -> list[tuple[str, MeterInstallation]]:
    """A connection's meters by the time they were installed."""
    found = session.exec(
        select(Meter.serial, MeterInstallation)
        .join(MeterInstallation, col(MeterInstallation.meter_id) == col(Meter.id))
        .where(MeterInstallation.connection_id == connection.id)
        .order_by(col(MeterInstallation.from_at))
    )
    return [(serial, installation) for serial, installation in found]


def _by_time(reads: pl.DataFrame, stands: list[tuple[str, MeterInstallation]]) -> pl.DataFrame:
    """Each block goes to the meter that stood there when it began; what lies before the first, to the first."""
    begins = pl.DataFrame(
        {
            "start_s": [int(installation.from_at.timestamp()) for _, installation in stands],
            "stood": [serial for serial, _ in stands],
        }
    )
    ordered = reads.with_row_index("place").sort("start_s", nulls_last=True)
    joined = ordered.join_asof(begins, on="start_s").sort("place").drop("place")
    return joined.with_columns(pl.col("stood").fill_null(stands[0][0]).alias("serial")).drop("stood")


def _reach_back(
    session: Session, first: tuple[str, MeterInstallation], reads: pl.DataFrame, placed: Placed
) -> None:
    """A first installation younger than the readings began with them, unless its meter stood elsewhere then."""
    serial, installation = first
    oldest_s = reads["start_s"].min()
    if not isinstance(oldest_s, int) or oldest_s >= installation.from_at.timestamp():
        return
    oldest = datetime.fromtimestamp(oldest_s, UTC)
    elsewhere = session.exec(
        select(MeterInstallation).where(
            MeterInstallation.meter_id == installation.meter_id,
            MeterInstallation.id != installation.id,
            MeterInstallation.from_at < installation.from_at,
            or_(col(MeterInstallation.to_at).is_(None), col(MeterInstallation.to_at) > oldest),
        )
    ).first()
    if elsewhere is not None:
        raise Problem("files.stood_elsewhere", {"meter": serial})
    before = installation.from_at.isoformat()
    installation.from_at = oldest
    session.add(installation)
    bump_registry(session)
    moved: dict[str, str | int] = {"meter": serial, "before": before, "after": oldest.isoformat()}
    placed.remarks.append(Remark("files.reached_back", moved))


def _connections(session: Session, serials: set[str]) -> list[str]:
    """The numbers of the connections that these meters have measured."""
    found: set[str] = set()
    ordered = sorted(serials)
    for begin in range(0, len(ordered), 500):
        asked = (
            select(Connection.number)
            .join(MeterInstallation, col(MeterInstallation.connection_id) == col(Connection.id))
            .join(Meter, col(Meter.id) == col(MeterInstallation.meter_id))
            .where(col(Meter.serial).in_(ordered[begin : begin + 500]))
        )
        found.update(session.exec(asked))
    return sorted(found)


def _nowhere(meters: list[str | None]) -> Problem:
    named = [meter for meter in meters if meter is not None]
    if not named:
        return Problem("files.not_named")
    return Problem("reads.unknown_meter", {"serial": _list(named)})


def _list(names: list[str]) -> str:
    shown = ", ".join(names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} … ({len(names)})"
