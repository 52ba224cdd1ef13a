"""Authenticator apps (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), and recovery codes for when they are lost."""

import secrets
from datetime import datetime

import pyotp
from pyotp.totp import TOTP
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from upay.accounts.credentials.guesses import Subject, forgive, take_try
from upay.accounts.credentials.tables import Authenticator, RecoveryCode
from upay.accounts.keys import keep, seal, unseal
from upay.errors import Problem

STEP_S = 30
# A phone's clock may be this many steps off.
_DRIFT = 1
RECOVERY_CODES = 10
# Without 0, 1, I, L, O, U: read from paper, typed by hand. 10 signs are 49 bits.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def begin_authenticator(session: Session, person_id: int, now: datetime, shown: bool = False) -> str:
    """A new secret (base32) for a person's app; it counts once a code of it was shown. One in force stays until then.

    shown: the demonstration's inbox may show its codes.  Raises Problem 409 security.authenticator_stands.
    """
    row = _row(session, person_id)
    if row is not None and row.confirmed_at is not None:
        raise Problem("security.authenticator_stands", status=409)
    secret = pyotp.random_base32()
    sealed = seal(_purpose(person_id), secret)
    if row is None:
        session.add(Authenticator(person_id=person_id, sealed=sealed, created_at=now, shown=shown))
    else:
        row.sealed, row.created_at, row.last_step = sealed, now, 0
    return secret


def pending_secret(session: Session, person_id: int) -> str | None:
    """The secret of an app that is being set up."""
    row = _row(session, person_id)
    return unseal(_purpose(person_id), row.sealed) if row is not None and row.confirmed_at is None else None


def confirm_authenticator(session: Session, person_id: int, code: str, now: datetime) -> Problem | None:
    """Take the app into use when it shows the right code. Problems as `check_second`, to be committed."""
    row = _row(session, person_id)
    if row is None or row.confirmed_at is not None:
        return Problem("security.authenticator_gone")
    if wrong := _weigh(session, row, code, now):
        return wrong
    row.confirmed_at = now
    return None


def check_second(session: Session, person_id: int, code: str, address: str, now: datetime) -> Problem | None:
    """Whether a code of the person's app, or a recovery code, is right: None. It is used up by that.

    A problem is returned, not raised, for the try must be committed: sign_in.second_missing, sign_in.second_wrong,
    sign_in.locked {minutes}.
    """
    guarded: list[Subject] = [("second", str(person_id)), ("address", address)]
    signs = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in code.upper() if sign.isalnum())
    if not signs:
        return Problem("sign_in.second_missing")
    if minutes := take_try(session, guarded, now):
        return Problem("sign_in.locked", {"minutes": minutes}, 429)
    row = _row(session, person_id)
    app = row if row is not None and row.confirmed_at is not None else None
    if not (_use_recovery(session, person_id, signs, now) or (app and _step_taken(session, app, signs, now))):
        return Problem("sign_in.second_wrong")
    forgive(session, guarded)
    return None


def has_authenticator(session: Session, person_id: int) -> bool:
    """Whether an app is in force."""
    row = _row(session, person_id)
    return row is not None and row.confirmed_at is not None


def remove_authenticator(session: Session, person_id: int) -> None:
    """Forget a person's app and recovery codes."""
    session.exec(delete(Authenticator).where(col(Authenticator.person_id) == person_id))
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))


def new_recovery_codes(session: Session, person_id: int, now: datetime) -> list[str]:
    """Fresh recovery codes, told once; earlier ones are good no more."""
    session.exec(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=_kept(person_id, code), created_at=now) for code in codes
    )
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def recovery_codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes are unused."""
    unused = select(RecoveryCode.id).where(RecoveryCode.person_id == person_id, col(RecoveryCode.used_at).is_(None))
    return len(session.exec(unused).all())


def shown_codes(session: Session, now: datetime) -> dict[int, str]:
    """Person → the code that the app would show now, of those the demonstration may show."""
    rows = session.exec(select(Authenticator).where(col(Authenticator.shown).is_(True))).all()
    return {row.person_id: TOTP(unseal(_purpose(row.person_id), row.sealed)).at(now) for row in rows}


def link_of(secret: str, mobile: str, issuer: str) -> str:
    """The otpauth:// address that an app reads, from a QR code or a tap."""
    return TOTP(secret).provisioning_uri(name=mobile, issuer_name=issuer)


def _weigh(session: Session, row: Authenticator, code: str, now: datetime) -> Problem | None:
    digits = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if len(digits) != 6:
        return Problem("sign_in.second_missing")
    guarded: list[Subject] = [("second", str(row.person_id))]
    if minutes := take_try(session, guarded, now):
        return Problem("sign_in.locked", {"minutes": minutes}, 429)
    if not _step_taken(session, row, digits, now):
        return Problem("sign_in.second_wrong")
    forgive(session, guarded)
    return None


def _step_taken(session: Session, row: Authenticator, digits: str, now: datetime) -> bool:
    """Whether the code is right for a time step later than any before; the step is then used up."""
    here, totp = int(now.timestamp()) // STEP_S, TOTP(unseal(_purpose(row.person_id), row.sealed))
    for step in range(here - _DRIFT, here + _DRIFT + 1):
        if secrets.compare_digest(totp.at(step * STEP_S), digits):
            unused = (col(Authenticator.id) == row.id, col(Authenticator.last_step) < step)
            return session.exec(update(Authenticator).where(*unused).values(last_step=step)).rowcount == 1
    return False


def _use_recovery(session: Session, person_id: int, signs: str, now: datetime) -> bool:
    mine = (col(RecoveryCode.code_hash) == _kept(person_id, signs), col(RecoveryCode.used_at).is_(None))
    return session.exec(update(RecoveryCode).where(*mine).values(used_at=now)).rowcount == 1


def _kept(person_id: int, code: str) -> str:
    return keep("recovery", f"{person_id}:{code}")


def _row(session: Session, person_id: int) -> Authenticator | None:
    return session.exec(select(Authenticator).where(Authenticator.person_id == person_id)).first()


def _purpose(person_id: int) -> str:
    return f"authenticator:{person_id}"
