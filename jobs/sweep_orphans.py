"""Remove what crashes left behind: files that no receipt and no manifest names."""
from datetime import datetime

from upay.db import session
from upay.metering.intake import sweep_orphans


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Remove landing files without a receipt. Returns how many."""
    with session() as opened:
        return sweep_orphans(opened, now)
