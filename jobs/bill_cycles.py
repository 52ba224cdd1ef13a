"""Bill the zones whose cycle is due."""
from datetime import datetime

from upay.billing import bill_due


def work(slot: datetime, shard: int, now: datetime) -> int:
    """Bill every zone's latest cycle whose day of issue has come and which has not been billed. Returns the zones."""
    return bill_due(now)
