"""A thousand bills as PDF: looked up, said in Hindi, laid out with both codes and thirteen months, on both cores."""
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from bench.billed import bill_cycles, days_used
from bench.figure import Figure
from bench.network import make_network
from upay.billing import Sheet, bill_file, bills_of, sheet
from upay.db import session

BILLS, WORKERS, LANGUAGE = 1_000, 2, "hi"
FIRST, LAST = date(2025, 9, 1), date(2025, 11, 30)
CYCLES = [date(2025, 9, 1), date(2025, 10, 1), date(2025, 11, 1)]


def run(scratch: Path) -> list[Figure]:
    """Seconds for a thousand bills, and the heaviest of them."""
    make_network(BILLS)
    days_used(BILLS, FIRST, LAST)
    bill_cycles(CYCLES)
    connections = list(range(1, BILLS + 1))
    with ProcessPoolExecutor(WORKERS, get_context("spawn")) as workers:
        list(workers.map(_print, [connections[:1]] * WORKERS))
        begun = time.perf_counter()
        parts = workers.map(_print, [connections[place::50] for place in range(50)])
        sizes = [size for part in parts for size in part]
        spent = time.perf_counter() - begun
    assert len(sizes) == BILLS
    return [
        Figure(
            "1,000 full bills as PDF, two processes", spent, "s", limit=20,
            detail={"bills": BILLS, "a_second": BILLS / spent, "language": LANGUAGE},
        ),
        Figure("the heaviest of them", max(sizes) / 1000, "kB", limit=150),
    ]  # fmt: skip


def _print(connections: list[int]) -> list[int]:
    """The bytes of each connection's latest bill."""
    return [len(bill_file(_latest(connection), LANGUAGE)[1]) for connection in connections]


def _latest(connection: int) -> Sheet:
    with session() as db:
        return sheet(db, bills_of(db, connection, 1)[0])
