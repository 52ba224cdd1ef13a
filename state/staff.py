"""The member of staff who is asking: the guard that every handler of a desk page stands behind.

    @rx.event
    @permitted(Permission.SEE_BILLING)
    async def load(self, staff: StaffMember): ...

A permission says what may be done, `staff.zone_ids(permission)` where. Whoever looks at one consumer's data, or changes
anything, says so to the audit log in the same transaction:
`record(db, actor=staff.person_id, what="…", about="…", connection_id=…, why=why, where=staff.where, now=now)`.
"""

from collections.abc import Callable, Collection
from typing import Any

import reflex as rx
from sqlmodel import Session

from state.guard import guard, to_sign_in, token_of
from state.together import Together
from upay import clock
from upay.accounts import Permission, StaffMember, let_in, staff_of_each
from upay.errors import Problem

__all__ = ["StaffMember", "permitted", "staff_behind"]

NOT_FOR_YOU = "/desk/closed"
INVITATION = "/desk/invitation"
SECOND_FACTOR = "/sign-in/second"


def permitted(permission: Permission | None = None) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Hand an async handler the member of staff who is asking, if a role of theirs opens `permission` (None: any does).

    Anybody else: the handler does not run. A stranger goes to sign in, who showed no second factor to showing it, both
    come back; who is invited may answer; anybody else is told that this is not for them.
    """

    def guarded(handler: Callable[..., Any]) -> Callable[..., Any]:
        async def find(state: rx.State) -> Any:
            found = await staff_behind(state, permission)
            return _answer(state, found) if isinstance(found, Problem) else found

        made = guard(handler, StaffMember, find)
        made.permission = permission
        return made

    return guarded


async def staff_behind(state: rx.State, permission: Permission | None = None) -> StaffMember | Problem:
    """The member of staff behind this tab, asked afresh; or why nobody is let in. See `accounts.let_in`."""
    token = token_of(state)
    found = await _staff.ask(token) if token else None
    return let_in(found, permission, state.router.session.client_ip)


def _answer(state: rx.State, problem: Problem) -> Any:
    if problem.status == 401:
        return to_sign_in(state)
    if problem.code == "staff.invited":
        return rx.redirect(INVITATION, replace=True)
    if problem.code == "staff.second_factor_needed":
        return to_sign_in(state, SECOND_FACTOR)
    return rx.redirect(NOT_FOR_YOU, replace=True)


def _those_behind(db: Session, tokens: Collection[str]) -> dict[str, StaffMember | Problem]:
    return staff_of_each(db, tokens, clock.now())


_staff = Together[str, StaffMember | Problem](_those_behind)
