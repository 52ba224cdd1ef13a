"""Days: reads folded by day and bucket, closed into the lake, rolled up into SQL: what jobs and commands call."""
from upay.metering.days.backfill import Backfilled, backfill
from upay.metering.days.close import close, days_to_close, days_waiting
from upay.metering.days.compact import FILES_OF_RUNNING_MONTH, compact, to_compact, vacuum
from upay.metering.days.fold import Folded, fold, fold_waiting, folding, forget_parts, sweep_parts
from upay.metering.days.reopened import last_ended, reopen
from upay.metering.days.stretch import close_together

__all__ = [
    "FILES_OF_RUNNING_MONTH",
    "Backfilled",
    "Folded",
    "backfill",
    "close",
    "close_together",
    "compact",
    "days_to_close",
    "days_waiting",
    "fold",
    "fold_waiting",
    "folding",
    "forget_parts",
    "last_ended",
    "reopen",
    "sweep_parts",
    "to_compact",
    "vacuum",
]
