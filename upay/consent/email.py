"""A person's e-mail address: it counts once a code that went there has come back."""

import re
from datetime import datetime

from sqlmodel import Session

from upay.accounts import Challenge, check_code, send_code
from upay.accounts import Purpose as CodePurpose
from upay.accounts.models import Person
from upay.consent.models import Purpose
from upay.consent.records import addressee_of, give, withdraw
from upay.errors import Problem

# Form only: whether there is a box behind it, the code finds out.
_FORM = re.compile(r"[^@\s<>\"(),:;\\\[\]]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")


def email_of(text: str) -> str:
    """An address as it is kept. Raises Problem account.email_bad."""
    address = text.strip()
    if len(address) > 254 or not address.isprintable() or not _FORM.fullmatch(address):
        raise Problem("account.email_bad")
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.lower()}"


def ask_email(session: Session, person_id: int, text: str, address: str, now: datetime) -> tuple[str, Challenge]:
    """Send a code to an address that a person typed: the address, and the challenge. Raises as `send_code` does."""
    email = email_of(text)
    person = session.get_one(Person, person_id)
    challenge = send_code(
        session,
        person.mobile,
        person.language,
        address,
        now,
        CodePurpose.EMAIL,
        about=_about(person_id, email),
        by_email=email,
    )
    return email, challenge


def confirm_email(
    session: Session, person_id: int, email: str, handle: str, code: str, address: str, now: datetime
) -> Problem | None:
    """Take the code from the e-mail; a problem is returned, not raised, for the try it took must be committed."""
    proved = check_code(session, handle, code, now, CodePurpose.EMAIL, address, about=_about(person_id, email))
    if isinstance(proved, Problem):
        return proved
    person = session.get_one(Person, person_id)
    person.email, person.email_verified_at = email, now
    session.add(person)
    withdraw(session, person_id, Purpose.EMAIL, now)
    give(session, Purpose.EMAIL, addressee_of(person), "code", now)
    return None


def remove_email(session: Session, person_id: int, now: datetime) -> None:
    """Write there no more: the address goes, and the consent ends."""
    person = session.get_one(Person, person_id)
    person.email, person.email_verified_at = "", None
    session.add(person)
    withdraw(session, person_id, Purpose.EMAIL, now)


def _about(person_id: int, email: str) -> str:
    return f"email:{person_id}:{email}"
