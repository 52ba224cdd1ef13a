"""Small fleets to look at."""
from datetime import date

import numpy as np

from demo.plan import SLOTS, Fleet
from demo.readings import read_meters
from demo.seasons import ordinal

UNTIL = ordinal(date(2026, 11, 23))


def fleet(connections=75, days=120, seed=7, pack="up", until=UNTIL):
    """A fleet of three DTRs and four months, unless asked for otherwise."""
    return Fleet(seed, connections, until - days, until, pack)


def everything(of):
    """The readings of the whole history at once."""
    return read_meters(of, np.arange(of.first_day, of.until_day), 0, of.dtrs)


def special(of, kind):
    """The first special case of a kind."""
    return next(case for case in of.specials if case.kind == kind)


def during(of, case):
    """Which blocks of the whole history a case covers. shape (days, 48)."""
    slot = np.arange(of.first_day, of.until_day)[:, None] * SLOTS + np.arange(SLOTS)
    return (slot >= case.first) & (slot < case.end)
