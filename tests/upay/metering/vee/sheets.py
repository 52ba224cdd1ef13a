"""Sheets of one home for the tests of checks and estimates: half-hours of whole days, 100 Wh each by default."""
from datetime import date, timedelta

import numpy as np

from upay.clock import day_start_s
from upay.metering.matrix import NONE, Matrix
from upay.metering.vee import Past, Sheet, Thresholds, examine, keys, settle
from upay.metering.vee.daykinds import number_of

MONDAY = date(2026, 6, 8)  # no holiday in the week before
METER = 7
NOTHING = Past(np.empty(0, np.int64), np.empty((0, 48), np.int32))
NO_TOTALS = Past(np.empty(0, np.int64), np.empty((0, 1), np.int32))


def day(changes=None, usual=100):
    """48 values: `usual`, but for slot → value of `changes`."""
    row = [usual] * 48
    for slot, value in (changes or {}).items():
        row[slot] = value
    return row


def sheet(*days, load=5_000, solar=False, digits=8, outage=None, before=None, after=None, first=MONDAY, **values):
    """A sheet of consecutive days. values: further quantities (register_wh, dv …), a list of days each."""
    rows = len(days)
    kinds = {"register_wh": np.int64, "dv": np.int16, "quality": np.int8}
    matrix = Matrix(
        minutes=30,
        meter_id=np.full(rows, METER, np.int64),
        day_s=np.array([day_start_s(first + timedelta(days=number)) for number in range(rows)]),
        phase=np.zeros(rows, np.int16),
        wh=np.array(days, np.int32),
        values={name: np.array(given, kinds.get(name, np.int32)) for name, given in values.items()},
    )
    ends = [None if edge is None else np.array([edge] * rows, np.int64) for edge in (before, after)]
    return Sheet(
        matrix,
        load_w=np.full(rows, load, np.int64),
        has_solar=np.full(rows, solar),
        digits=np.full(rows, digits, np.int8),
        thresholds=Thresholds.on(first),
        outage=None if outage is None else np.array(outage, bool),
        before=ends[0],
        after=ends[1],
    )


def past(days):
    """Earlier days of the same meter: date → 48 values."""
    ordered = sorted(days)
    numbers = np.array([number_of(one) for one in ordered])
    return Past(keys(np.full(len(ordered), METER), numbers), np.array([days[one] for one in ordered], np.int32))


def settled(given, blocks=NOTHING, totals=NO_TOTALS):
    """The sheet, examined and settled."""
    return settle(given, examine(given), blocks, totals)


def cumulative(wh, start=0):
    """The register at the start of each block."""
    return (start + np.concatenate([[0], np.cumsum([max(value, 0) for value in wh])[:-1]])).tolist()


__all__ = ["METER", "MONDAY", "NONE", "NOTHING", "cumulative", "day", "past", "settled", "sheet"]
