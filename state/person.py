"""The person who is asking: the guard that every handler of a consumer's page stands behind.

    @rx.event
    @signed_in
    async def choose(self, person: SignedIn, number: str):
        own = person.connection(number, Right.BILLS)

What is shown or changed of a connection is asked for by its right, every time, and nothing else opens it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from state.guard import guard, to_sign_in, token_of
from state.together import Together
from upay import clock
from upay.accounts import LinkedConnection, Right, allowed, connections_of_each, visits_of


@dataclass(frozen=True)
class SignedIn:
    """Who is asking, and what is theirs to see, at the moment of one event: never kept for the next.

    connections: all the person looks after, in the person's own order, whatever the rights: ask `connection` or
    `holding`. What a browser names beside them proves nothing.
    """

    person_id: int
    name: str
    mobile: str
    connections: list[LinkedConnection]

    def connection(self, number: str, right: Right) -> LinkedConnection:
        """The person's connection with this number, for what `right` names. Raises Problem 404 accounts.not_yours."""
        return allowed(self.connections, number, right)

    def holding(self, right: Right) -> list[LinkedConnection]:
        """Those with which the person may do what `right` names."""
        return [connection for connection in self.connections if right in connection.rights]


async def person_behind(state: rx.State) -> SignedIn | None:
    """The person whose session cookie came with this tab's connection; asked afresh, for a session may end any time."""
    token = token_of(state)
    return await _people.ask(token) if token else None


def signed_in(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Hand an async handler (a coroutine or a generator) the signed-in person as its first argument.

    Nobody signed in: the handler does not run, and the browser goes to sign in and comes back.
    """
    return guard(handler, SignedIn, _person_or_sign_in)


async def _person_or_sign_in(state: rx.State) -> Any:
    return await person_behind(state) or to_sign_in(state)


def _those_behind(db: Session, tokens: Collection[str]) -> dict[str, SignedIn]:
    people = {token: visit.person for token, visit in visits_of(db, tokens, clock.now()).items()}
    own = connections_of_each(db, {person.id or 0 for person in people.values()})
    return {
        token: SignedIn(person.id or 0, person.name, person.mobile, own[person.id or 0])
        for token, person in people.items()
    }


_people = Together[str, SignedIn](_those_behind)
