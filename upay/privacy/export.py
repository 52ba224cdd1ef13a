"""A person's copy of their data: a ZIP of JSON files per noun, readings as CSV, bills as PDF.

It is built by a job in pieces, so that its page can tell how far it is, and a builder that died is followed by another,
which begins anew. Only what is the person's own goes in: of connections, those whose registered number is theirs; a
grandmother's readings are hers, whatever she lets her grandson see.
"""

import json
import secrets
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select, update

from upay.accounts.models import Person
from upay.clock import day_of
from upay.errors import Problem
from upay.network.models import Connection, MeterInstallation
from upay.notices.models import Message
from upay.packs import pack
from upay.privacy.holdings import HOLDINGS
from upay.privacy.models import DataExport
from upay.settings import settings
from upay.text import say

STALE = timedelta(minutes=2)

Sessions = Callable[[], AbstractContextManager[Session]]
Readings = Callable[[Session, int, date, date], str]
"""The readings of a connection from a day to a day, both included, as CSV with one heading line."""
Papers = Callable[[Session, int], Iterator[tuple[str, bytes]]]
"""The bills of a connection: file name and content."""


@dataclass(frozen=True)
class Parts:
    """Where a copy's larger parts come from; other folders know them."""

    readings: Readings
    papers: Papers


def ask_export(session: Session, person_id: int, now: datetime) -> DataExport:
    """Ask for a copy. One that is under way already is meant. Raises Problem 429 privacy.too_many_exports."""
    mine = select(DataExport).where(DataExport.person_id == person_id)
    under_way = session.exec(mine.where(col(DataExport.state).in_(("asked", "building")))).first()
    if under_way is not None:
        return under_way
    most = pack().row("privacy", day_of(now))["exports_a_day"]
    if len(session.exec(mine.where(DataExport.asked_at > now - timedelta(days=1))).all()) >= most:
        raise Problem("privacy.too_many_exports", status=429)
    person = session.get_one(Person, person_id)
    made = DataExport(person_id=person_id, language=person.language, asked_at=now)
    session.add(made)
    session.flush()
    return made


def latest_export(session: Session, person_id: int, now: datetime) -> DataExport | None:
    """The copy a person asked for last, unless it is gone."""
    asked = select(DataExport).where(DataExport.person_id == person_id).order_by(col(DataExport.id).desc())
    found = session.exec(asked.limit(1)).first()
    return None if found is None or found.state == "gone" or _is_over(found, now) else found


def export_file(session: Session, person_id: int, export_id: int, now: datetime) -> Path:
    """The file of a person's own copy. Raises Problem 404 privacy.no_export for any other, and once its day is over."""
    found = session.get(DataExport, export_id)
    if found is None or found.person_id != person_id or found.state != "ready" or _is_over(found, now):
        raise Problem("privacy.no_export", status=404)
    return settings().exports / found.file


def next_export(session: Session, now: datetime) -> DataExport | None:
    """Take the next copy to be built, or one whose builder fell silent. Commit before building."""
    waiting = (col(DataExport.state) == "asked") | (
        (col(DataExport.state) == "building") & (col(DataExport.beat_at) < now - STALE)
    )
    number = session.exec(select(DataExport.id).where(waiting).order_by(col(DataExport.id)).limit(1)).first()
    taken = update(DataExport).where(col(DataExport.id) == number, waiting).values(state="building", beat_at=now)
    if number is None or session.exec(taken).rowcount == 0:
        return None
    return session.get_one(DataExport, number, populate_existing=True)


def build_export(export: DataExport, sessions: Sessions, parts: Parts, now: Callable[[], datetime]) -> None:
    """Write the copy, saying every piece how far it is, and make it ready. Nothing is left of one that failed."""
    assert export.id is not None
    name = f"{secrets.token_hex(16)}.zip"
    path = settings().exports / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            with sessions() as db:
                connections = _write_nouns(db, archive, export)
            months = [(each, *month) for each in connections for month in _months(sessions, each[0], day_of(now()))]
            for done in _write_readings(archive, sessions, months, parts):
                _go_on(sessions, export.id, 5 + 85 * done // len(months), now())
            for connection_id, number in connections:
                with sessions() as db:
                    for title, content in parts.papers(db, connection_id):
                        archive.writestr(f"bills/{number}/{title}", content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    hours = pack().row("privacy", day_of(now()))["export_hours"]
    with sessions() as db:
        ended = now()
        ready = {"file": name, "bytes": path.stat().st_size, "ready_at": ended, "percent": 100, "state": "ready"}
        values = ready | {"expires_at": ended + timedelta(hours=hours)}
        db.exec(update(DataExport).where(col(DataExport.id) == export.id).values(**values))


def fail_export(session: Session, export_id: int) -> None:
    """A copy could not be built; its page says so, and it can be asked for again."""
    session.exec(update(DataExport).where(col(DataExport.id) == export_id).values(state="failed"))


def forget_exports(session: Session, now: datetime) -> int:
    """Remove the files whose day is over, and files that no copy knows of. Returns how many copies went."""
    over = session.exec(
        select(DataExport).where(DataExport.state == "ready", col(DataExport.expires_at) <= now)
    ).all()
    for export in over:
        (settings().exports / export.file).unlink(missing_ok=True)
        export.state, export.file = "gone", ""
        session.add(export)
    known = set(session.exec(select(DataExport.file).where(DataExport.state == "ready")))
    building = session.exec(select(func.count()).where(col(DataExport.state) == "building")).one()
    if not building and settings().exports.is_dir():
        for path in settings().exports.iterdir():
            if path.name not in known:
                path.unlink(missing_ok=True)
    return len(over)


def _is_over(export: DataExport, now: datetime) -> bool:
    return export.expires_at is not None and export.expires_at <= now


def _go_on(sessions: Sessions, export_id: int, percent: int, now: datetime) -> None:
    with sessions() as db:
        mine = update(DataExport).where(col(DataExport.id) == export_id)
        db.exec(mine.values(percent=percent, beat_at=now))


def _write_nouns(db: Session, archive: zipfile.ZipFile, export: DataExport) -> list[tuple[int, str]]:
    """The JSON files; returns id and number of the person's own connections."""
    person = db.get_one(Person, export.person_id)
    own = db.exec(select(Connection).where(Connection.mobile == person.mobile).order_by(Connection.number)).all()
    addresses = [each for each in (person.mobile, person.email) if each]
    sent = select(Message).where(col(Message.to).in_(addresses), Message.state != "void")
    messages = db.exec(sent.order_by(col(Message.id))).all()
    nouns: dict[str, Any] = {
        "person": person.model_dump(),
        "connections": [connection.model_dump() for connection in own],
        "messages": [message.model_dump(include={"channel", "to", "text", "created_at"}) for message in messages],
    }
    for holding in HOLDINGS:
        if holding.noun:
            mine = holding.rows.c[holding.column] == export.person_id
            rows = db.connection().execute(holding.rows.select().where(mine))
            nouns[holding.noun] = [holding.seen(row) for row in rows]
    for noun, told in nouns.items():
        archive.writestr(f"{noun}.json", json.dumps(told, ensure_ascii=False, indent=1, default=str))
    archive.writestr("README.txt", say("privacy.readme", export.language, at=export.asked_at.isoformat()))
    return [(connection.id or 0, connection.number) for connection in own]


def _months(sessions: Sessions, connection_id: int, today: date) -> Iterator[tuple[date, date]]:
    """The months since a connection's first meter, as first and last day."""
    with sessions() as db:
        stays = select(MeterInstallation.from_at).where(MeterInstallation.connection_id == connection_id)
        first_at = db.exec(stays.order_by(col(MeterInstallation.from_at)).limit(1)).first()
    if first_at is None:
        return
    first = day_of(first_at)
    while first <= today:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield first, min(today, following - timedelta(days=1))
        first = following


def _write_readings(
    archive: zipfile.ZipFile, sessions: Sessions, months: list[tuple[tuple[int, str], date, date]], parts: Parts
) -> Iterator[int]:
    """One CSV a connection, written month by month; after each, how many months are done."""
    by_connection: dict[tuple[int, str], list[tuple[date, date]]] = {}
    for connection, first, last in months:
        by_connection.setdefault(connection, []).append((first, last))
    done = 0
    for (connection_id, number), spans in by_connection.items():
        with archive.open(f"readings/{number}.csv", "w") as file:
            for turn, (first, last) in enumerate(spans):
                with sessions() as db:
                    text = parts.readings(db, connection_id, first, last)
                heading, _, rest = text.partition("\n")
                file.write((rest if turn else f"{heading}\n{rest}").encode())
                done += 1
                yield done
