"""A billing cycle of a million connections on a PostgreSQL of its own: from roll-ups to bills, lines, ledger entries.

The cluster is as durable as in service. Loading the roll-ups is not part of the time; what is written is then written
again, the very same rows in the same order and as large transactions, by the same driver's COPY into bare tables.
"""
import os
import resource
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from adbc_driver_postgresql import dbapi

from bench.billed import bill_cycles, days_used
from bench.figure import Figure
from bench.network import make_network
from tests.harness.postgres import cluster
from upay.billing import cycle
from upay.billing.numbers import LAST_ISSUE, bill_id
from upay.billing.shard import CONNECTIONS_A_SHARD
from upay.bulk import Bulk, bulk
from upay.db import engine
from upay.settings import settings

CONNECTIONS = 1_000_000
FIRST, LAST = date(2025, 11, 1), date(2025, 11, 30)
# As a server of this size would be set up; nothing that makes a commit less certain.
_SERVER = {"shared_buffers": "1GB", "max_wal_size": "8GB", "maintenance_work_mem": "256MB", "work_mem": "64MB"}
_ENTRIES = "(SELECT entry_id FROM posting WHERE connection_id BETWEEN $1 AND $2)"
# Table → which of its rows are a shard's, between ids of what. Exceptions, of which there are few, are left out.
_COPIED = {
    "bill": ("id BETWEEN $1 AND $2", "bills"),
    "billpart": ("bill_id BETWEEN $1 AND $2", "bills"),
    "billline": ("bill_id BETWEEN $1 AND $2", "bills"),
    "ledgerentry": (f"id IN {_ENTRIES}", "connections"),
    "posting": (f"entry_id IN {_ENTRIES}", "connections"),
    "accountbalance": ("connection_id BETWEEN $1 AND $2", "connections"),
}


def run(scratch: Path, connections: int = CONNECTIONS) -> list[Figure]:
    """Seconds of a cycle, memory of the process at its height, and the database's part beside a bare COPY."""
    with cluster(_SERVER) as server:
        os.environ["UPAY_DATABASE_URL"] = server.url(server.create())
        settings.cache_clear()
        engine.cache_clear()
        make_network(connections)
        days_used(connections, FIRST, LAST)
        with bulk() as db:  # as autovacuum would have by the time a month is over
            db.execute("ANALYZE")
        writing = _Stopwatch(cycle.write)
        cycle.write = writing
        begun = time.perf_counter()
        bill_cycles([FIRST])
        spent = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        rows = _once(connections)
        copied = _copied(connections)
        engine().dispose()
    return [
        Figure(f"a cycle of {connections:,} connections", spent, "s", limit=180, detail={"rows": rows}),
        Figure("memory of its process at the height", peak, "GiB", limit=6),
        Figure("writing what it made", writing.seconds, "s", peer="bare COPY of the same rows", peer_value=copied,
               peer_limit=2),
    ]  # fmt: skip


class _Stopwatch:
    """Calls on, and adds up how long the calls took."""

    def __init__(self, work: Callable[..., None]) -> None:
        self._work, self._lock, self.seconds = work, threading.Lock(), 0.0

    def __call__(self, *given: object) -> None:
        begun = time.perf_counter()
        self._work(*given)
        with self._lock:
            self.seconds += time.perf_counter() - begun


def _once(connections: int) -> dict[str, int]:
    """Rows of each table. Every connection has its bill or its exception, every bill that moved money one entry."""
    with bulk() as db:
        rows = {table: _count(db, table) for table in (*_COPIED, "billexception")}
        (billed,) = db.read("SELECT count(DISTINCT connection_id) FROM bill").row(0)
        (moved,) = db.read("SELECT cast(coalesce(sum(paise), 0) AS bigint) FROM posting").row(0)
        (keys,) = db.read("SELECT count(DISTINCT key) FROM ledgerentry").row(0)
    assert rows["bill"] == billed == connections - rows["billexception"]
    assert rows["ledgerentry"] == keys <= billed
    assert moved == 0
    return rows


def _count(db: Bulk, table: str) -> int:
    return int(db.read(f"SELECT count(*) FROM {table}").row(0)[0])


def _copied(connections: int) -> float:
    """Seconds of COPYing what stands into tables without any index, shard by shard; reading it is not counted."""
    spent = 0.0
    with dbapi.connect(settings().url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        for table in _COPIED:
            cursor.execute(f"CREATE TABLE bare_{table} AS SELECT * FROM {table} WITH NO DATA")
        connection.commit()
        for first in range(0, connections + 1, CONNECTIONS_A_SHARD):
            last = first + CONNECTIONS_A_SHARD - 1
            ends = {"bills": (bill_id(FIRST, first), bill_id(FIRST, last, LAST_ISSUE)), "connections": (first, last)}
            frames = {}
            for table, (where, what) in _COPIED.items():
                cursor.execute(f"SELECT * FROM {table} WHERE {where}", ends[what])
                frames[table] = cursor.fetch_arrow_table()
            begun = time.perf_counter()
            for table, frame in frames.items():
                cursor.adbc_ingest(f"bare_{table}", frame, mode="append")
            connection.commit()
            spent += time.perf_counter() - begun
    return spent
