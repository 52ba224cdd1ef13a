"""Security deposits: interest once a year, and the deposit set against what is owed when a connection ends."""
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from upay.clock import day_of, day_start, day_start_s
from upay.dues.rules import Rules
from upay.ledger import Account, AccountBalance, Entry, Kind, LedgerEntry, Leg, Posting, balance, post


def interest(held: list[tuple[int, int]], rate: int, first: date, last: date) -> int:
    """A year's interest in paise, half up: what was held on each day, at `rate` (1/100 percent a year).

    held: instants (seconds since 1970) and how much more was held from then on, paise.
    """
    begin, end = day_start_s(first), day_start_s(last + timedelta(days=1))
    paise_seconds = sum(paise * (end - max(at_s, begin)) for at_s, paise in held if at_s < end)
    whole = 10_000 * (end - begin)
    return max(0, (2 * paise_seconds * rate + whole) // (2 * whole))


def pay_interest(db: Session, first_id: int, last_id: int, year: int) -> int:
    """Credit the interest of the financial year that began in April of `year` to what each connection owes.

    Returns how many were credited; done again it credits nobody twice. Source: Electricity Act 2003, 47(4).
    """
    first, last = date(year, 4, 1), date(year + 1, 3, 31)
    rate = Rules.on(last).deposit["interest_rate"]
    own = select(AccountBalance.connection_id).where(
        AccountBalance.account == Account.DEPOSIT, col(AccountBalance.connection_id).between(first_id, last_id)
    )
    credited = 0
    for connection_id in db.exec(own.order_by(col(AccountBalance.connection_id))).all():
        moved = db.exec(
            select(LedgerEntry.at_s, Posting.paise)
            .join(Posting, col(Posting.entry_id) == LedgerEntry.id)
            .where(Posting.connection_id == connection_id, Posting.account == Account.DEPOSIT)
        ).all()
        paise = interest([(at_s, -moved_paise) for at_s, moved_paise in moved], rate, first, last)
        if not paise:
            continue
        legs = (Leg(Account.INTEREST, paise), Leg(Account.RECEIVABLE, -paise, connection_id))
        name = f"{year}-{(year + 1) % 100:02d}"
        at = day_start(last + timedelta(days=1))
        credited += post(db, Entry(f"interest:{name}:{connection_id}", Kind.INTEREST, at, legs, name)) is not None
    return credited


def give_back(db: Session, connection_id: int, at: datetime) -> int:
    """Set the deposit of an ended connection against what it owes; what is left stays in its favour, to be refunded.

    Returns the deposit, paise; nothing happens when there is none.
    """
    held = -balance(db, connection_id, Account.DEPOSIT)
    if held <= 0:
        return 0
    legs = (Leg(Account.DEPOSIT, held, connection_id), Leg(Account.RECEIVABLE, -held, connection_id))
    entry = Entry(f"deposit_back:{connection_id}:{day_of(at)}", Kind.DEPOSIT, at, legs)
    return held if post(db, entry) is not None else 0
