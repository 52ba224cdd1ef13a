"""The pricing kernel: a month's bills of a fleet, against the exact oracle that prices them one by one in fractions.

The wide form (`totals`) is what a cycle sums up; the long form (`price`) writes every line out and is measured apart.
Rows come as a billing cycle hands them over: connection by connection of a tariff, a quarter prepaid, time-of-day
bands of smart meters, some solar homes, demand measured on every third.
"""
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl

from bench.figure import Figure
from tests.upay.tariffs.oracle import bill
from upay.tariffs import PERIODS, pack_book, price, totals

BILLS = 10_000_000
LINES_OF = 1_000_000
ORACLE_OF = 3_000
_MIX = {
    "up-lmv1-urban": 0.45,
    "up-lmv1-rural": 0.25,
    "up-lmv1-lifeline": 0.05,
    "up-lmv2-urban": 0.05,
    "mp-lv1-1": 0.02,
    "mp-lv1-2-urban": 0.18,
}
_MONTH = (date(2025, 10, 1), date(2025, 10, 31))


def run(scratch: Path, count: int = BILLS, lines_of: int = LINES_OF, oracle_of: int = ORACLE_OF) -> list[Figure]:
    """Bills a second of each form, and of the oracle; the oracle's answers are held against the kernel's."""
    periods, schedules = fleet(count)
    totals(periods.head(100_000), schedules)
    took = min(_timed(lambda: totals(periods, schedules)) for _ in range(3))
    some = periods.head(lines_of)
    took_lines = _timed(lambda: price(some, schedules))
    sample = periods.sample(oracle_of, seed=1).sort("row")
    began = perf_counter()
    answers = [_oracle(row) for row in sample.iter_rows(named=True)]
    oracle = oracle_of / (perf_counter() - began)
    found = totals(sample, schedules).sort("row")["total_paise"].to_list()
    wrong = sum(ours != theirs for ours, theirs in zip(found, answers, strict=True))
    detail = {"bills": count, "oracle_bills": oracle_of, "differences": wrong, "form": "totals"}
    rate = count / took
    return [
        Figure("bills priced", rate, "bills/s", limit=10_000_000, at_least=True, peer="exact oracle, one by one",
               peer_value=oracle, peer_limit=50, detail=detail),
        Figure("bills priced with every line", lines_of / took_lines, "bills/s", at_least=True,
               detail={"bills": lines_of, "form": "lines"}),
        Figure("differences from the oracle", wrong, "bills", limit=0, detail={"of": oracle_of}),
    ]  # fmt: skip


def fleet(count: int) -> tuple[pl.DataFrame, list[Any]]:
    """A month of `count` connections, tariff by tariff, and the schedules in force."""
    random = np.random.default_rng(1)
    book, parts, at = pack_book(), [], 0
    schedules = [book.schedule(tariff_id, _MONTH[0]) for tariff_id in _MIX]
    for schedule, share in zip(schedules, _MIX.values(), strict=True):
        size = round(count * share)
        load = random.choice([1000, 2000, 2000, 3000, 4000, 5000, 12_000], size)
        wh = (random.gamma(2.2, 90_000, size)).astype(np.int64)
        solar = (wh * random.uniform(0.2, 0.5, size)).astype(np.int64)
        peak = (wh * random.uniform(0.1, 0.4, size)).astype(np.int64)
        exports = np.where(random.random(size) < 0.03, wh // 2, 0)
        demand = (load * random.uniform(0.3, 1.2, size)).astype(np.int64)
        parts.append(
            pl.DataFrame(
                {
                    "row": np.arange(at, at + size),
                    "tariff_id": schedule.tariff_id,
                    "version": schedule.version,
                    "first": _MONTH[0],
                    "last": _MONTH[1],
                    "import_wh": wh,
                    "band0_wh": wh - solar - peak,
                    "band1_wh": solar,
                    "band2_wh": peak,
                    "export_wh": exports,
                    "vah": (wh * 1.04).astype(np.int64),
                    "demand_w": pl.Series(demand).set(pl.Series(np.arange(size) % 3 != 0), None),
                    "load_w": load,
                    "prepaid": random.random(size) < 0.25,
                    "credit_wh": np.zeros(size, np.int64),
                    "online": random.random(size) < 0.2,
                }
            ).cast(PERIODS)  # type: ignore[arg-type]
        )
        at += size
    return pl.concat(parts, rechunk=True), schedules


def _oracle(row: dict[str, Any]) -> int:
    given = {name: row[name] for name in row if name not in ("row", "version", "band0_wh", "band1_wh", "band2_wh")}
    return bill(bands=(row["band0_wh"], row["band1_wh"], row["band2_wh"]), **given)["total"]


def _timed(work: Any) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began
