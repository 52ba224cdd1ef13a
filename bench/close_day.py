"""Closing one day of a million meters: de-duplication, VEE, estimation, lake, roll-ups in SQL.

The peer reads the very same files with Polars and sums each meter's energy: the least anyone could do with them.
"""
import multiprocessing
import os
import resource
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from bench.figure import Figure

METERS, BUCKETS = 1_000_000, 20
DAY = date(2026, 11, 1)


def run(scratch: Path) -> list[Figure]:
    """Seconds and memory of the closing, and the bytes that one read takes in the lake."""
    os.environ["UPAY_BUCKETS"] = str(BUCKETS)
    # Preparing in a process of its own keeps its memory out of ours.
    with multiprocessing.get_context("spawn").Pool(1) as other:
        reads = other.apply(_prepare)

    from sqlmodel import select

    from upay.clock import day_start
    from upay.db import session
    from upay.metering.days import close
    from upay.metering.days.lake import snapshot
    from upay.metering.models import DayClose
    from upay.settings import settings

    begun = time.perf_counter()
    close(DAY, range(BUCKETS), day_start(DAY + timedelta(days=1)) + timedelta(hours=2))
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    with session() as db:
        closed = db.exec(select(DayClose)).all()
    stored = sum(one.reads for one in closed)
    size = sum(file.size for file in snapshot().files)

    begun = time.perf_counter()
    files = pl.scan_parquet(settings().open_days / "**/*.parquet", hive_partitioning=False)
    files.group_by("meter_id").agg(pl.col("wh").cast(pl.Int64).sum(), pl.len()).collect()
    peer = time.perf_counter() - begun
    detail = {
        "meters": METERS,
        "reads": reads,
        "meter_days": sum(one.meter_days for one in closed),
        "duplicates": sum(one.duplicates for one in closed),
        "estimated": sum(one.estimated for one in closed),
    }
    return [
        Figure(
            "close of day, 1 M meters × 48, roll-ups in SQLite", seconds, "s", limit=20, detail=detail,
            peer="Polars scan + group-by of the same files", peer_value=peer,
        ),
        Figure("peak memory of the close", peak, "GiB", limit=4),
        Figure("bytes per read in closed days (Wh and voltage)", size / stored, "B", limit=5),
    ]  # fmt: skip


def _prepare() -> int:
    from bench.lake import write_parts
    from bench.network import make_network

    make_network(METERS)
    return write_parts(METERS, DAY)
