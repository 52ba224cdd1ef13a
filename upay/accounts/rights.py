"""How rights stand in the database: their names in one short text, in the order of `Right`, "" for none."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

from upay.accounts.permissions import Right

ALL_RIGHTS = frozenset(Right)
NO_RIGHTS: frozenset[Right] = frozenset()


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
