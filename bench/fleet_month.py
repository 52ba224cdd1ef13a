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
from upay.metering.days.lake import snapshot
from upay.metering.usage import energy_by_dtr
from upay.settings import settings

METERS, DAYS, ROUNDS = 20_000, 30, 9
FIRST = date(2026, 9, 1)
LAST = FIRST + timedelta(days=DAYS - 1)


def run(scratch: Path) -> list[Figure]:
    """Seconds of the product's own question beside the best Polars by hand and beside DuckDB, on the same files."""
    make_network(METERS)
    close_days(METERS, FIRST, DAYS)
    files = [str(settings().lake / file.path) for file in snapshot().files]
    product = _median(lambda: energy_by_dtr(FIRST, LAST))
    polars = _median(lambda: _by_hand(files))
    duck = _median(lambda: _duckdb(files))
    ours, theirs = energy_by_dtr(FIRST, LAST)["wh"].sum(), _by_hand(files)["wh"].sum()
    assert ours == theirs == int(sum(row[1] for row in _duckdb(files)))
    detail = {"meters": METERS, "days": DAYS, "rounds": ROUNDS}
    return [
        Figure("fleet month by DTR, 28.8 M reads", product, "s", peer="Polars by hand", peer_value=polars,
               peer_limit=1.3, detail=detail),
        Figure("fleet month by DTR, 28.8 M reads", product, "s", peer="DuckDB", peer_value=duck, peer_limit=1.0,
               detail=detail),
    ]  # fmt: skip


def _by_hand(files: list[str]) -> pl.DataFrame:
    rows = pl.scan_parquet(files, hive_partitioning=False).filter(pl.col("day").is_between(FIRST, LAST))
    day = pl.col("wh").list.eval(pl.element().cast(pl.Int64)).list.sum()
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
