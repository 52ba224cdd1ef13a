"""Compact the lake: the small files of a month's closings become one a bucket, in the running month week by week."""
from datetime import datetime, timedelta

from upay.clock import day_of
from upay.metering.days import compact, to_compact, vacuum
from upay.settings import settings


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Compact, and remove files that nothing needs any more. Returns the meter-days written anew."""
    this_month = f"{day_of(now):%Y-%m}"
    rows = sum(compact(month, bucket, now) for month, bucket in to_compact(this_month))
    vacuum(timedelta(days=settings().keep_versions_days))
    return rows
