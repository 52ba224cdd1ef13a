"""One connection's thirty days of half-hours among a hundred million reads: the usage page's question."""
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np

from bench.figure import Figure
from bench.lake import close_days
from bench.network import make_network
from upay.clock import day_start
from upay.db import session
from upay.metering import usage
from upay.metering.days import FILES_OF_RUNNING_MONTH, compact
from upay.metering.days.lake import snapshot
from upay.settings import settings

METERS, DAYS, ASKED = 70_000, 30, 300
FIRST = date(2026, 9, 1)
LAST = FIRST + timedelta(days=DAYS - 1)


def run(scratch: Path) -> list[Figure]:
    """p95 of the service for days just closed and for a compacted month, each beside DuckDB on the same files."""
    make_network(METERS)
    # As the nightly job leaves a running month at its worst: one file, and a day's file for every night since.
    whole = DAYS - FILES_OF_RUNNING_MONTH + 1
    reads = close_days(METERS, FIRST, whole)
    _compact()
    reads += close_days(METERS, FIRST + timedelta(days=whole), DAYS - whole)
    figures = _beside_duckdb(f"a running month in {FILES_OF_RUNNING_MONTH} files", reads)
    _compact()
    return figures + _beside_duckdb("a compacted month", reads)


def _compact() -> None:
    for bucket in range(settings().buckets):
        compact(f"{FIRST:%Y-%m}", bucket, day_start(LAST + timedelta(days=5)))


def _beside_duckdb(form: str, reads: int) -> list[Figure]:
    meters = np.random.default_rng(5).integers(1, METERS + 1, ASKED).tolist()
    by_bucket: dict[int, list[str]] = {}
    for file in snapshot().files:
        by_bucket.setdefault(file.bucket, []).append(str(settings().lake / file.path))
    ours = _times(_service, meters)
    theirs = _times(lambda meter: _duckdb(by_bucket[meter % settings().buckets], meter), meters)
    return [
        Figure(
            name=f"usage of one connection, 30 days of half-hours, p95, {form}",
            value=_p95(ours),
            unit="ms",
            limit=20,
            peer="DuckDB, same question on the same files",
            peer_value=_p95(theirs),
            peer_limit=1 / 3,
            detail={
                "reads": reads,
                "asked": ASKED,
                "p50_ms": statistics.median(ours),
                "duckdb_p50_ms": statistics.median(theirs),
            },
        )
    ]


def _service(meter: int) -> int:
    """In the benchmark's network a meter's id is its connection's."""
    with session() as db:
        return len(usage.blocks(db, meter, FIRST, LAST))


def _duckdb(files: list[str], meter: int) -> int:
    """The pruning by bucket is given to DuckDB for nothing; it finds the meter by the row groups' statistics."""
    return len(
        duckdb.execute(
            "SELECT day, wh, dv, quality FROM read_parquet(?) WHERE meter_id = ? AND day BETWEEN ? AND ? ORDER BY day",
            [files, meter, FIRST, LAST],
        ).fetchall()
    )


def _times(ask: Callable[[int], int], meters: list[int]) -> list[float]:
    for meter in meters[:20]:
        ask(meter)
    taken = []
    for meter in meters:
        begun = time.perf_counter()
        found = ask(meter)
        taken.append((time.perf_counter() - begun) * 1000)
        assert found, meter
    return taken


def _p95(times: list[float]) -> float:
    return float(np.percentile(times, 95))
