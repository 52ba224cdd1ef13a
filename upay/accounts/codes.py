"""One-time codes: sent to a mobile number, hashed at rest, few tries, one use, bounded sends."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, func, text, update
from sqlmodel import Session, col, select

from upay.accounts.keys import keep, new_token
from upay.accounts.models import OneTimeCode
from upay.clock import day_of
from upay.errors import Problem
from upay.notices import queue
from upay.packs import pack


@dataclass(frozen=True)
class Challenge:
    """A code that is waited for. handle: what the browser holds meanwhile; only its hash is kept here."""

    handle: str
    mobile: str
    minutes: int


def send_code(session: Session, mobile: str, language: str, address: str, now: datetime) -> Challenge:
    """Send a new code to a mobile number (E.164); whether somebody is known by it makes no difference.

    Raises Problem 429: sign_in.too_soon {seconds}, sign_in.too_many {minutes}.
    """
    rules = pack().row("sign_in", day_of(now))
    handle, code = new_token(), f"{secrets.randbelow(1_000_000):06d}"
    _one_at_a_time(session, mobile)
    row = OneTimeCode(
        handle=keep("handle", handle),
        mobile=mobile,
        code_hash=keep("code", f"{handle}:{code}"),
        address=address,
        created_at=now,
        expires_at=now + timedelta(minutes=rules["code_minutes"]),
    )
    # Written before it is counted: of many requests at once, none can miss the others.
    session.add(row)
    session.flush()
    _bounded(session, row, rules, now)
    queue(
        session,
        key=f"code:{row.handle}",
        to=mobile,
        template="sign_in.message",
        params={"code": code, "minutes": rules["code_minutes"]},
        language=language,
        now=now,
    )
    return Challenge(handle, mobile, rules["code_minutes"])


def check_code(session: Session, handle: str, code: str, now: datetime) -> str | Problem:
    """The mobile number that the code proves, or why it proves none.

    A problem is returned, not raised: the try it took must be committed. Codes sign_in.code_missing, code_wrong {left},
    code_spent, code_expired.
    """
    digits = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if len(digits) != 6:
        return Problem("sign_in.code_missing")
    row = session.exec(select(OneTimeCode).where(OneTimeCode.handle == keep("handle", handle))).first()
    if row is None or row.used_at is not None or row.expires_at <= now:
        return Problem("sign_in.code_expired")
    tries = pack().row("sign_in", day_of(now))["code_tries"]
    mine = OneTimeCode.id == row.id
    if not _changes(session, col(OneTimeCode.tries) < tries, mine, tries=col(OneTimeCode.tries) + 1):
        return Problem("sign_in.code_spent")
    session.refresh(row)
    if not secrets.compare_digest(row.code_hash, keep("code", f"{handle}:{digits}")):
        left = max(0, tries - row.tries)
        return Problem("sign_in.code_wrong", {"left": left}) if left else Problem("sign_in.code_spent")
    if not _changes(session, col(OneTimeCode.used_at).is_(None), mine, used_at=now):
        return Problem("sign_in.code_expired")
    return row.mobile


def mobile_waiting(session: Session, handle: str) -> str | None:
    """The number that a browser's challenge was sent to, so that a new code needs no typing."""
    return session.exec(select(OneTimeCode.mobile).where(OneTimeCode.handle == keep("handle", handle))).first()


def _changes(session: Session, *where: Any, **values: Any) -> bool:
    """Change a code's row if it still is as expected; of two at once, one does."""
    return session.exec(update(OneTimeCode).where(*where).values(**values)).rowcount == 1


def _one_at_a_time(session: Session, mobile: str) -> None:
    """SQLite has one writer at a time anyway; PostgreSQL holds the sends to one number apart."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(hashtext(:mobile))"), {"mobile": mobile})


def _bounded(session: Session, row: OneTimeCode, rules: dict[str, Any], now: datetime) -> None:
    number: ColumnElement[bool] = col(OneTimeCode.mobile) == row.mobile
    earlier = select(OneTimeCode.created_at).where(number, col(OneTimeCode.id) != row.id)
    last = session.exec(earlier.order_by(col(OneTimeCode.created_at).desc()).limit(1)).first()
    if last is not None and (wait := rules["resend_seconds"] - (now - last).total_seconds()) > 0:
        raise Problem("sign_in.too_soon", {"seconds": ceil(wait)}, 429)
    limits: Iterable[tuple[list[ColumnElement[bool]], list[list[int]]]] = (
        ([number], rules["sends_per_number"]),
        ([col(OneTimeCode.address) == row.address], rules["sends_per_address"]),
        ([], rules["sends_in_all"]),
    )
    for same, windows in limits:
        for minutes, most in windows:
            since = now - timedelta(minutes=minutes)
            sent = session.exec(
                select(func.count(), func.min(OneTimeCode.created_at)).where(*same, col(OneTimeCode.created_at) > since)
            ).one()
            if sent[0] > most:
                free_at = sent[1] + timedelta(minutes=minutes)
                raise Problem("sign_in.too_many", {"minutes": max(1, ceil((free_at - now).total_seconds() / 60))}, 429)
