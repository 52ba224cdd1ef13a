"""Intake: the doors through which readings, events and live figures come in, each row with its verdict.

Services take a session and never commit; whoever opened the session commits, and then calls `upay.metering.tail.nudge`.
"""
from upay.metering.intake.door import take_frame, take_reads
from upay.metering.intake.events import take_events
from upay.metering.intake.keys import Sender, all_keys, issue, revoke, sender
from upay.metering.intake.landing import sweep_orphans
from upay.metering.intake.live import purge_live, take_live
from upay.metering.intake.quarantine import held, shown
from upay.metering.intake.receipts import answer, receipt
from upay.metering.intake.replay import replay

__all__ = [
    "Sender",
    "all_keys",
    "answer",
    "held",
    "issue",
    "purge_live",
    "receipt",
    "replay",
    "revoke",
    "sender",
    "shown",
    "sweep_orphans",
    "take_events",
    "take_frame",
    "take_live",
    "take_reads",
]
