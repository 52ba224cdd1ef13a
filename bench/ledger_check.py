"""`ledger check` on ten million postings, on a PostgreSQL cluster of its own: every question, as the command asks it.

The postings came in through `post_all`, as a billing cycle's do, with constraints, triggers and cached balances at
work: bills of five legs, payments of two, some of them taken back. The cluster is durable in nothing: that speeds up
what is written, and the check only reads.
"""
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from sqlalchemy import text
from sqlmodel import select

from bench.figure import Figure
from bench.network import make_network
from tests.harness.postgres import cluster
from upay.bulk import bulk
from upay.db import engine, session
from upay.ledger import Account, Kind, LedgerEntry, post_all, reverse
from upay.ledger.check import check

POSTINGS, CONNECTIONS, AT_ONCE, RETURNED = 10_000_000, 200_000, 100_000, 1_000
LIMIT_S = 60
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
_BILL = ((Account.ENERGY_REVENUE, 70), (Account.FIXED_REVENUE, 15), (Account.FPPAS, 10), (Account.DUTY_PAYABLE, 5))
_LEGS = 1 + len(_BILL) + 2  # a bill's and its payment's


def run(scratch: Path) -> list[Figure]:
    """Seconds that the check takes, on a ledger in which all holds."""
    with cluster() as server:
        os.environ["UPAY_DATABASE_URL"] = server.url(server.create())
        figures = _measured()
        engine().dispose()
    return figures


def _measured() -> list[Figure]:
    make_network(CONNECTIONS)
    begun = time.perf_counter()
    _fill()
    filled = time.perf_counter() - begun
    with engine().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))  # as autovacuum would have, long before
    asked: list[tuple[str, float]] = []
    begun = time.perf_counter()
    with session() as db:
        report = check(db, lambda code: asked.append((code, time.perf_counter())))
    spent = time.perf_counter() - begun
    assert not report.found and report.postings >= POSTINGS
    ends = [at for _, at in asked[1:]] + [begun + spent]
    questions = {code: round(end - at, 2) for (code, at), end in zip(asked, ends, strict=True)}
    counts = {"entries": report.entries, "postings": report.postings, "reversals": report.reversals}
    return [
        Figure(
            "ledger check, ten million postings, PostgreSQL", spent, "s", limit=LIMIT_S,
            detail={**counts, "connections": CONNECTIONS, "filled_s": round(filled, 1), "questions_s": questions},
        ),
    ]  # fmt: skip


def _fill() -> None:
    """Bills and their payments in transactions of AT_ONCE entries until there are enough; a few payments come back."""
    draw, bills = np.random.default_rng(7), -(-POSTINGS // _LEGS)
    for first in range(0, bills, AT_ONCE):
        rows = np.arange(first, min(first + AT_ONCE, bills))
        own, paise = rows % CONNECTIONS + 1, draw.integers(200, 9_000, len(rows)) * 100
        charged = [(account, -paise * share // 100) for account, share in _BILL]
        paid = [(Account.RECEIVABLE, -paise), (Account.GATEWAY_CLEARING, paise)]
        for kind, legs in ((Kind.BILL, [(Account.RECEIVABLE, paise), *charged]), (Kind.PAYMENT, paid)):
            with bulk() as db:
                post_all(db, _entries(rows, kind), pl.concat(_leg(rows, own, *leg) for leg in legs))
    with session() as db:
        back = db.exec(select(LedgerEntry.id).where(LedgerEntry.kind == Kind.PAYMENT).limit(RETURNED)).all()
        for entry_id in back:
            reverse(db, entry_id or 0, f"back:{entry_id}", NOW)


def _entries(rows: np.ndarray, kind: Kind) -> pl.DataFrame:
    text = pl.col("row").cast(pl.String)
    return pl.DataFrame({"row": rows}).with_columns(
        (pl.lit(f"{kind}:") + text).alias("key"),
        text.alias("about"),
        pl.lit(kind.value).alias("kind"),
        pl.lit(NOW).alias("at"),
    )


def _leg(rows: np.ndarray, own: np.ndarray, account: Account, paise: np.ndarray) -> pl.DataFrame:
    owner = pl.col("own") if account.of_connection else pl.lit(None, pl.Int64)
    return pl.DataFrame({"row": rows, "own": own, "paise": paise}).select(
        "row", pl.lit(account.value).alias("account"), owner.alias("connection_id"), "paise"
    )
