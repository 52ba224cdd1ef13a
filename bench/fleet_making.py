"""Making the demonstration's fleets from nothing: generation, intake, closing, roll-ups, all through the product.

The small one is what `make run` does at its first start; the large one shows that memory stays flat.
"""
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench.figure import Figure


def run(scratch: Path) -> list[Figure]:
    """Wall seconds of both fleets, and the largest process of the large one."""
    small = _make(scratch / "small", "--connections", "500", "--days", "395")
    large = _make(scratch / "large", "--connections", "100000", "--days", "30", buckets="16")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    return [
        Figure("500 connections × 13 months, from nothing to closed days", small, "s", limit=20),
        Figure("100,000 connections × 30 days (144 M reads), from nothing to closed days", large, "s", limit=600),
        Figure("peak memory of the largest process", peak, "GiB", limit=2),
    ]


def _make(var: Path, *options: str, buckets: str = "4") -> float:
    environment = os.environ | {"UPAY_VAR": str(var), "UPAY_BUCKETS": buckets, "UPAY_DEMO": "1"}
    upay = str(Path(sys.executable).with_name("upay"))
    subprocess.run([upay, "db", "upgrade"], env=environment, check=True, stdout=subprocess.DEVNULL)
    begun = time.perf_counter()
    subprocess.run([upay, "demo", "make", *options], env=environment, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun
