"""Closed days for benchmarks, made the way the product makes them: folded parts, then the closing."""
from datetime import date, timedelta

import numpy as np
import polars as pl

from bench.network import day_reads
from upay.clock import day_start
from upay.db import session
from upay.durable import durable
from upay.metering.days import close
from upay.metering.models import OpenPart
from upay.settings import settings


def write_parts(meters: int, day: date, repeated: float = 0.01) -> int:
    """The open parts of a day as the fold leaves them, one a bucket; returns how many reads they hold.

    repeated: share of reads that a head-end sent twice.
    """
    reads = 0
    for bucket in range(settings().buckets):
        mine = np.arange(1, meters + 1)
        rows = day_reads(mine[mine % settings().buckets == bucket], day)
        again = rows.sample(fraction=repeated, seed=1)
        rows = pl.concat([rows, again]).sort("meter_id", "start_s", maintain_order=True)
        path = f"day={day}/bucket={bucket}/1-1.parquet"
        with durable(settings().open_days / path) as file:
            rows.write_parquet(file, compression="zstd", compression_level=1)
        with session() as db:
            db.add(OpenPart(day=day, bucket=bucket, path=path, first_batch_id=1, last_batch_id=1, rows=len(rows)))
        reads += len(rows)
    return reads


def close_days(meters: int, first: date, days: int) -> int:
    """Write and close a run of days; returns how many reads went in."""
    reads = 0
    for number in range(days):
        day = first + timedelta(days=number)
        reads += write_parts(meters, day)
        close(day, range(settings().buckets), day_start(day + timedelta(days=1)) + timedelta(hours=2))
    return reads
