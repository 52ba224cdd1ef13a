"""Entering a million events: what holds for one holds for all of them."""
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import polars as pl
import pytest
from sqlmodel import select

from upay.bulk import bulk
from upay.db import session
from upay.ledger import Account, AccountBalance, Entry, Kind, LedgerEntry, Leg, Posting, WrongEntry, post, post_all

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)


def bills(first: int, count: int, paise: int = 50_000) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Bills of connections from `first` on: energy, duty, and a leg that moves nothing."""
    rows = pl.DataFrame({"row": range(count)}).with_columns(connection_id=pl.col("row") + first)
    entries = rows.select(
        "row",
        pl.format("bill:2026-10:{}", "connection_id").alias("key"),
        pl.lit("bill").alias("kind"),
        pl.lit(NOW).dt.cast_time_unit("us").alias("at"),
        pl.format("B{}", "connection_id").alias("about"),
    )
    parts = {Account.RECEIVABLE: paise, Account.ENERGY_REVENUE: 2_000 - paise, Account.DUTY_PAYABLE: -2_000}
    legs = pl.concat(
        rows.select(
            "row",
            pl.lit(account.value).alias("account"),
            (pl.col("connection_id") if account.of_connection else pl.lit(None, pl.Int64)).alias("connection_id"),
            pl.lit(amount, pl.Int64).alias("paise"),
        )
        for account, amount in {**parts, Account.TOD: 0}.items()
    )
    return entries, legs


def run(first: int, count: int, paise: int = 50_000) -> int:
    with bulk() as db:
        return len(post_all(db, *bills(first, count, paise)))


def standing() -> tuple[int, int, int]:
    """Entries, postings and the sum of all balances, which are what the postings add up to."""
    with session() as db:
        entries, legs = db.exec(select(LedgerEntry)).all(), db.exec(select(Posting)).all()
        kept = {(row.connection_id, row.account): row.paise for row in db.exec(select(AccountBalance))}
    summed: dict[tuple[int, str], int] = {}
    for leg in legs:
        if leg.connection_id is not None:
            key = (leg.connection_id, leg.account)
            summed[key] = summed.get(key, 0) + leg.paise
    assert kept == summed
    assert sum(leg.paise for leg in legs) == 0
    return len(entries), len(legs), sum(kept.values())


def test_all_are_entered_with_their_legs_and_balances():
    assert run(1, 300) == 300
    assert standing() == (300, 900, 300 * 50_000)


def test_a_rerun_changes_nothing_and_adds_what_is_new():
    run(1, 300)
    assert run(201, 200, paise=70_000) == 100
    assert standing() == (400, 1_200, 300 * 50_000 + 100 * 70_000)
    assert run(1, 400) == 0


def test_what_is_new_is_told_by_row():
    run(1, 2)
    with bulk() as db:
        added = post_all(db, *bills(2, 3))
    with session() as db:
        about = {entry.id: entry.about for entry in db.exec(select(LedgerEntry))}
    assert {row: about[entry] for row, entry in added.rows()} == {1: "B3", 2: "B4"}


def test_single_posts_go_on_beside_and_after():
    run(1, 10)
    with session() as db:
        owed = (Leg(Account.RECEIVABLE, -50_000, 3), Leg(Account.CASH_COLLECTION, 50_000))
        assert post(db, Entry("paid:1", Kind.COLLECTION, NOW, owed)) is not None
    run(11, 10)
    assert standing() == (21, 62, 19 * 50_000)


def test_nothing_is_entered_when_anything_is_wrong():
    entries, legs = bills(1, 5)
    a_paisa_more = legs.with_columns(paise=pl.col("paise") + (pl.int_range(pl.len()) == 0))
    without_owner = legs.with_columns(connection_id=pl.lit(None, pl.Int64))
    twice = entries.with_columns(key=pl.lit("same"))
    for wrong in (
        (entries, a_paisa_more),
        (entries, without_owner),
        (entries, legs.with_columns(account=pl.lit("petty_cash"))),
        (entries.head(4), legs),
        (twice, legs),
    ):
        with pytest.raises(WrongEntry), bulk() as db:
            post_all(db, *wrong)
    assert standing() == (0, 0, 0)


def test_a_bill_of_nothing_is_not_entered():
    entries, legs = bills(1, 3)
    with bulk() as db:
        added = post_all(db, entries, legs.with_columns(paise=pl.when(pl.col("row") == 1).then(0).otherwise("paise")))
    assert added["row"].to_list() == [0, 2]


def test_two_cycles_at_once_bill_every_connection_once():
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda n: run(1 + 50 * (n % 2), 150), range(4)))
    assert sum(told) == 200
    assert standing() == (200, 600, 200 * 50_000)


_KILLED = """
import os, sys
sys.path.insert(0, {tests!r})
from test_post_all import bills
from upay.bulk import bulk
from upay.ledger import post_all, Posting
import upay.bulk

write = upay.bulk.Bulk.upsert
def dies(*args, **kwargs):
    write(*args, **kwargs)
    os.kill(os.getpid(), 9)
upay.bulk.Bulk.upsert = dies
with bulk() as db:
    post_all(db, *bills(1, 300))
"""


def test_killed_in_the_middle_nothing_stands_and_the_rerun_does_it_all(request):
    code = _KILLED.format(tests=str(request.path.parent))
    killed = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)
    assert killed.returncode == -9, killed.stderr.decode()
    assert standing() == (0, 0, 0)
    assert run(1, 300) == 300
    assert standing() == (300, 900, 300 * 50_000)
