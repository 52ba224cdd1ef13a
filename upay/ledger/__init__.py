"""The ledger: every movement of money, entered once, never changed, and what the movements add up to.

Debits are positive, credits negative, in integer paise; the legs of an entry add up to nothing. RECEIVABLE above zero
is owed by the consumer; a prepaid connection's balance is −WALLET, for money held is a credit.
"""

from upay.ledger.accounts import Account, Kind
from upay.ledger.asking import DUES, Statement, StatementRow, balance, balances, statement
from upay.ledger.entry import Entry, Leg, WrongEntry
from upay.ledger.models import AccountBalance, LedgerEntry, Posting
from upay.ledger.post import post, reverse
from upay.ledger.post_all import post_all
from upay.ledger.statement_files import statement_file

__all__ = [
    "DUES",
    "Account",
    "AccountBalance",
    "Entry",
    "Kind",
    "LedgerEntry",
    "Leg",
    "Posting",
    "Statement",
    "StatementRow",
    "WrongEntry",
    "balance",
    "balances",
    "post",
    "post_all",
    "reverse",
    "statement",
    "statement_file",
]
