"""Import what was dropped into the watched folder."""
from datetime import datetime

from upay.metering.files import take_inbox


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Import the files that lie still. Returns the readings taken."""
    return sum(report.accepted for report in take_inbox(now))
