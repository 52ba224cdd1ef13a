"""Money taken at counters and by banks: what a row of their file says, checked cell by cell."""
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Mode(StrEnum):
    """How it was paid."""

    CASH = "cash"
    CHEQUE = "cheque"
    DRAFT = "draft"
    NEFT = "neft"
    RTGS = "rtgs"
    UPI = "upi"
    CARD = "card"


COLUMNS = ("receipt", "connection", "amount", "date", "mode")
# Digits of ASCII alone: int() would read Devanagari ones too, and a form that mixes both is to be looked at.
_AMOUNT = re.compile(r"(?:₹\s?|Rs\.?\s?)?([0-9]{1,3}(?:,[0-9]{2,3})*|[0-9]+)(?:\.([0-9]{1,2}))?")
_RECEIPT = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,31}")
_DAYS = (re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"), re.compile(
    r"(?P<d>[0-9]{2})[-/.](?P<m>[0-9]{2})[-/.](?P<y>[0-9]{4})"))
_MOST_PAISE = 10**12


@dataclass(frozen=True)
class Receipt:
    """A row that can be read. paise: above zero.  reference: the cheque's or transfer's number."""

    row: int
    number: str
    connection: str
    paise: int
    day: date
    mode: Mode
    reference: str


@dataclass(frozen=True)
class Refused:
    """A row that was not taken, and why. row: its line, counting data rows from 1."""

    row: int
    code: str
    receipt: str
    value: str


def read(row: int, cells: Mapping[str, str | None], today: date, oldest_days: int) -> Receipt | Refused:
    """A row of a collection file: a receipt, or the first thing that is wrong with it."""
    given = {name: (cells.get(name) or "").strip() for name in (*COLUMNS, "reference")}

    def refused(code: str, column: str) -> Refused:
        return Refused(row, code, given["receipt"][:32], given[column][:40])

    if not _RECEIPT.fullmatch(given["receipt"]):
        return refused("ledger.bad_receipt", "receipt")
    if not re.fullmatch("[0-9]{10}", given["connection"]):
        return refused("ledger.bad_connection", "connection")
    paise = paise_of(given["amount"])
    if paise is None or not 0 < paise <= _MOST_PAISE:
        return refused("ledger.bad_amount", "amount")
    day = _day(given["date"])
    if day is None:
        return refused("ledger.bad_date", "date")
    if not today - timedelta(days=oldest_days) <= day <= today:
        return refused("ledger.date_out_of_range", "date")
    if given["mode"].lower() not in set(Mode):
        return refused("ledger.bad_mode", "mode")
    mode = Mode(given["mode"].lower())
    return Receipt(row, given["receipt"], given["connection"], paise, day, mode, given["reference"][:40])


def paise_of(text: str) -> int | None:
    """An amount in rupees as a person writes it (`1,250.50`, `₹ 300`), in paise; None when it is not one."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return None
    rupees, fraction = found.groups()
    return int(rupees.replace(",", "")) * 100 + int((fraction or "").ljust(2, "0"))


def _day(text: str) -> date | None:
    for pattern in _DAYS:
        if found := pattern.fullmatch(text):
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                return None
    return None
