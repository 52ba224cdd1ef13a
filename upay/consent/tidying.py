"""What follows by itself: a registered number that changed, links that were left, questions nobody answered.

Nothing here takes a right away: a right ends at the very moment the register or the owner says so, for it is looked up
at every event (`accounts.people`). This puts the rows in order afterwards and tells those concerned.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_
from sqlmodel import Session, col, select

from upay.accounts import NO_RIGHTS, Basis, grouped, links_changed
from upay.accounts.models import AccountLink, Person
from upay.consent.models import LinkAsk, NumberTry
from upay.consent.own import Relation, undo_time
from upay.consent.records import addressee_of, withdraw_link
from upay.consent.telling import tell_both
from upay.network.models import Connection
from upay.notices import tell

_TRIES_KEPT = timedelta(days=2)
_ASKS_KEPT = timedelta(days=180)


def settle_owners(session: Session, now: datetime) -> int:
    """Put links in order whose connection has another registered number by now: they are pay-only, and are told so.

    Returns how many.
    """
    registered = func.coalesce(Connection.mobile, "")
    stale = (
        select(AccountLink, Connection, Person)
        .join(Connection, col(Connection.id) == AccountLink.connection_id)
        .join(Person, col(Person.id) == AccountLink.person_id)
        .where(
            AccountLink.basis != Basis.NONE,
            AccountLink.basis != Basis.REVOKED,
            or_(
                (col(AccountLink.basis) == Basis.REGISTERED) & (registered != Person.mobile),
                (col(AccountLink.basis) != Basis.REGISTERED) & (registered != AccountLink.under),
            ),
        )
    )
    found = session.exec(stale).all()
    for link, connection, person in found:
        withdraw_link(session, link.connection_id, link.person_id, now)
        had = link.rights
        link.rights, link.basis, link.under = NO_RIGHTS, Basis.NONE, ""
        if link.relation == "owner":
            link.relation = Relation.OTHER
        session.add(link)
        if had and link.ended_at is None:
            tell(
                session,
                to=addressee_of(person),
                kind="links",
                key=f"link:moved:{link.id}-{int(now.timestamp())}",
                template="links.moved",
                params={"number": grouped(connection.number)},
                now=now,
            )
    if found:
        links_changed(session)
    return len(found)


def forget_left(session: Session, now: datetime) -> int:
    """Remove links that were left or revoked so long ago that nobody can take it back, and tell the owner who left."""
    over = select(AccountLink).where(col(AccountLink.ended_at) <= now - undo_time(now))
    links = session.exec(over).all()
    for link in links:
        connection = session.get_one(Connection, link.connection_id)
        person = session.get_one(Person, link.person_id)
        if link.rights and link.under == connection.mobile:
            word = f"{link.id}-{int(now.timestamp())}"
            tell_both(session, "left", connection, person, NO_RIGHTS, word, now)
        withdraw_link(session, link.connection_id, link.person_id, now)
        session.delete(link)
    return len(links)


def forget_tries(session: Session, now: datetime) -> int:
    """Remove counted tries and old questions once no limit looks at them any more."""
    tries = session.exec(delete(NumberTry).where(col(NumberTry.at) < now - _TRIES_KEPT)).rowcount
    return tries + session.exec(delete(LinkAsk).where(col(LinkAsk.asked_at) < now - _ASKS_KEPT)).rowcount
