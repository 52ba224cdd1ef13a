"""A month of the whole fleet by DTR: 28.8 million reads, from the lake's blocks."""
import statistics
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl

from bench.figure import Figure
from bench.lake import close_days
from bench.network import make_network
from upay.metering.days import lake
from upay.settings import settings

METERS, DAYS, ROUNDS = 20_000, 30, 9
FIRST = date(2026, 9, 1)
LAST = FIRST + timedelta(days=DAYS - 1)


def run(scratch: Path) -> list[Figure]:
    """Seconds through the product's reader, by hand with Polars, and with DuckDB, all on the same files."""
    make_network(METERS)
    close_days(METERS, FIRST, DAYS)
    files = [str(settings().lake / file.path) for file in lake.snapshot().files]
    product = _median(_product)
    polars = _median(lambda: _by_hand(files))
    duck = _median(lambda: _duckdb(files))
    ours, theirs = _product()["wh"].sum(), _by_hand(files)["wh"].sum()
    assert ours == theirs == int(sum(row[1] for row in _duckdb(files)))
    detail = {"meters": METERS, "days": DAYS, "rounds": ROUNDS}
    return [
        Figure("fleet month by DTR, 28.8 M reads", product, "s", peer="Polars by hand", peer_value=polars,
               peer_limit=1.3, detail=detail),
        Figure("fleet month by DTR, 28.8 M reads", product, "s", peer="DuckDB", peer_value=duck, peer_limit=1.0,
               detail=detail),
    ]  # fmt: skip


def _product() -> pl.DataFrame:
    """Through the lake's own reader, which knows of closings that came twice."""
    return _by_dtr(lake.scan(FIRST, LAST, ["dtr_id", "wh"]))


def _by_hand(files: list[str]) -> pl.DataFrame:
    """The files are known to hold each meter's day once, so nothing has to be settled."""
    return _by_dtr(pl.scan_parquet(files, hive_partitioning=False).filter(pl.col("day").is_between(FIRST, LAST)))


def _by_dtr(rows: pl.LazyFrame) -> pl.DataFrame:
    """Energy of every block, by DTR. A day's sum fits 32 bits, a DTR's month does not."""
    day = pl.col("wh").list.sum().cast(pl.Int64)
    return rows.group_by("dtr_id").agg(day.sum().alias("wh")).collect(engine="streaming")


def _duckdb(files: list[str]) -> list[tuple[int, int]]:
    return duckdb.execute(
        "SELECT dtr_id, sum(list_sum(wh)) FROM read_parquet(?) WHERE day BETWEEN ? AND ? GROUP BY dtr_id",
        [files, FIRST, LAST],
    ).fetchall()


def _median(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)
