"""What the ledger answers about a connection: its balances, and its statement."""
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from upay.clock import day_start_s
from upay.ledger.accounts import Account
from upay.ledger.models import AccountBalance, LedgerEntry, Posting

# What a consumer understands as the one balance: dues less money held. The deposit is a matter of its own.
DUES = (Account.RECEIVABLE, Account.ARREARS, Account.WALLET)
_AT_ONCE = 500


@dataclass(frozen=True)
class StatementRow:
    """An entry as one connection sees it. paise: what it moved; balance: what was owed after it (below zero: held)."""

    entry_id: int
    at: datetime
    kind: str
    about: str
    reverses: int | None
    paise: int
    balance: int


@dataclass(frozen=True)
class Statement:
    """The entries of some days, oldest first, between what was owed before and after."""

    opening: int
    rows: tuple[StatementRow, ...]

    @property
    def closing(self) -> int:
        """What is owed after the last row."""
        return self.rows[-1].balance if self.rows else self.opening

    @property
    def debits(self) -> int:
        """What was charged in these days, paise."""
        return sum(row.paise for row in self.rows if row.paise > 0)

    @property
    def credits(self) -> int:
        """What was paid or credited in these days, paise, as a positive number."""
        return -sum(row.paise for row in self.rows if row.paise < 0)


def balance(db: Session, connection_id: int, account: Account) -> int:
    """What an account of a connection stands at, paise."""
    kept = db.exec(
        select(AccountBalance.paise).where(
            AccountBalance.connection_id == connection_id, AccountBalance.account == account
        )
    ).first()
    return kept or 0


def balances(db: Session, connection_ids: Collection[int]) -> dict[int, dict[Account, int]]:
    """The accounts of many connections that ever moved; a connection without any has an empty row."""
    found: dict[int, dict[Account, int]] = {number: {} for number in connection_ids}
    wanted = list(found)
    for start in range(0, len(wanted), _AT_ONCE):
        asked = col(AccountBalance.connection_id).in_(wanted[start : start + _AT_ONCE])
        for row in db.exec(select(AccountBalance).where(asked)):
            found[row.connection_id][Account(row.account)] = row.paise
    return found


def statement(
    db: Session, connection_id: int, first: date, last: date, accounts: Sequence[Account] = DUES
) -> Statement:
    """The entries of the IST days from `first` to `last`, both included, that moved these accounts of a connection."""
    own = (col(Posting.connection_id) == connection_id, col(Posting.account).in_(accounts))
    at_s = col(LedgerEntry.at_s)
    of_entry = col(LedgerEntry.id) == Posting.entry_id
    from_s, until_s = day_start_s(first), day_start_s(last + timedelta(days=1))
    before = select(func.coalesce(func.sum(Posting.paise), 0)).join(LedgerEntry, of_entry).where(*own)
    running = opening = int(db.exec(before.where(at_s < from_s)).one())
    found = db.exec(
        select(LedgerEntry, func.sum(Posting.paise))
        .join(Posting, of_entry)
        .where(*own, at_s >= from_s, at_s < until_s)
        .group_by(col(LedgerEntry.id))
        .order_by(at_s, col(LedgerEntry.id))
    )
    rows: list[StatementRow] = []
    for entry, moved in found:
        running += int(moved)
        moment = datetime.fromtimestamp(entry.at_s, UTC)
        assert entry.id is not None
        rows.append(StatementRow(entry.id, moment, entry.kind, entry.about, entry.reverses, int(moved), running))
    return Statement(opening, tuple(rows))
