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

    SEE_CONSUMERS = "see_consumers"
    SEE_UNVERIFIED = "see_unverified"
    SEE_STAFF = "see_staff"
    TEND_STAFF = "tend_staff"
    SEE_AUDIT = "see_audit"
    SEE_BILLING = "see_billing"
    RUN_BILLING = "run_billing"
    SETTLE_BILLING = "settle_billing"
    SEE_TARIFFS = "see_tariffs"
    PROPOSE_TARIFF = "propose_tariff"
    APPROVE_TARIFF = "approve_tariff"
    SEE_LEDGER = "see_ledger"
    SEE_INSIGHT = "see_insight"


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
    Permission.APPROVE_TARIFF: (_M, _A),
    Permission.SEE_LEDGER: (_B, _M),
    Permission.SEE_INSIGHT: (_M,),
}

ALLOWED: Mapping[Permission, frozenset[Role]] = {
    # The auditor sees all and changes nothing.
    permission: frozenset(roles) | ({Role.AUDITOR} if permission.startswith("see_") else frozenset())
    for permission, roles in _TABLE.items()
}
