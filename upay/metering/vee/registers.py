"""The cumulative register as a second witness: where it was read, where it falls, what it says between two reads."""
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from upay.metering.matrix import NONE
from upay.metering.vee.sheet import Sheet


@dataclass(frozen=True)
class Points:
    """Register reads in order of meter and time, without those that cannot be believed.

    at: place in a timeline of slots + 1 cells a row, the last being the day's end.  wh: the register, made to rise
    across a roll-over.  stretch: reads of one stretch may be subtracted; a meter, a missing row, a fall begins another.
    falls: shape (rows, slots), where the register fell below the read before it; None: nowhere.
    """

    at: NDArray[np.int64]
    wh: NDArray[np.int64]
    stretch: NDArray[np.int64]
    falls: NDArray[np.bool_] | None


def points(sheet: Sheet) -> Points | None:
    """The register reads of a sheet; None where its meters send none."""
    register = sheet.matrix.values.get("register_wh")
    if register is None and sheet.before is None and sheet.after is None:
        return None
    rows, slots = sheet.matrix.wh.shape
    timeline = np.full((rows, slots + 1), NONE, np.int64)
    if register is not None:
        timeline[:, :slots] = register
    if sheet.before is not None:
        timeline[:, 0] = np.where(timeline[:, 0] == NONE, sheet.before, timeline[:, 0])
    if sheet.after is not None:
        timeline[:, slots] = sheet.after
    opens = np.flatnonzero(sheet.follows & (timeline[:, 0] != NONE))
    timeline[opens - 1, slots] = timeline[opens, 0]
    flat = timeline.reshape(-1)
    at = np.flatnonzero(flat != NONE)
    wh, row = flat[at], at // (slots + 1)
    stretch = np.cumsum(~sheet.follows, dtype=np.int64)[row]
    down = 1 + np.flatnonzero((wh[1:] < wh[:-1]) & (stretch[1:] == stretch[:-1]))
    if not len(down):
        return Points(at, wh, stretch, None)
    turned, turn_wh = _rolled_over(sheet, at, row, wh, down)
    fallen = down[~turned]
    falls = np.zeros((rows, slots + 1), np.bool_)
    falls.reshape(-1)[at[fallen]] = True
    raised, broken = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
    raised[down[turned]] = turn_wh[turned]
    broken[fallen] = 1
    # a roll-over raises what comes after it in its stretch alone: differences never reach beyond
    return Points(at, wh + np.cumsum(raised), stretch + np.cumsum(broken), falls[:, :slots])


def _rolled_over(
    sheet: Sheet, at: NDArray[np.int64], row: NDArray[np.int64], wh: NDArray[np.int64], down: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Whether a fall is the register passing 10^digits kWh (if the time allows what this means), and that in Wh."""
    turn_wh = 1000 * 10 ** sheet.digits[row[down]].astype(np.int64)
    gained = wh[down] - wh[down - 1] + turn_wh
    return (gained >= 0) & (gained <= sheet.limit_wh[row[down]] * (at[down] - at[down - 1])), turn_wh


def differences(sheet: Sheet, found: Points) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """For each day: register difference (Wh), first and last slot of it (shape (rows, 2)), and whether there is one."""
    rows, slots = sheet.matrix.wh.shape
    row = found.at // (slots + 1)
    first = np.searchsorted(row, np.arange(rows))
    last = np.searchsorted(row, np.arange(rows), side="right") - 1
    usable = last > first
    a, b = np.where(usable, first, 0), np.where(usable, last, 0)
    usable &= found.stretch[a] == found.stretch[b] if len(found.at) else False
    if not len(found.at):
        return np.zeros(rows, np.int64), np.zeros((rows, 2), np.int64), usable
    spans = np.stack([found.at[a] % (slots + 1), found.at[b] % (slots + 1)], axis=1)
    return found.wh[b] - found.wh[a], spans, usable
