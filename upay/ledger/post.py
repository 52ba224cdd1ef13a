"""Posting one entry, and taking one back."""
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from upay.errors import Problem
from upay.ledger.accounts import Account, Kind
from upay.ledger.entry import Entry, Leg
from upay.ledger.models import AccountBalance, LedgerEntry, Posting
from upay.work.upsert import insert_into


def post(db: Session, entry: Entry) -> int | None:
    """Enter an event and return the entry's id; None when its key stands already: then nothing changes.

    Of two processes that post the same key at once, one waits for the other to commit and is then told None.
    """
    return _append(db, entry, None)


def reverse(db: Session, entry_id: int, key: str, at: datetime, about: str = "") -> int | None:
    """Take an entry back by its mirror image; None when `key` stands already. The only way to correct anything.

    Raises Problem when another key has taken it back before, or when it is itself a reversal: post what is right anew.
    """
    taken = db.exec(select(LedgerEntry).where(LedgerEntry.id == entry_id)).one()
    if taken.reverses is not None:
        raise Problem("ledger.is_reversal", {"entry": entry_id})
    legs = db.exec(select(Posting).where(Posting.entry_id == entry_id).order_by(col(Posting.leg))).all()
    mirrored = tuple(Leg(Account(leg.account), -leg.paise, leg.connection_id) for leg in legs)
    return _append(db, Entry(key, Kind.REVERSAL, at, mirrored, about or taken.about), entry_id)


def _append(db: Session, entry: Entry, reverses: int | None) -> int | None:
    head = {
        "key": entry.key,
        "kind": entry.kind,
        "at_s": int(entry.at.timestamp()),
        "about": entry.about,
        "legs": len(entry.legs),
        "reverses": reverses,
    }
    added = insert_into(db, LedgerEntry).values(**head).on_conflict_do_nothing().returning(col(LedgerEntry.id))
    number = db.exec(added).scalar_one_or_none()
    if number is None:
        if db.exec(select(LedgerEntry.id).where(LedgerEntry.key == entry.key)).first() is None:
            raise Problem("ledger.reversed_already", {"entry": reverses or 0})
        return None
    # One statement: the database checks there that the legs of an entry, all of them, add up.
    db.exec(insert(Posting).values([_row(number, place, leg) for place, leg in enumerate(entry.legs, 1)]))
    _keep_balances(db, entry.legs)
    return number


def _row(entry_id: int, place: int, leg: Leg) -> dict[str, Any]:
    return {
        "entry_id": entry_id,
        "leg": place,
        "account": leg.account,
        "connection_id": leg.connection_id,
        "paise": leg.paise,
    }


def _keep_balances(db: Session, legs: Sequence[Leg]) -> None:
    """Add the legs to the balances they move, in one order for all, so that no two posts wait for each other."""
    moved: dict[tuple[int, str], int] = defaultdict(int)
    for leg in legs:
        if leg.connection_id is not None:
            moved[leg.connection_id, leg.account] += leg.paise
    if not moved:
        return
    rows = [{"connection_id": key[0], "account": key[1], "paise": moved[key]} for key in sorted(moved)]
    wanted = insert_into(db, AccountBalance).values(rows)
    db.exec(
        wanted.on_conflict_do_update(
            index_elements=["connection_id", "account"],
            set_={"paise": AccountBalance.paise + wanted.excluded.paise},
        ).execution_options(synchronize_session=False)
    )
