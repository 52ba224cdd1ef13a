"""An entry before it is posted: what it must be like, whatever the way it takes into the ledger."""
from dataclasses import dataclass
from datetime import datetime

from upay.ledger.accounts import Account


class WrongEntry(ValueError):
    """An entry that cannot be: code asked for it, so it is an error of ours and not of a person's."""


@dataclass(frozen=True)
class Leg:
    """A movement of one account. paise: a debit is positive, a credit negative, never zero."""

    account: Account
    paise: int
    connection_id: int | None = None

    def __post_init__(self) -> None:
        if not self.paise:
            raise WrongEntry(f"a leg of {self.account} moves nothing")
        if Account(self.account).of_connection is (self.connection_id is None):
            raise WrongEntry(f"{self.account} belongs to a connection, or to none")


@dataclass(frozen=True)
class Entry:
    """An event that moves money between accounts, nothing of it coming from nowhere.

    key: names the event; of two entries with the same key the first counts.  kind: a Kind.  at: when it took place.
    about: the number of the bill, payment or receipt.  Raises WrongEntry when its legs do not add up to nothing.
    """

    key: str
    kind: str
    at: datetime
    legs: tuple[Leg, ...]
    about: str = ""

    def __post_init__(self) -> None:
        if len(self.legs) < 2 or sum(leg.paise for leg in self.legs):
            raise WrongEntry(f"the legs of {self.key} do not add up")
