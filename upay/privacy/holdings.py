"""Where something of a person stands: one table, read by the copy of one's data and by erasing alike.

A test holds it to the database: a column that points to a person, and is not here, fails it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Table

from upay.migrations import metadata


class Fate(StrEnum):
    """What becomes of the rows when their person is erased."""

    REMOVED = "removed"
    KEPT = "kept"
    AGED = "aged"
    """Kept for the pack's `security_days` from the erasure, then removed by the daily job."""


@dataclass(frozen=True)
class Holding:
    """Rows of a table that belong to a person by one column.

    noun: the file of the copy, "" for what the copy leaves out.  hidden: columns that are secrets and no information.
    blanked: columns emptied on erasure, of rows that are kept.
    """

    table: str
    column: str
    noun: str
    fate: Fate
    hidden: frozenset[str] = field(default_factory=frozenset[str])
    blanked: frozenset[str] = field(default_factory=frozenset[str])

    @property
    def rows(self) -> Table:
        """The table itself, whichever folder declares it."""
        return metadata().tables[self.table]

    def seen(self, row: Any) -> dict[str, Any]:
        """A row as its person may read it."""
        return {name: value for name, value in row._mapping.items() if name not in self.hidden}


def _of(table: str, noun: str, fate: Fate, column: str = "person_id", hidden: str = "", blanked: str = "") -> Holding:
    return Holding(table, column, noun, fate, frozenset(hidden.split()), frozenset(blanked.split()))


HOLDINGS = (
    _of("accountlink", "links", Fate.REMOVED, hidden="under"),
    _of("consent", "consents", Fate.KEPT, "giver_id", blanked="mobile"),
    _of("consent", "", Fate.KEPT, "receiver_id", hidden="mobile"),
    _of("linkask", "questions", Fate.REMOVED, hidden="mobile"),
    _of("numbertry", "", Fate.REMOVED),
    _of("noticepreference", "notification_choices", Fate.REMOVED),
    _of("signinsession", "sign_ins", Fate.AGED, hidden="token_hash browser"),
    _of("password", "user_name", Fate.REMOVED, hidden="hash skeleton"),
    _of("authenticator", "authenticator", Fate.REMOVED, hidden="sealed"),
    _of("passkey", "passkeys", Fate.REMOVED, hidden="credential_id public_key"),
    _of("recoverycode", "", Fate.REMOVED),
    _of("signinstep", "", Fate.REMOVED),
    _of("staffrole", "roles", Fate.KEPT),
    _of("instalmentplan", "instalment_plans", Fate.KEPT),
    _of("tariffproposal", "", Fate.KEPT, "proposed_by"),
    _of("tariffdecision", "", Fate.KEPT, "decided_by"),
    _of("dataexport", "copies", Fate.REMOVED, hidden="file"),
    _of("erasure", "erasures", Fate.KEPT),
)
