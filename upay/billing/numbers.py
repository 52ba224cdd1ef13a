"""Bill numbers: made of cycle and connection, so the same bill has the same number however often a run was broken off.

An id has thirteen digits: two of the year, two of the month, eight of the connection, one that counts the bills made
anew in place of reversed ones. The number appends the two check digits of ISO 7064 MOD 97-10, which find every single
wrong digit, every pair of digits changed over, and all but one in a hundred of other mistakes.
"""
from datetime import date

import polars as pl

from upay.errors import Problem

_CONNECTIONS, _ISSUES = 10**8, 10
_DIGITS = 13
LAST_ISSUE = _ISSUES - 1


def bill_id(cycle: date, connection_id: int, issue: int = 0) -> int:
    """The id of a connection's bill of a cycle. issue: 0 for the first, 1 for the one that replaces it …

    Raises Problem billing.too_many_issues after the ninth replacement.
    """
    if issue > LAST_ISSUE:
        raise Problem("billing.too_many_issues", {"most": LAST_ISSUE}, 409)
    return (_cycle_part(cycle) * _CONNECTIONS + connection_id) * _ISSUES + issue


def bill_ids(cycle: date, issue: pl.Expr) -> pl.Expr:
    """`bill_id` of a frame's column `connection_id`."""
    return (_cycle_part(cycle) * _CONNECTIONS + pl.col("connection_id").cast(pl.Int64)) * _ISSUES + issue


def ids_of_cycle(cycle: date) -> tuple[int, int]:
    """The least and the greatest id that bills of a cycle can have."""
    low = _cycle_part(cycle) * _CONNECTIONS * _ISSUES
    return low, low + _CONNECTIONS * _ISSUES - 1


def issue_of(identity: int) -> int:
    """Which of the connection's bills of the cycle an id names."""
    return identity % _ISSUES


def issue_of_each(identity: pl.Expr) -> pl.Expr:
    """`issue_of` of a frame's column of ids."""
    return identity % _ISSUES


def check(identity: int) -> int:
    """The two check digits of an id (ISO 7064 MOD 97-10)."""
    return 98 - identity * 100 % 97


def number_of(identity: int) -> str:
    """The number printed on a bill: 15 digits."""
    return f"{identity:0{_DIGITS}d}{check(identity):02d}"


def numbers_of(identity: pl.Expr) -> pl.Expr:
    """`number_of` of a frame's column of ids."""
    digits = identity.cast(pl.String).str.zfill(_DIGITS)
    return digits + (98 - identity * 100 % 97).cast(pl.String).str.zfill(2)


def id_of(number: str) -> int:
    """The id behind a number as a person typed it; blanks and hyphens are let go.

    Raises Problem billing.bad_number when digits are missing or the check digits do not agree.
    """
    digits = "".join(number.replace("-", " ").split())
    if len(digits) != _DIGITS + 2 or not (digits.isascii() and digits.isdigit()):
        raise Problem("billing.bad_number", {"number": number[:40]}, 404)
    identity = int(digits[:-2])
    if int(digits[-2:]) != check(identity):
        raise Problem("billing.bad_number", {"number": number[:40]}, 404)
    return identity


def _cycle_part(cycle: date) -> int:
    return cycle.year % 100 * 100 + cycle.month
