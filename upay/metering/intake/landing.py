"""The landing: one immutable file a batch, on disk before anybody hears that it was taken."""
from datetime import datetime, timedelta
from uuid import uuid4

import polars as pl
from sqlmodel import Session, col, select

from upay.clock import day_of
from upay.durable import durable
from upay.metering.models import ReadBatch
from upay.settings import settings

# Longer than any request lasts: a younger file may belong to a batch whose receipt is just being written.
ORPHAN_AGE = timedelta(hours=1)
# Folders that a sweep still visits: a crash is swept soon after, and old folders need not be read again.
SWEPT_DAYS = 7


def put(good: pl.DataFrame, now: datetime) -> str:
    """Write the rows durably and return the file's path below the landing. Without a receipt the file never counts."""
    path = settings().landing / day_of(now).isoformat() / f"{uuid4().hex}.parquet"
    with durable(path) as file:
        good.write_parquet(file, compression="zstd", compression_level=1, statistics=False)
    return str(path.relative_to(settings().landing))


def discard(path: str) -> None:
    """Remove a file that no receipt names."""
    (settings().landing / path).unlink(missing_ok=True)


def sweep_orphans(session: Session, now: datetime) -> int:
    """Remove what crashes of the last days left between file and receipt, and return how many files that were."""
    swept = 0
    for age in range(SWEPT_DAYS):
        folder = day_of(now - timedelta(days=age)).isoformat()
        old = [
            path
            for path in (settings().landing / folder).glob("*")
            if path.stat().st_mtime < (now - ORPHAN_AGE).timestamp()
        ]
        if not old:
            continue
        named = select(ReadBatch.path).where(col(ReadBatch.path).startswith(f"{folder}/"))
        known = set(session.exec(named).all())
        for path in old:
            if f"{folder}/{path.name}" not in known:
                path.unlink(missing_ok=True)
                swept += 1
    return swept
