"""Days without energy although the voltage stood: a vacant home, a broken meter, or a theft."""
import numpy as np
from numpy.typing import NDArray

from upay.metering.matrix import NONE
from upay.metering.vee.daykinds import day_number
from upay.metering.vee.flags import Flag
from upay.metering.vee.history import History
from upay.metering.vee.sheet import Sheet


def silent_rows(sheet: Sheet) -> NDArray[np.int64]:
    """Rows of whole days read as zero with the voltage present throughout."""
    dv = sheet.matrix.values.get("dv")
    if dv is None:
        return np.empty(0, np.int64)
    alive = sheet.read & (dv >= sheet.thresholds.voltage_least_dv) & (sheet.matrix.wh == 0)
    return np.flatnonzero(alive.all(axis=1))


def zero_days(sheet: Sheet, totals: History) -> NDArray[np.int32]:
    """Flag ZERO where the days before the silence used energy, ZERO_INSPECT where it has lasted long. shape (rows,)

    totals: energies of earlier days, one slot a day.
    """
    flags = np.zeros(len(sheet.wh), np.int32)
    rows = silent_rows(sheet)
    if not len(rows):
        return flags
    rule = sheet.thresholds
    number = day_number(sheet.matrix.day_s[rows])
    ago = np.arange(1, rule.like_day_lookback_days + 1)
    before = totals.blocks(sheet.matrix.meter_id[rows], number[:, None] - ago, np.zeros(len(rows), np.int64))
    silence = np.cumprod(before == 0, axis=1).astype(np.bool_)
    earlier = (before != NONE) & ~silence
    mean = np.where(earlier, before, 0).sum(axis=1, dtype=np.int64) / np.maximum(earlier.sum(axis=1), 1)
    used = mean > rule.zero_earlier_wh_per_day
    long = silence.sum(axis=1) + 1 >= rule.zero_inspect_days
    flags[rows[used]] |= Flag.ZERO
    flags[rows[used & long]] |= Flag.ZERO_INSPECT
    return flags
