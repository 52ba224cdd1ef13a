"""The quarantine: rows that could not be taken, kept with the reason until it is mended and they can be."""
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from upay.metering.intake.examine import Rejected
from upay.metering.models import Quarantine

_SLICE = 2_000
_T = TypeVar("_T")


def keep(
    session: Session, door: str, source: str, now: datetime, rows: Iterable[Rejected], batch_id: int | None = None
) -> None:
    """Keep rows that were not taken, however many they are."""
    for part in _parts(rows):
        session.exec(
            insert(Quarantine),
            params=[
                {
                    "door": door,
                    "batch_id": batch_id,
                    "source": source,
                    "row_number": row.row,
                    "code": row.code,
                    "params": row.params,
                    "raw": dict(row.raw),
                    "serial": row.serial,
                    "received_at": now,
                }
                for row in part
            ],
        )


def held(
    session: Session,
    *,
    source: str | None = None,
    door: str | None = None,
    code: str | None = None,
    ids: Iterable[int] | None = None,
    after: int = 0,
    limit: int = 100,
) -> list[Quarantine]:
    """Rows that still wait, oldest first; the last id is the `after` of the next page."""
    query = select(Quarantine).where(col(Quarantine.settled_at).is_(None), col(Quarantine.id) > after)
    if source is not None:
        query = query.where(Quarantine.source == source)
    if door is not None:
        query = query.where(Quarantine.door == door)
    if code is not None:
        query = query.where(Quarantine.code == code)
    if ids is not None:
        query = query.where(col(Quarantine.id).in_(list(ids)))
    return list(session.exec(query.order_by(col(Quarantine.id)).limit(limit)).all())


def settle(session: Session, ids: Iterable[int], now: datetime) -> None:
    """Mark rows as taken."""
    for part in _parts(ids):
        session.exec(update(Quarantine).where(col(Quarantine.id).in_(part)).values(settled_at=now))


def restate(session: Session, reasons: Iterable[tuple[int, Rejected]]) -> None:
    """Rows that failed again, perhaps for another reason than before."""
    for part in _parts(reasons):
        changed = [{"id": number, "code": row.code, "params": row.params} for number, row in part]
        session.exec(update(Quarantine), params=changed)


def shown(row: Quarantine) -> dict[str, Any]:
    """A row for an answer."""
    return {
        "id": row.id,
        "door": row.door,
        "batch": row.batch_id,
        "row": row.row_number,
        "code": row.code,
        "params": row.params,
        "raw": row.raw,
        "received_at": row.received_at.isoformat(),
    }


def _parts(items: Iterable[_T]) -> Iterator[list[_T]]:
    rest = iter(items)
    while part := list(islice(rest, _SLICE)):
        yield part
