"""What both sides are told when something about a link changes. Each in their own language, by their own channels."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, select

from upay.accounts import Right, grouped
from upay.accounts.models import Person
from upay.consent.records import addressee_of
from upay.network.models import Connection
from upay.notices import Addressee, tell
from upay.text import LANGUAGES, say


def holder_of(session: Session, connection: Connection) -> Addressee | None:
    """Whoever has the connection's registered number, with an account or without; None when no number is registered."""
    if not connection.mobile:
        return None
    person = session.exec(select(Person).where(Person.mobile == connection.mobile)).first()
    return addressee_of(person) if person else Addressee(None, connection.mobile, "", LANGUAGES[0])


def named_rights(rights: Collection[Right], language: str) -> str:
    """Rights as words; that there are none is a word too."""
    words = [say(f"links.right_{right}", language) for right in Right if right in rights]
    return ", ".join(words) or say("links.right_none", language)


def called(person: Person) -> str:
    """A person as others are told of them: the name as they wrote it, and the number that is proven."""
    return f"{person.name} ({person.mobile})" if person.name else person.mobile


def tell_both(
    session: Session,
    what: str,
    connection: Connection,
    other: Person,
    rights: Collection[Right],
    word: str,
    now: datetime,
) -> None:
    """Tell the owner and the person linked.

    what: granted, changed, revoked, left.  word: what makes it one of a kind.
    """
    owner = holder_of(session, connection)
    sides = {"owner": owner, "other": addressee_of(other)}
    for side, to in sides.items():
        if to is None or (side == "other" and what == "left"):
            continue
        params = {"name": called(other), "number": grouped(connection.number)}
        if what in ("granted", "changed"):
            params["rights"] = named_rights(rights, to.language)
        tell(
            session,
            to=to,
            kind="links",
            key=f"link:{what}:{word}:{side}",
            template=f"links.{what}_{side}",
            params=params,
            now=now,
        )
