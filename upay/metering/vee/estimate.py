"""The ladder of estimates for blocks that were not read or cannot be believed.

From the surest rung down: a proven outage is zero; a known register difference is shared out by the shape of like days;
a gap of at most two hours is bridged in a straight line; up to a week, the mean of the same slot on the latest like
days; longer, the same weekday a year ago, else the class profile. Where not even that is known the block stays missing.
The length of a gap counts from the last block really read to the end of the gap within the day, so that a day comes out
the same whether it is closed alone or among others.
"""
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from upay.metering.matrix import NONE
from upay.metering.models import Quality
from upay.metering.vee.apportion import apportion
from upay.metering.vee.daykinds import LAST_YEAR_OFFSETS, day_number, like_offsets
from upay.metering.vee.history import History
from upay.metering.vee.registers import Points
from upay.metering.vee.sheet import Sheet

_CHUNK = 200_000


@dataclass(frozen=True)
class Cells:
    """The blocks to estimate, in order of time. All shape (cells,); run: number of the unbroken gap a cell lies in."""

    row: NDArray[np.int64]
    slot: NDArray[np.int64]
    run: NDArray[np.int64]


def estimate(
    sheet: Sheet, found: Points | None, need: NDArray[np.bool_], history: History
) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """Final energies (Wh, `NONE` where nothing is known) and qualities, for blocks of `need`; read values elsewhere.

    need: shape (rows, slots). Returns two arrays of that shape; quality is ACTUAL outside `need`.
    """
    wh = sheet.matrix.wh.copy()
    quality = np.zeros(wh.shape, np.int8)
    row, slot = (axis.astype(np.int64) for axis in np.nonzero(need))
    if not len(row):
        return wh, quality
    begins = (np.diff(row, prepend=-1) != 0) | (np.diff(slot, prepend=-2) != 1)
    cells = Cells(row, slot, np.cumsum(begins) - 1)
    like = _like_days(sheet, cells, history)
    year = _last_year(sheet, cells, history)
    profile = _profile(sheet, cells)
    value, kind = _by_gap(sheet, cells, history, like, year, profile)
    line, has_line = _linear(sheet, need, cells, history)
    value, kind = np.where(has_line, line, value), np.where(has_line, Quality.LINEAR, kind)
    if found is not None and len(found.at) > 1:
        shape = np.where(like != NONE, like, np.where(year != NONE, year, np.where(profile != NONE, profile, 1)))
        shared, known = _by_register(sheet, found, need, cells, shape)
        value, kind = np.where(known, shared, value), np.where(known, Quality.REGISTER, kind)
    wh[row, slot] = value
    quality[row, slot] = kind
    return wh, quality


def _by_register(
    sheet: Sheet, found: Points, need: NDArray[np.bool_], cells: Cells, shape: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Share what the register moved, less what was read meanwhile, among the gaps between two register reads."""
    slots = sheet.matrix.slots
    known = np.zeros(need.size + 1, np.int64)
    np.cumsum(np.where(need, 0, sheet.wh), out=known[1:])
    before = np.searchsorted(found.at, cells.row * (slots + 1) + cells.slot, side="right") - 1
    inside = (before >= 0) & (before + 1 < len(found.at))
    a, b = np.where(inside, before, 0), np.where(inside, before + 1, 0)
    inside &= found.stretch[a] == found.stretch[b]
    cell_of = found.at // (slots + 1) * slots + found.at % (slots + 1)
    residual = found.wh[b] - found.wh[a] - (known[cell_of[b]] - known[cell_of[a]])
    count = np.bincount(before + 1, minlength=len(found.at) + 1)[before + 1]
    inside &= (residual >= 0) & (residual <= sheet.limit_wh[cells.row] * count)
    value = np.zeros(len(before), np.int64)
    if inside.any():
        _, first, group = np.unique(before[inside], return_index=True, return_inverse=True)
        value[inside] = apportion(residual[inside][first], group.astype(np.int64), shape[inside])
    return value, inside


def _linear(
    sheet: Sheet, need: NDArray[np.bool_], cells: Cells, history: History
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """A straight line between the neighbours of a short gap; the left one may be yesterday's last block."""
    slots, wh = sheet.matrix.slots, sheet.matrix.wh
    first = np.flatnonzero(np.diff(cells.run, prepend=-1))
    length = np.diff(first, append=len(cells.row))
    row, begin = cells.row[first], cells.slot[first]
    after = begin + length
    right = np.where(after < slots, np.where(need, NONE, wh)[row, np.minimum(after, slots - 1)], NONE)
    left = np.where(begin > 0, np.where(need, NONE, wh)[row, np.maximum(begin - 1, 0)], NONE)
    short = length * sheet.matrix.minutes <= sheet.thresholds.linear_gap_minutes
    at_dawn = np.flatnonzero(short & (begin == 0) & (right != NONE))
    if len(at_dawn):
        meter, number = sheet.matrix.meter_id[row[at_dawn]], day_number(sheet.matrix.day_s[row[at_dawn]])
        left[at_dawn] = history.blocks(meter, number[:, None] - 1, np.full(len(at_dawn), slots - 1))[:, 0]
    has = short & (left != NONE) & (right != NONE)
    step, span = (cells.slot - begin[cells.run] + 1).astype(np.int64), (length + 1)[cells.run]
    a, b = left[cells.run].astype(np.int64), right[cells.run].astype(np.int64)
    return (2 * (a * (span - step) + b * step) + span) // (2 * span), has[cells.run]


def _by_gap(
    sheet: Sheet,
    cells: Cells,
    history: History,
    like: NDArray[np.int64],
    year: NDArray[np.int64],
    profile: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Like days within a week of the last read, then last year, then the class profile, then nothing."""
    near = _gap_slots(sheet, cells, history) * sheet.matrix.minutes <= sheet.thresholds.like_day_gap_days * 1440
    choices = [near & (like != NONE), year != NONE, profile != NONE]
    value = np.select(choices, [like, year, profile], NONE)
    return value, np.select(choices, [Quality.LIKE_DAY, Quality.LAST_YEAR, Quality.PROFILE], Quality.MISSING)


def _gap_slots(sheet: Sheet, cells: Cells, history: History) -> NDArray[np.int64]:
    """Slots from the last block read before a gap to the gap's end, looking back one day more than like days serve."""
    slots = sheet.matrix.slots
    first = np.flatnonzero(np.diff(cells.run, prepend=-1))
    gap = np.diff(first, append=len(cells.row)).astype(np.int64)
    open_ = np.flatnonzero(cells.slot[first] == 0)
    meter = sheet.matrix.meter_id[cells.row[first]]
    number = day_number(sheet.matrix.day_s[cells.row[first]])
    for back in range(1, sheet.thresholds.like_day_gap_days + 2):
        if not len(open_):
            break
        read = history.day(meter[open_], number[open_] - back) != NONE
        trailing = np.where(read.any(axis=1), np.argmax(read[:, ::-1], axis=1), slots)
        gap[open_] += trailing
        open_ = open_[trailing == slots]
    return gap[cells.run]


def _like_days(sheet: Sheet, cells: Cells, history: History) -> NDArray[np.int64]:
    """Mean of the same slot on the latest like days (Wh), `NONE` where too few are known. shape (cells,)"""
    rule = sheet.thresholds
    numbers, which = np.unique(day_number(sheet.matrix.day_s[cells.row]), return_inverse=True)
    result = np.full(len(cells.row), NONE, np.int64)
    for index, number in enumerate(numbers):
        ago = like_offsets(int(number), rule.like_day_lookback_days, 3 * rule.like_days, rule.like_days_least)
        of_day = np.flatnonzero(which == index)
        for begin in range(0, len(of_day), _CHUNK):
            part = of_day[begin : begin + _CHUNK]
            result[part] = _mean(sheet, cells, part, history, number - ago, rule.like_days, rule.like_days_least)
    return result


def _last_year(sheet: Sheet, cells: Cells, history: History) -> NDArray[np.int64]:
    """Mean of the same slot on the nearest same weekdays a year ago (Wh), `NONE` where none is known. shape (cells,)"""
    numbers = day_number(sheet.matrix.day_s[cells.row])
    result = np.full(len(cells.row), NONE, np.int64)
    for begin in range(0, len(numbers), _CHUNK):
        part = np.arange(begin, min(begin + _CHUNK, len(numbers)))
        days = numbers[part, None] - LAST_YEAR_OFFSETS
        result[part] = _mean(sheet, cells, part, history, days, sheet.thresholds.like_days, 1)
    return result


def _mean(
    sheet: Sheet,
    cells: Cells,
    part: NDArray[np.int64],
    history: History,
    days: NDArray[np.int64],
    most: int,
    least: int,
) -> NDArray[np.int64]:
    """Mean of a slot over the first `most` of `days` on which it was read, half up; `NONE` with fewer than `least`."""
    meter = sheet.matrix.meter_id[cells.row[part]]
    seen = history.blocks(meter, np.broadcast_to(days, (len(part), days.shape[-1])), cells.slot[part])
    use = seen != NONE
    use &= np.cumsum(use, axis=1) <= most
    count = use.sum(axis=1)
    total = np.where(use, seen, 0).sum(axis=1, dtype=np.int64)
    return np.where(count >= least, (2 * total + count) // (2 * np.maximum(count, 1)), NONE)


def _profile(sheet: Sheet, cells: Cells) -> NDArray[np.int64]:
    """What a home of that sanctioned load uses in the slot (Wh), `NONE` where the load is not known. shape (cells,)"""
    minutes = sheet.matrix.minutes
    by_minute = np.repeat(np.array(sheet.thresholds.profile_w_per_kw, np.float64), 60)
    start = (cells.slot * minutes + sheet.matrix.phase[cells.row]).astype(np.int64)
    running = np.concatenate([[0.0], np.cumsum(np.tile(by_minute, 2))])
    watt_minutes_per_kw = running[start + minutes] - running[start]
    load = sheet.load_w[cells.row]
    return np.where(load > 0, np.rint(watt_minutes_per_kw * load / 60_000), NONE).astype(np.int64)
