"""Compaction: the many small files of a month's closings become one, sorted by meter and day, each meter-day once."""
from datetime import datetime, timedelta
from uuid import uuid4

import pyarrow as pa

from upay.bulk import bulk
from upay.metering.days import lake, lakewriter
from upay.metering.days.rows import LAKE
from upay.settings import settings

_METERS_AT_A_TIME = 2000
# A page asks every file of the month: seven keep it quick, and the month is written four times over instead of thirty.
FILES_OF_RUNNING_MONTH = 7


def to_compact(this_month: str) -> list[tuple[str, int]]:
    """Months (`YYYY-MM`) and buckets worth compacting: those that are over, once they lie in several files, and the
    running one once it lies in more than a week's closings leave.
    """
    partitions = lake.snapshot().by_partition
    return sorted(
        key for key, files in partitions.items() if len(files) > (1 if key[0] < this_month else FILES_OF_RUNNING_MONTH)
    )


def compact(month: str, bucket: int, now: datetime) -> int:
    """Write a month's files of a bucket as one, in one commit, and return its rows; 0 when there is nothing to gain.

    Older versions stay readable by time travel until `vacuum` removes their files. Commits by itself.
    """
    with lakewriter.turn():
        files = lake.snapshot().by_partition.get((month, bucket), ())
        if len(files) < 2:
            return 0
        first, last = min(file.days[0] for file in files), max(file.days[1] for file in files)
        lowest, highest = min(file.meters[0] for file in files), max(file.meters[1] for file in files)
        name = f"month={month}/bucket={bucket}/{uuid4().hex}.parquet"
        step = settings().buckets
        keys: list[pa.Table] = []
        with lakewriter.opened(settings().lake / name) as writer:
            for begin in range(lowest, highest + 1, step * _METERS_AT_A_TIME):
                ids = range(begin, min(begin + step * _METERS_AT_A_TIME, highest + 1), step)
                rows = lake.meter_days(ids, first, last, LAKE.names)
                if len(rows):
                    table = rows.select(LAKE.names).to_arrow().cast(LAKE)
                    writer.write_table(table, row_group_size=lakewriter.ROWS_PER_GROUP)
                    keys.append(table.select(["meter_id", "day"]))
        added = lakewriter.described(name, keys, month, bucket, now)
        version = lakewriter.commit([added], files, f"compact {month} {bucket}", now)
        with bulk() as db:
            lakewriter.confirm(db, version)
    return sum(part.num_rows for part in keys)


def vacuum(keep: timedelta) -> int:
    """Remove files that no version of the last `keep` names, crash leftovers among them; returns how many."""
    with lakewriter.turn():
        hours = int(keep.total_seconds() // 3600)
        known = lake.table()
        gone = known.vacuum(retention_hours=hours, dry_run=False, enforce_retention_duration=False, full=True)
        with bulk() as db:  # the log tells of the vacuum in versions of its own
            lakewriter.confirm(db, lake.table().version())
    return len(gone)
