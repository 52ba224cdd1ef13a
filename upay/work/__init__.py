"""Records of background work: runs, leases, counters. `jobs/` decides when; this is what the database remembers."""
from upay.work.claims import abandon, beat, bury, claim, fail, finish, forget, open_slots, period_of, slot_of
from upay.work.counters import bump
from upay.work.leases import hold_lease, release

__all__ = [
    "abandon",
    "beat",
    "bump",
    "bury",
    "claim",
    "fail",
    "finish",
    "forget",
    "hold_lease",
    "open_slots",
    "period_of",
    "release",
    "slot_of",
]
