"""Head-ends' keys: shown once, kept as SHA-256 (a key is 256 random bits, so a plain hash is enough), revocable."""
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from upay.errors import Problem
from upay.metering.models import HeadEndKey
from upay.network import Zone

_PREFIX = "upay_"
_HELD = select(HeadEndKey.head_end, col(HeadEndKey.zone_ids), HeadEndKey.revoked_at).where(
    col(HeadEndKey.key_hash) == bindparam("key_hash")
)


@dataclass(frozen=True)
class Sender:
    """Whoever holds a key. zone_ids: the zones whose meters it may report, None for all."""

    source: str
    zone_ids: list[int] | None


def source_of(head_end: str) -> str:
    """The name under which a head-end's batches are kept."""
    return f"head-end:{head_end}"


def issue(session: Session, head_end: str, zone_codes: list[str] | None, now: datetime) -> tuple[HeadEndKey, str]:
    """Make a key for a head-end, limited to zones if any are named. Returns record and key, which nothing keeps.

    Raises Problem `reads.unknown_zone`, `reads.bad_head_end`.
    """
    if not (head_end and len(head_end) <= 64 and head_end.isprintable()):
        raise Problem("reads.bad_head_end", {"name": head_end[:64]})
    key = _PREFIX + secrets.token_urlsafe(32)
    record = HeadEndKey(
        head_end=head_end, key_hash=_hashed(key), zone_ids=_zone_ids(session, zone_codes or []) or None, created_at=now
    )
    session.add(record)
    session.flush()
    return record, key


def sender(session: Session, authorization: str | None) -> Sender:
    """Who sends, by the Authorization header.

    Raises Problem 401 `reads.no_key`, `reads.bad_key`, `reads.key_revoked`.
    """
    scheme, _, key = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise Problem("reads.no_key", {}, 401)
    # Found by its hash: how long the look-up takes says nothing about the key.
    found = session.exec(_HELD, params={"key_hash": _hashed(key.strip())}).one_or_none()
    if found is None:
        raise Problem("reads.bad_key", {}, 401)
    head_end, zone_ids, revoked_at = found
    if revoked_at is not None:
        raise Problem("reads.key_revoked", {"head_end": head_end}, 401)
    return Sender(source_of(head_end), zone_ids)


def all_keys(session: Session) -> list[HeadEndKey]:
    """Every key ever issued, oldest first."""
    return list(session.exec(select(HeadEndKey).order_by(col(HeadEndKey.id))).all())


def revoke(session: Session, key_id: int, now: datetime) -> HeadEndKey:
    """End a key; ending it twice keeps the first date. Raises Problem `reads.no_such_key` (404)."""
    found = session.get(HeadEndKey, key_id)
    if found is None:
        raise Problem("reads.no_such_key", {"id": key_id}, 404)
    found.revoked_at = found.revoked_at or now
    session.add(found)
    return found


def zones_now(session: Session, source: str) -> list[int] | None:
    """The zones a source may report today, by its keys in force; None for all, as for sources that are no head-end."""
    if not source.startswith(source_of("")):
        return None
    keys = session.exec(
        select(HeadEndKey).where(
            HeadEndKey.head_end == source.removeprefix(source_of("")), col(HeadEndKey.revoked_at).is_(None)
        )
    ).all()
    if any(key.zone_ids is None for key in keys):
        return None
    return sorted({zone for key in keys for zone in key.zone_ids or []})


def _zone_ids(session: Session, codes: list[str]) -> list[int]:
    found = {zone.code: zone.id or 0 for zone in session.exec(select(Zone).where(col(Zone.code).in_(codes))).all()}
    for code in codes:
        if code not in found:
            raise Problem("reads.unknown_zone", {"code": code})
    return sorted(found.values())


def _hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
