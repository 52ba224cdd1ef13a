"""Whose word opens a connection to whom; and how rights stand in the database: their names in one text, "" for none."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from upay.accounts.permissions import Right

ALL_RIGHTS = frozenset(Right)
NO_RIGHTS: frozenset[Right] = frozenset()


class Basis(StrEnum):
    """Whose word a link stands on."""

    NONE = "none"
    """Nobody's: the person typed the number, and may pay."""
    REGISTERED = "registered"
    """The register's: the connection's registered number is the person's."""
    CODE = "code"
    """The owner's, who told the code."""
    OWNER = "owner"
    """The owner's, signed in."""
    OFFICE = "office"
    """The utility's, whose office enrolled the person."""
    REVOKED = "revoked"
    """The owner's, who ended it."""


GRANTED = (Basis.CODE, Basis.OWNER, Basis.OFFICE)


def rights_of(
    rights: frozenset[Right], basis: str, under: str, person_mobile: str, registered: str | None
) -> frozenset[Right]:
    """What a link opens, at this moment. It is the law of links, and `people` asks the database the same.

    Who holds the registered number holds all rights. Anybody else holds what was allowed, as long as the number is
    registered under which it was allowed: with another owner it is worth nothing, until that owner allows it.
    """
    if registered and person_mobile == registered:
        return ALL_RIGHTS
    return rights if basis in GRANTED and under == (registered or "") else NO_RIGHTS


def is_pay_only(rights: frozenset[Right]) -> bool:
    """Whether a link shows no more than what anybody may see who knows the number: a masked name, and what is due."""
    return rights <= {Right.PAY}


class RightsText(TypeDecorator[frozenset[Right]]):
    """A set of rights as text: `usage bills pay`. A name that no Right has any more opens nothing."""

    impl = String(64)
    cache_ok = True

    def process_bind_param(self, value: Collection[Right] | None, dialect: Any) -> str | None:
        """Rights → text."""
        return None if value is None else " ".join(right for right in Right if right in value)

    def process_result_value(self, value: str | None, dialect: Any) -> frozenset[Right] | None:
        """Text → rights."""
        return None if value is None else ALL_RIGHTS.intersection(value.split())
