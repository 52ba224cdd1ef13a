"""One-time codes: sent to a mobile number, hashed at rest, few tries, one use, bounded sends, bound to one purpose.

Whoever asks names a mobile number or a consumer number. Of a consumer number that nobody can be reached under, the code
goes nowhere, and everything else is done as ever: what is answered, and how much work it took, tells no stranger which
numbers exist. Limits that may be seen are therefore kept by what was typed; those of the phone behind it are not shown.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, text, update
from sqlmodel import Session, col, select

from upay.accounts.browsers import known_to_mobile
from upay.accounts.credentials.guesses import Subject, forgive, minutes_locked, take_try
from upay.accounts.keys import keep, new_token
from upay.accounts.models import OneTimeCode
from upay.accounts.verified import mark_verified
from upay.clock import day_of
from upay.errors import Problem
from upay.notices import Channel, queue
from upay.packs import pack
from upay.settings import settings
from upay.text import say


class Purpose(StrEnum):
    """What a code proves its holder may do. A code of one purpose is none for another."""

    SIGN_IN = "sign_in"
    ACCOUNT = "account"
    RESET = "reset"
    CONFIRM = "confirm"
    OLD_MOBILE = "old_mobile"
    NEW_MOBILE = "new_mobile"
    LINK = "link"
    EMAIL = "email"


@dataclass(frozen=True)
class Challenge:
    """A code that is waited for. handle: what the browser holds meanwhile; only its hash is kept here.

    mobile: "" where nobody can be reached.  ending: two digits of the number it went to, by which its owner knows it.
    """

    handle: str
    mobile: str
    minutes: int
    ending: str


def send_code(
    session: Session,
    mobile: str,
    language: str,
    address: str,
    now: datetime,
    purpose: Purpose = Purpose.SIGN_IN,
    asked: str = "",
    known: str = "",
    about: str = "",
    said: Mapping[str, str] | None = None,
    by_email: str = "",
) -> Challenge:
    """Send a new code to a mobile number (E.164); whether somebody is known by it makes no difference.

    asked: the consumer number that was typed, where it was not the mobile; mobile is "" when nobody is behind it.
    known: the cookie of browsers, see `check_code`.
    about: what exactly the code agrees to: it is right for that alone.  said: what else the message names.
    by_email: the address it goes to instead, to prove that; limits are kept by the mobile all the same.
    Raises Problem 429: sign_in.too_soon {seconds}, sign_in.too_many {minutes}, sign_in.locked {minutes}.
    """
    rules = pack().row("sign_in", day_of(now))
    handle, code = new_token(), f"{secrets.randbelow(1_000_000):06d}"
    ending = (mobile or str(int(keep("ending", asked), 16)))[-2:]
    row = OneTimeCode(
        handle=keep("handle", handle),
        mobile=mobile or f"?{keep('nobody', asked)[:15]}",
        asked=asked or mobile,
        purpose=purpose,
        code_hash=keep("code", f"{handle}:{code}:{about}" if mobile else new_token()),
        address=address,
        created_at=now,
        expires_at=now + timedelta(minutes=rules["code_minutes"]),
    )
    mark = known_to_mobile(session, known, row.mobile)
    if minutes := minutes_locked(session, ("number", f"{row.asked}{mark}"), now):
        raise Problem("sign_in.locked", {"minutes": minutes}, 429)
    _one_at_a_time(session, row.asked)
    # Written before it is counted: of many requests at once, none can miss the others.
    session.add(row)
    session.flush()
    _bounded(session, row, rules, now)
    kept_back = _too_many(session, row, [col(OneTimeCode.mobile) == row.mobile], rules["sends_kept_back"], now)
    site = urlsplit(settings().public_url).hostname or ""
    queue(
        session,
        key=f"code:{row.handle}",
        to=by_email or mobile,
        template=f"sign_in.message_{purpose}",
        params={**(said or {}), "code": code, "minutes": rules["code_minutes"], "site": site},
        language=language,
        now=now,
        channel=Channel.EMAIL if by_email else Channel.SMS,
        subject=say("notices.subject_security", language) if by_email else "",
        void=not mobile or kept_back is not None,
    )
    return Challenge(handle, mobile, rules["code_minutes"], ending)


def check_code(
    session: Session,
    handle: str,
    code: str,
    now: datetime,
    purpose: Purpose = Purpose.SIGN_IN,
    address: str = "",
    known: str = "",
    about: str = "",
) -> str | Problem:
    """The mobile number that the code proves, or why it proves none. about: what it was sent for, word for word.

    known: the cookie of browsers. Wrong tries in one that the number's person has signed in with are counted apart, so
    that a stranger who guesses does not lock out the person.

    A problem is returned, not raised: the try it took must be committed. Codes sign_in.code_missing, code_wrong {left},
    code_spent, code_expired, locked {minutes}.
    """
    digits = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if len(digits) != 6:
        return Problem("sign_in.code_missing")
    row = session.exec(select(OneTimeCode).where(OneTimeCode.handle == keep("handle", handle))).first()
    if row is None or row.purpose != purpose or row.used_at is not None or row.expires_at <= now:
        return Problem("sign_in.code_expired")
    tries = pack().row("sign_in", day_of(now))["code_tries"]
    if row.tries >= tries:
        return Problem("sign_in.code_spent")
    mark = known_to_mobile(session, known, row.mobile)
    guarded: list[Subject] = [("number", f"{row.asked}{mark}"), ("address", address)]
    if minutes := take_try(session, guarded, now):
        return Problem("sign_in.locked", {"minutes": minutes}, 429)
    mine = OneTimeCode.id == row.id
    if not _changes(session, col(OneTimeCode.tries) < tries, mine, tries=col(OneTimeCode.tries) + 1):
        return Problem("sign_in.code_spent")
    phone = ("phone", f"{row.mobile}{mark}")
    if not _is_right(session, row, f"{handle}:{digits}:{about}", phone, now):
        session.refresh(row)
        left = max(0, tries - row.tries)
        return Problem("sign_in.code_wrong", {"left": left}) if left else Problem("sign_in.code_spent")
    if not _changes(session, col(OneTimeCode.used_at).is_(None), mine, used_at=now):
        return Problem("sign_in.code_expired")
    forgive(session, [*guarded, phone])
    if purpose is not Purpose.EMAIL:
        mark_verified(session, row.mobile, now)
    return row.mobile


def asked_for(session: Session, handle: str, purpose: Purpose = Purpose.SIGN_IN) -> str | None:
    """What was typed when a browser's challenge was sent, a mobile or a consumer number: a new code needs no typing."""
    waiting = select(OneTimeCode.asked).where(
        OneTimeCode.handle == keep("handle", handle), OneTimeCode.purpose == purpose
    )
    return session.exec(waiting).first()


def proved_lately(session: Session, handle: str, purpose: Purpose, since: datetime) -> str | None:
    """The mobile number that a browser's code has proved since then: the first step of two."""
    row = session.exec(
        select(OneTimeCode).where(OneTimeCode.handle == keep("handle", handle), OneTimeCode.purpose == purpose)
    ).first()
    return row.mobile if row is not None and row.used_at is not None and row.used_at > since else None


def _is_right(session: Session, row: OneTimeCode, told: str, phone: Subject, now: datetime) -> bool:
    """Whether handle, digits and what they are about are the code's.

    Many consumer numbers may lead to one phone, and its tries are counted apart: past them nothing is right, and it
    looks like any wrong try.
    """
    weighed = not take_try(session, [phone], now)
    return secrets.compare_digest(row.code_hash, keep("code", told)) and weighed


def _changes(session: Session, *where: Any, **values: Any) -> bool:
    """Change a code's row if it still is as expected; of two at once, one does."""
    changed = update(OneTimeCode).where(*where).values(**values).execution_options(synchronize_session=False)
    return session.exec(changed).rowcount == 1


def _one_at_a_time(session: Session, asked: str) -> None:
    """SQLite has one writer at a time anyway; PostgreSQL holds the sends to one number apart."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text("SELECT pg_advisory_xact_lock(hashtext(:asked))"), {"asked": asked})


def _bounded(session: Session, row: OneTimeCode, rules: dict[str, Any], now: datetime) -> None:
    number: ColumnElement[bool] = col(OneTimeCode.asked) == row.asked
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
        if free_at := _too_many(session, row, same, windows, now):
            raise Problem(
                "sign_in.too_many", {"minutes": max(1, ceil((free_at - now).total_seconds() / 60))}, 429
            )


def _too_many(
    session: Session, row: OneTimeCode, same: list[ColumnElement[bool]], windows: list[list[int]], now: datetime
) -> datetime | None:
    """When the next code may be sent, if more were sent within any of the windows [minutes, sends]; None: at once."""
    for minutes, most in windows:
        since = now - timedelta(minutes=minutes)
        sent = session.exec(
            select(func.count(), func.min(OneTimeCode.created_at)).where(*same, col(OneTimeCode.created_at) > since)
        ).one()
        if sent[0] > most:
            return sent[1] + timedelta(minutes=minutes)
    return None
