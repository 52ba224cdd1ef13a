"""Who is asking, for HTTP routes: the session cookie's person, that person's connection, or the member of staff.

    def chart(own: Annotated[LinkedConnection, Depends(own_connection(Right.USAGE))]): ...
    def export(staff: Annotated[StaffMember, Depends(StaffFor(Permission.SEE_AUDIT))]): ...
"""
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from upay import clock
from upay.accounts import (
    SESSION_COOKIE,
    LinkedConnection,
    Permission,
    Right,
    StaffMember,
    allowed,
    connections_of,
    let_in,
    person_of,
    staff_of_each,
)
from upay.accounts.models import Person
from upay.db import session
from upay.errors import Problem
from upay_web.http.address import address_of


def person(request: Request) -> Person:
    """The signed-in person. Raises Problem 401 sign_in.needed."""
    with session() as db:
        found = person_of(db, request.cookies.get(SESSION_COOKIE), clock.now())
    if found is None:
        raise Problem("sign_in.needed", status=401)
    return found


Asking = Annotated[Person, Depends(person)]


@dataclass(frozen=True)
class OwnConnection:
    """What `own_connection` makes. Raises Problem 404 accounts.not_yours, whether or not another has the number."""

    right: Right

    def __call__(self, number: str, asking: Asking) -> LinkedConnection:
        """The connection of the path's number."""
        with session() as db:
            return allowed(connections_of(db, asking.id or 0), number, self.right)


def own_connection(right: Right) -> OwnConnection:
    """Gives the person's connection with the path's `number`, for what `right` names."""
    return OwnConnection(right)


@dataclass(frozen=True)
class StaffFor:
    """Gives the member of staff who is asking, if a role of theirs opens `permission`; without one, any role does.

    Raises Problem 401 sign_in.needed, 403 staff.not_staff, staff.second_factor_needed, staff.not_permitted.
    """

    permission: Permission | None = None

    def __call__(self, request: Request) -> StaffMember:
        """The member of staff behind the session cookie."""
        token = request.cookies.get(SESSION_COOKIE, "")
        with session() as db:
            found = staff_of_each(db, [token], clock.now()).get(token)
        answer = let_in(found, self.permission, address_of(request.scope))
        if isinstance(answer, Problem):
            raise answer
        return answer
