"""The audit log: who did what, to whose, when, why and from where. Entries are only ever added.

Each entry carries a seal: an HMAC, under the installation's key, over itself and the seal before it. Whoever changes,
removes, swaps or slips in an entry, even past the triggers that refuse it, breaks the chain there, and without the key
cannot mend it. The number of entries stands apart (counter `audit`), so that a cut at the end is seen too.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, col, select

from upay.accounts.keys import keep
from upay.accounts.models import AuditEntry
from upay.work import bump
from upay.work.models import Counter

_COUNTER = "audit"
_FIRST = "0" * 64
_AT_A_TIME = 2_000


@dataclass(frozen=True)
class Verdict:
    """What a look over the whole log found. entries: how many hold together, from the first on.  seal: of the last of
    them, to be noted elsewhere.  broken_at: the number of the first entry that does not, None when all do.
    why: an audit code, "" when all is well.
    """

    entries: int
    seal: str
    broken_at: int | None = None
    why: str = ""


def record(
    session: Session,
    *,
    actor: int | None,
    what: str,
    about: str = "",
    connection_id: int | None = None,
    why: str = "",
    where: str = "",
    now: datetime,
) -> AuditEntry:
    """Add an entry, in the transaction of what it tells of: both stand, or neither.

    actor: a person's id, None for a command or a job.  what: a key of the catalogues, for the log is shown to people.
    about: an id or a code, never a name.  where: an address.
    Others that record wait until this transaction ends: call it last, and keep what follows short.
    """
    # The counter's row is the lock: whoever raised it is alone until the commit, and the number leaves no gaps.
    number = bump(session, _COUNTER)
    before = session.exec(select(AuditEntry.seal).where(AuditEntry.id == number - 1)).first() or _FIRST
    entry = AuditEntry(
        id=number,
        at=now.astimezone(UTC),
        actor=actor,
        what=what,
        about=about[:120],
        connection_id=connection_id,
        why=why[:300],
        place=where[:64],
        before=before,
        seal="",
    )
    entry.seal = seal_of(entry)
    session.add(entry)
    session.flush()
    return entry


def verify(session: Session, noted: tuple[int, str] | None = None) -> Verdict:
    """Look over the whole log, in batches, so that memory stays flat.

    noted: number and seal of an entry, written down elsewhere: where the chain lacks them, the log was made anew.
    Codes: audit.gap, audit.wrong_before, audit.wrong_seal, audit.wrong_count, audit.not_as_noted.
    """
    last, seal = 0, _FIRST
    for entry in _all(session):
        if entry.id != last + 1:
            return Verdict(last, seal, last + 1, "audit.gap")
        if entry.before != seal:
            return Verdict(last, seal, entry.id, "audit.wrong_before")
        if entry.seal != seal_of(entry):
            return Verdict(last, seal, entry.id, "audit.wrong_seal")
        if noted and entry.id == noted[0] and entry.seal != noted[1]:
            return Verdict(last, seal, entry.id, "audit.not_as_noted")
        last, seal = entry.id, entry.seal
    counted = session.exec(select(Counter.value).where(Counter.name == _COUNTER)).first() or 0
    if counted != last:
        return Verdict(last, seal, min(last, counted) + 1, "audit.wrong_count")
    if noted and noted[0] > last:
        return Verdict(last, seal, last + 1, "audit.not_as_noted")
    return Verdict(last, seal)


def seal_of(entry: AuditEntry) -> str:
    """The seal an entry must bear: over its canonical JSON (sorted keys, no spaces, UTC to the microsecond)."""
    told = entry.model_dump(exclude={"seal"}) | {"at": entry.at.astimezone(UTC).isoformat(timespec="microseconds")}
    return keep("audit", json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def _all(session: Session) -> Iterator[AuditEntry]:
    done = -(1 << 62)
    while rows := session.exec(
        select(AuditEntry).where(AuditEntry.id > done).order_by(col(AuditEntry.id)).limit(_AT_A_TIME)
    ).all():
        yield from rows
        done = rows[-1].id
        session.expunge_all()
