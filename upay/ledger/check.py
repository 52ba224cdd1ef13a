"""The proof that the ledger holds: each promise is one question to the database that must have no answer.

Every question is one statement, so it sees one moment, and the ledger may be checked while money is moving.
"""
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import Session, col, func, select

from upay.ledger.accounts import Account
from upay.ledger.models import AccountBalance, LedgerEntry, Posting

_SHOWN = 10
_ACCOUNTS = ", ".join(f"'{account}'" for account in Account)
_OWNED = ", ".join(f"'{account}'" for account in Account if account.of_connection)

# Code of what is wrong → the ids, keys or connections for which it is.
QUESTIONS = {
    "ledger.does_not_add_up": """
        SELECT e.id AS what FROM ledgerentry e
        LEFT JOIN (SELECT entry_id, sum(paise) AS paise, count(*) AS legs FROM posting GROUP BY entry_id) p
          ON p.entry_id = e.id
        WHERE p.entry_id IS NULL OR p.paise <> 0 OR p.legs <> e.legs""",
    "ledger.orphan": """
        SELECT DISTINCT entry_id AS what FROM posting p
        WHERE NOT EXISTS (SELECT 1 FROM ledgerentry e WHERE e.id = p.entry_id)""",
    "ledger.stranger": f"""
        SELECT entry_id AS what FROM posting p
        WHERE account NOT IN ({_ACCOUNTS}) OR (account IN ({_OWNED})) <> (connection_id IS NOT NULL)
           OR connection_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM connection c WHERE c.id = p.connection_id)""",  # noqa: S608 - names of our own
    "ledger.cache_differs": """
        SELECT connection_id AS what FROM (
          SELECT connection_id, account, paise FROM accountbalance
          UNION ALL
          SELECT connection_id, account, -sum(paise) FROM posting WHERE connection_id IS NOT NULL
          GROUP BY connection_id, account) both_ways
        GROUP BY connection_id, account HAVING sum(paise) <> 0""",
    "ledger.doubled": "SELECT key AS what FROM ledgerentry GROUP BY key HAVING count(*) > 1",
    "ledger.reversed_twice": """
        SELECT reverses AS what FROM ledgerentry WHERE reverses IS NOT NULL GROUP BY reverses HAVING count(*) > 1""",
    "ledger.no_mirror": """
        SELECT r.id AS what FROM ledgerentry r
        LEFT JOIN ledgerentry o ON o.id = r.reverses
        WHERE r.reverses IS NOT NULL AND (
          o.id IS NULL OR o.reverses IS NOT NULL OR o.legs <> r.legs OR EXISTS (
            SELECT 1 FROM posting p
            LEFT JOIN posting m ON m.entry_id = o.id AND m.leg = p.leg
            WHERE p.entry_id = r.id AND (
              m.leg IS NULL OR m.paise <> -p.paise OR m.account <> p.account
              OR coalesce(m.connection_id, 0) <> coalesce(p.connection_id, 0))))""",
}


@dataclass(frozen=True)
class Fault:
    """Something that does not hold. count: how often; first: some of the entries, keys or connections."""

    code: str
    count: int
    first: list[str]


@dataclass
class Checked:
    """What was looked at, and what does not hold."""

    entries: int = 0
    postings: int = 0
    balances: int = 0
    reversals: int = 0
    found: list[Fault] = field(default_factory=list)


def check(db: Session, step: Callable[[str], None] = lambda _: None) -> Checked:
    """Ask everything. step: told the code of each question as its turn comes. It only reads."""
    report = Checked(
        entries=db.exec(select(func.count()).select_from(LedgerEntry)).one(),
        postings=db.exec(select(func.count()).select_from(Posting)).one(),
        balances=db.exec(select(func.count()).select_from(AccountBalance)).one(),
        reversals=db.exec(
            select(func.count()).select_from(LedgerEntry).where(col(LedgerEntry.reverses).is_not(None))
        ).one(),
    )
    for code, question in QUESTIONS.items():
        step(code)
        asked = text(f"SELECT what, count(*) OVER () FROM ({question}) wrong LIMIT {_SHOWN}")  # noqa: S608
        rows = db.connection().execute(asked).all()
        if rows:
            report.found.append(Fault(code, int(rows[0][1]), [str(row[0]) for row in rows]))
    return report


def trial_balance(db: Session) -> dict[Account, tuple[int, int]]:
    """Every account's debits and credits, in paise, both positive; over all accounts they are the same."""
    debit = func.coalesce(func.sum(Posting.paise).filter(col(Posting.paise) > 0), 0)
    credit = func.coalesce(func.sum(Posting.paise).filter(col(Posting.paise) < 0), 0)
    rows = db.exec(select(Posting.account, debit, credit).group_by(Posting.account)).all()
    sums = {Account(account): (int(debits), -int(credits_)) for account, debits, credits_ in rows}
    return {account: sums[account] for account in Account if account in sums}
