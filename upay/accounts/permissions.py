"""Who may do what: one table, asked alike by pages, event handlers and routes.

A consumer's reach comes from links to connections, each with the rights its owner has ticked (`Right`). A member of
staff's reach comes from roles, each bound to zones or to none (`Role`, `ALLOWED`). Nothing else opens anything.
"""

from collections.abc import Mapping
from enum import StrEnum


class Right(StrEnum):
    """What the owner of a connection may let somebody else do with it. An owner holds all, a pay-only link none."""

    USAGE = "usage"
    BILLS = "bills"
    PAY = "pay"
    COMPLAIN = "complain"
    MANAGE = "manage"


class Role(StrEnum):
    """What somebody is employed as. A person may hold several, each for its own zones."""

    OFFICER = "officer"
    LINEMAN = "lineman"
    BILLING = "billing"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """What a member of staff may do: `see` looks, every other verb changes something."""

    SEE_CONSUMERS = "consumers.see"
    SEE_UNVERIFIED = "unverified.see"
    SEE_STAFF = "staff.see"
    TEND_STAFF = "staff.tend"
    SEE_AUDIT = "audit.see"
    SEE_BILLING = "billing.see"
    RUN_BILLING = "billing.run"
    SETTLE_BILLING = "billing.settle"
    SEE_TARIFFS = "tariffs.see"
    PROPOSE_TARIFF = "tariffs.propose"
    APPROVE_TARIFF = "tariffs.approve"
    SEE_LEDGER = "ledger.see"
    SEE_INSIGHT = "insight.see"


_O, _L, _B, _M, _A = Role.OFFICER, Role.LINEMAN, Role.BILLING, Role.MANAGER, Role.ADMINISTRATOR

_TABLE: Mapping[Permission, tuple[Role, ...]] = {
    Permission.SEE_CONSUMERS: (_O, _B, _M),
    Permission.SEE_UNVERIFIED: (_O, _M, _A),
    Permission.SEE_STAFF: (_M, _A),
    Permission.TEND_STAFF: (_A,),
    Permission.SEE_AUDIT: (_A,),
    Permission.SEE_BILLING: (_B, _M),
    Permission.RUN_BILLING: (_B,),
    Permission.SETTLE_BILLING: (_B,),
    Permission.SEE_TARIFFS: (_B, _M, _A),
    Permission.PROPOSE_TARIFF: (_A,),
    Permission.APPROVE_TARIFF: (_A,),
    Permission.SEE_LEDGER: (_B, _M),
    Permission.SEE_INSIGHT: (_M,),
}

ALLOWED: Mapping[Permission, frozenset[Role]] = {
    # The auditor sees all and changes nothing.
    permission: frozenset(roles) | ({Role.AUDITOR} if permission.endswith(".see") else frozenset())
    for permission, roles in _TABLE.items()
}
