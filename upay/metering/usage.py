"""What a connection used: blocks and days, closed and open alike, over all its meters.

The readings themselves, before anything is drawn: pages, exports and bills ask here.
"""
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl
import sqlalchemy
from sqlalchemy import bindparam
from sqlmodel import Session, col, func, or_, select

from upay.clock import DAY_S, day_of, day_start, day_start_s
from upay.metering.days import blocks as block_table
from upay.metering.days.dense import dense_days
from upay.metering.days.opened import open_reads, standing
from upay.metering.days.outages import FAILED, RESTORED, pair
from upay.metering.models import ConnectionDay, DayClose, LiveReading, MeterEvent, Quality, ReadBatch
from upay.network import meters_standing_at
from upay.network.models import Connection, MeterInstallation
from upay.settings import settings
from upay.work.models import Counter

_FOREVER_S = 2**61

# Statements that pages ask all the time: building one costs as much as running it.
_LIVE = select(LiveReading).where(col(LiveReading.meter_id).in_(bindparam("meters", expanding=True)))
_STAYS = (
    select(MeterInstallation.meter_id, MeterInstallation.from_at, MeterInstallation.to_at)
    .where(
        MeterInstallation.connection_id == bindparam("connection"),
        MeterInstallation.from_at < bindparam("end"),
        or_(col(MeterInstallation.to_at).is_(None), col(MeterInstallation.to_at) > bindparam("begin")),
    )
    .order_by(col(MeterInstallation.from_at))
)


@dataclass(frozen=True)
class Outage:
    """A power failure as the meter reported it, UTC seconds; `to_s` is None while it lasts."""

    from_s: int
    to_s: int | None


def stays(session: Session, connection_id: int, first: date, last: date) -> list[tuple[int, int, int]]:
    """Which meters stood at the connection during [first, last]: meter id, from, to (UTC s)."""
    asked = {"connection": connection_id, "begin": day_start(first), "end": day_start(last + timedelta(days=1))}
    return [
        (meter_id, int(from_at.timestamp()), int(to_at.timestamp()) if to_at else _FOREVER_S)
        for meter_id, from_at, to_at in session.connection().execute(_STAYS, asked)
    ]


def meters_of(session: Session, connection_id: int) -> list[int]:
    """The meters that stand at a connection, or stood there last: whose readings are news for its page."""
    return list(meters_standing_at(session, [connection_id]).get(connection_id, ()))


def first_day(session: Session, connection_id: int) -> date | None:
    """The day its first meter was installed, None where it never had one."""
    found = session.scalar(
        select(func.min(MeterInstallation.from_at)).where(MeterInstallation.connection_id == connection_id)
    )
    return None if found is None else day_of(found)


def blocks(session: Session, connection_id: int, first: date, last: date) -> pl.DataFrame:
    """The blocks of the days [first, last], in order: start_s, minutes, wh, export_wh, dv, quality, rule, band.

    Closed days as they were settled (wh null where nothing is known, quality MISSING); open days as far as they were
    read. rule: bits of `vee.Flag`; band: place among the pack's time-of-day bands.
    """
    held = stays(session, connection_id, first, last)
    meters = sorted({meter_id for meter_id, _, _ in held})
    if not meters:
        return block_table.SCHEMA.to_frame()
    known = standing(session, meters, first, last)
    closed = block_table.from_days(known.in_lake(dense_days(meters, first, last, block_table.LISTS)))
    if not known.opened.is_empty():
        closed = pl.concat([closed, block_table.from_reads(known.opened)], how="vertical_relaxed")
    return block_table.of_stays(closed, held)


def days(session: Session, connection_id: int, first: date, last: date) -> list[ConnectionDay]:
    """The roll-ups of the days [first, last] that are known, in order; open ones summed from what was read so far.

    An open day has version 0, and `blocks` of the whole day. The rows of open days belong to no session.
    """
    closed = session.exec(
        select(ConnectionDay)
        .where(ConnectionDay.connection_id == connection_id, ConnectionDay.day >= first, ConnectionDay.day <= last)
        .order_by(col(ConnectionDay.day))
    ).all()
    known = {row.day for row in closed}
    missing = [day for number in range((last - first).days + 1) if (day := first + timedelta(days=number)) not in known]
    if not missing:
        return list(closed)
    return sorted([*closed, *_open_days(session, connection_id, missing)], key=lambda row: row.day)


def outages(session: Session, connection_id: int, first: date, last: date) -> list[Outage]:
    """The power failures that the connection's meters reported and that touch the days [first, last]."""
    first_s, end_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    found = session.exec(
        select(MeterEvent.meter_id, MeterEvent.code, MeterEvent.at_s).where(
            MeterEvent.connection_id == connection_id,
            col(MeterEvent.code).in_((FAILED, RESTORED)),
            MeterEvent.at_s >= first_s - 30 * DAY_S,
        )
    ).all()
    events = pl.DataFrame(
        [tuple(row) for row in found], schema={"meter_id": pl.Int64, "code": pl.Int64, "at_s": pl.Int64}, orient="row"
    )
    failures = pair(events, _FOREVER_S, _FOREVER_S).sort("from_s")
    touching = failures.filter((pl.col("from_s") < end_s) & (pl.col("to_s") > first_s))
    return [Outage(from_s, None if to_s == _FOREVER_S else to_s) for _, from_s, to_s in touching.iter_rows()]


def live_of_meters(session: Session, meter_ids: Collection[int]) -> dict[int, LiveReading]:
    """The latest instantaneous reading of each of these meters; one that has none is left out."""
    if not meter_ids:
        return {}
    found = session.exec(_LIVE, params={"meters": list(meter_ids)}).all()
    return {reading.meter_id: reading for reading in found}


def last_read_s(session: Session, connection_id: int) -> int | None:
    """The end (UTC s) of the last block that was read; None where nothing ever was."""
    meters = meters_of(session, connection_id)
    closed = session.scalar(select(func.max(DayClose.day)))
    begin = closed or first_day(session, connection_id)
    if begin is None:
        return None
    opened = open_reads(session, meters, begin, begin + timedelta(days=400))
    if not opened.is_empty():
        return int(opened.select((pl.col("start_s") + pl.col("minutes").cast(pl.Int64) * 60).max()).item())
    day = session.scalar(
        select(func.max(ConnectionDay.day)).where(
            ConnectionDay.connection_id == connection_id, ConnectionDay.actual > 0
        )
    )
    if day is None:
        return None
    read = blocks(session, connection_id, day, day).filter(pl.col("quality") == Quality.ACTUAL)
    return read.select((pl.col("start_s") + pl.col("minutes").cast(pl.Int64) * 60).max()).item()


# Receipts' ids are handed out before they are committed, so one may appear below the highest: the last few are counted.
_LAST_RECEIPTS = select(func.max(ReadBatch.id) - 64).scalar_subquery()
_MARKS = sqlalchemy.select(
    select(func.max(DayClose.id)).scalar_subquery(),
    select(func.max(ReadBatch.id)).scalar_subquery(),
    select(func.count()).where(col(ReadBatch.id) > _LAST_RECEIPTS).scalar_subquery(),
    select(func.max(MeterEvent.id)).scalar_subquery(),
    select(Counter.value).where(Counter.name == "registry").scalar_subquery(),
)


def data_version(session: Session) -> str:
    """A token that changes whenever anything shown of any connection may have changed: a key for caches."""
    return ".".join(str(mark or 0) for mark in session.connection().execute(_MARKS).one())


def _open_days(session: Session, connection_id: int, missing: list[date]) -> list[ConnectionDay]:
    held = stays(session, connection_id, missing[0], missing[-1])
    meters = sorted({meter_id for meter_id, _, _ in held})
    read = open_reads(session, meters, missing[0], missing[-1])
    if read.is_empty():
        return []
    table = block_table.of_stays(block_table.from_reads(read), held)
    dtr_id = session.exec(select(Connection.dtr_id).where(Connection.id == connection_id)).one()
    number = (pl.col("start_s") - day_start_s(date(1970, 1, 1))) // DAY_S
    rows: list[ConnectionDay] = []
    for (day,), part in table.with_columns(number.cast(pl.Int32).cast(pl.Date).alias("day")).group_by("day"):
        if day in missing:
            rows.append(_open_day(connection_id, dtr_id, meters[-1], day, part))  # type: ignore[arg-type]
    return rows


def _open_day(connection_id: int, dtr_id: int, meter_id: int, day: date, part: pl.DataFrame) -> ConnectionDay:
    """What was read of an open day so far, in the shape of a closed one."""
    energy = part["wh"].cast(pl.Int64)
    power = energy * 60 // part["minutes"].cast(pl.Int64)
    alive = part["dv"].filter(part["dv"] > 0)
    estimated = part["quality"].is_between(Quality.LINEAR, Quality.PROFILE)
    bands = [int(energy.filter(part["band"] == band).sum()) for band in range(3)]
    peak = power.arg_max()
    return ConnectionDay(
        connection_id=connection_id,
        day=day,
        dtr_id=dtr_id,
        bucket=meter_id % settings().buckets,
        version=0,
        import_wh=int(energy.sum()),
        export_wh=int(part["export_wh"].cast(pl.Int64).sum()),
        peak_w=int(power.max() or 0),  # type: ignore[arg-type]
        peak_start_s=None if peak is None else part["start_s"][peak],
        band0_wh=bands[0],
        band1_wh=bands[1],
        band2_wh=bands[2],
        min_dv=alive.min(),  # type: ignore[arg-type]
        max_dv=alive.max(),  # type: ignore[arg-type]
        blocks=1440 // int(part["minutes"].min()),  # type: ignore[arg-type]
        actual=int((part["quality"] <= Quality.OUTAGE).sum()),
        estimated=int(estimated.sum()),
        estimated_wh=int(energy.filter(estimated).sum()),
        quality=int(part["quality"].max()),  # type: ignore[arg-type]
    )
