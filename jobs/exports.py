"""Build the copies of their data that people have asked for."""
from collections.abc import Iterator
from datetime import date, datetime

from sqlmodel import Session

from upay import clock, privacy
from upay.billing import bill_file, bills_of, sheet
from upay.db import session
from upay.metering.files import export_blocks
from upay.text import LANGUAGES

_AT_ONCE = 20
_MOST_BILLS = 1_200


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Build what waits. Returns how many were built."""
    parts = privacy.Parts(_readings, _papers)
    for built in range(_AT_ONCE):
        with session() as db:
            export = privacy.next_export(db, clock.now())
        if export is None or export.id is None:
            return built
        try:
            privacy.build_export(export, session, parts, clock.now)
        except Exception:
            with session() as db:
                privacy.fail_export(db, export.id)
            raise
    return _AT_ONCE


def _readings(db: Session, connection_id: int, first: date, last: date) -> str:
    return b"".join(export_blocks(db, connection_id, first, last, "csv").pieces()).decode()


def _papers(db: Session, connection_id: int) -> Iterator[tuple[str, bytes]]:
    """Every standing bill as it was printed, the latest first."""
    for bill in bills_of(db, connection_id, limit=_MOST_BILLS):
        yield bill_file(sheet(db, bill), LANGUAGES[0])
