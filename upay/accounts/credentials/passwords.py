"""User names and passwords. Asking and answering are two short transactions; between them the hash is computed."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from upay.accounts.browsers import known_browser
from upay.accounts.credentials.guessed_first import contains, is_common
from upay.accounts.credentials.guesses import forgive, take_try
from upay.accounts.credentials.hashing import is_outdated
from upay.accounts.credentials.tables import Password
from upay.accounts.credentials.user_names import skeleton_of, user_name_of
from upay.accounts.mobile import mobile_of
from upay.accounts.models import AccountLink, Person
from upay.clock import day_of
from upay.errors import Problem
from upay.network.models import Connection
from upay.packs import pack


@dataclass(frozen=True)
class Asked:
    """A sign-in by password under way. kept: the hash to compare with, None when nobody goes by this name."""

    subject: str
    person_id: int | None
    kept: str | None


def plain(password: str) -> str:
    """One writing of a password, however a keyboard composes its signs."""
    return unicodedata.normalize("NFKC", password)


def ask_by_name(session: Session, name: str, address: str, known: str, now: datetime) -> Asked | Problem:
    """Who goes by a user name or mobile number; the try is counted. A Problem (sign_in.locked {minutes}) is to be
    committed like the try, and says the same of names that nobody has.

    known: the cookie of browsers; tries in one that the person has signed in with are counted apart.
    """
    mobile, skeleton = _mobile(name), skeleton_of(name)
    of_mobile = select(Person.id).where(Person.mobile == mobile).scalar_subquery()
    whose = Password.person_id == of_mobile if mobile else Password.skeleton == skeleton
    found = session.exec(select(Password.person_id, Password.hash).where(whose)).first() or (None, None)
    subject = (mobile or skeleton) + known_browser(session, known, found[0] or 0)
    if minutes := take_try(session, [("name", subject), ("address", address)], now):
        return Problem("sign_in.locked", {"minutes": minutes}, 429)
    return Asked(subject, *found)


def was_right(session: Session, asked: Asked, address: str) -> int:
    """Forgive the tries of who has shown the right password; returns the person's id."""
    assert asked.person_id is not None
    forgive(session, [("name", asked.subject), ("address", address)])
    return asked.person_id


def password_of(session: Session, person_id: int) -> Password | None:
    """A person's user name and password, if they have any."""
    return session.exec(select(Password).where(Password.person_id == person_id)).first()


def check_rules(session: Session, person: Person, name: str, password: str, now: datetime) -> tuple[str, str]:
    """A user name and password as they will be kept, when both may be taken. Nothing is written.

    Raises Problem: sign_in.name_… (see user_name_of), sign_in.name_taken, sign_in.password_short {least},
    sign_in.password_long {most}, sign_in.password_common, sign_in.password_own.
    """
    user_name, chosen = user_name_of(name), plain(password)
    holder = session.exec(select(Password.person_id).where(Password.skeleton == skeleton_of(user_name))).first()
    if holder not in (None, person.id):
        raise Problem("sign_in.name_taken")
    rules = pack().row("sign_in", day_of(now))
    if len(chosen) < rules["password_least"]:
        raise Problem("sign_in.password_short", {"least": rules["password_least"]})
    if len(chosen) > rules["password_most"]:
        raise Problem("sign_in.password_long", {"most": rules["password_most"]})
    if is_common(chosen):
        raise Problem("sign_in.password_common")
    numbers = session.exec(
        select(Connection.number)
        .join(AccountLink, AccountLink.connection_id == Connection.id)  # type: ignore[arg-type]
        .where(AccountLink.person_id == person.id)
    ).all()
    if contains(chosen, [user_name, person.mobile.removeprefix("+91"), *numbers]):
        raise Problem("sign_in.password_own")
    return user_name, chosen


def set_password(session: Session, person_id: int, user_name: str, hash: str, now: datetime) -> None:
    """Keep a name and hash that `check_rules` let through. Raises Problem sign_in.name_taken when another was first."""
    row = password_of(session, person_id) or Password(
        person_id=person_id, user_name="", skeleton="", hash="", changed_at=now
    )
    row.user_name, row.skeleton, row.hash, row.changed_at = user_name, skeleton_of(user_name), hash, now
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as taken:
        raise Problem("sign_in.name_taken") from taken


def renew_hash(session: Session, person_id: int, kept: str, hash: str) -> None:
    """Take a hash of today's parameters in the place of an outdated one, unless the password was changed meanwhile."""
    row = password_of(session, person_id)
    if row is not None and row.hash == kept and is_outdated(kept):
        row.hash = hash


def _mobile(name: str) -> str:
    """The mobile number that stands in the place of a user name; "" where it is none."""
    if any(sign.isalpha() for sign in name):
        return ""
    try:
        return mobile_of(name)
    except Problem:
        return ""
