"""Validation, estimation, editing: what is wrong with a day's reads, and what stands in the place of what is missing.

`examine` runs the checks; `settle` climbs down the ladder of estimates. What was read is never touched: both hand back
new arrays beside the matrix.
"""
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from upay.metering.matrix import NONE
from upay.metering.models import Quality
from upay.metering.vee.apportion import apportion
from upay.metering.vee.checks import CHECKS
from upay.metering.vee.daykinds import day_number
from upay.metering.vee.estimate import estimate
from upay.metering.vee.flags import Flag
from upay.metering.vee.history import History, Past, keys
from upay.metering.vee.registers import Points, differences, points
from upay.metering.vee.sheet import Sheet
from upay.metering.vee.thresholds import Thresholds
from upay.metering.vee.zero import silent_rows, zero_days

__all__ = [
    "RULES_VERSION",
    "Findings",
    "Flag",
    "History",
    "Past",
    "Settled",
    "Sheet",
    "Thresholds",
    "examine",
    "keys",
    "settle",
    "silent_rows",
]

# Rises when a check or a rung changes its meaning, so that a stored day says by which rules it was judged.
RULES_VERSION = 1


@dataclass(frozen=True)
class Findings:
    """What the checks found. rule: Int16 bits by block, None where no block has any; flags: Int32 bits by day.

    need: shape (rows, slots), the blocks that want an estimate; None: none does.  rescale: rows whose own blocks are
    to be brought in line with the register.
    """

    points: Points | None
    rule: NDArray[np.int16] | None
    flags: NDArray[np.int32]
    need: NDArray[np.bool_] | None
    rescale: NDArray[np.int64]


@dataclass(frozen=True)
class Settled:
    """The final day. wh: `NONE` where nothing is known; quality: None where all is actual. shape (rows, slots)."""

    wh: NDArray[np.int32]
    quality: NDArray[np.int8] | None
    rule: NDArray[np.int16] | None
    flags: NDArray[np.int32]


def examine(sheet: Sheet) -> Findings:
    """Run every check of the table over a sheet."""
    found = points(sheet)
    rule = np.zeros(sheet.wh.shape, np.int16)
    flags = np.zeros(len(sheet.wh), np.int32)
    need = ~sheet.read if sheet.expected is None else ~sheet.read & sheet.expected
    for check in CHECKS:
        mask = check.finds(sheet, found)
        if mask is None or not mask.any():
            continue
        days = mask if mask.ndim == 1 else mask.any(axis=1)
        flags[days] |= np.int32(check.flag)
        if mask.ndim == 2:
            rule[mask] |= np.int16(check.flag)
            if check.outcome == "estimate":
                need |= mask
    failed = (flags & Flag.SUM) != 0
    # a day whose sum fails through a spike is mended at the spike; without one all its blocks are scaled
    spiked = failed & ((flags & Flag.SPIKE) != 0)
    if spiked.any():
        need |= ((rule & Flag.SPIKE) != 0) & spiked[:, None]
    return Findings(
        points=found,
        rule=rule if rule.any() else None,
        flags=flags,
        need=need if need.any() else None,
        rescale=np.flatnonzero(failed & ~spiked & ~need.any(axis=1)),
    )


def settle(sheet: Sheet, findings: Findings, blocks: Past, totals: Past) -> Settled:
    """Fill what `findings` asks for and give every block its quality.

    blocks: earlier readings of the meters that need them; totals: their earlier days' energies, one slot a day, for the
    zero check. Earlier days of the sheet itself are looked up too.
    """
    wh, quality = sheet.matrix.wh, np.zeros(sheet.wh.shape, np.int8)
    need = findings.need
    proven = None if need is None or sheet.outage is None else need & sheet.outage
    if need is not None and proven is not None and proven.any():
        need = need & ~proven
        wh = np.where(proven, np.int32(0), wh)
        sheet = replace(sheet, matrix=replace(sheet.matrix, wh=wh))
    key = keys(sheet.matrix.meter_id, day_number(sheet.matrix.day_s)) if sheet.follows.any() else None
    if need is not None and need.any():
        own = () if key is None else (Past(key, _read_by_itself(sheet, findings)),)
        wh, quality = estimate(sheet, findings.points, need, History((*own, blocks), sheet.matrix.slots))
    if proven is not None:
        quality[proven] = Quality.OUTAGE
    if len(findings.rescale) and findings.points is not None:
        wh = wh.copy()
        _rescale(sheet, findings.points, findings.rescale, wh, quality)
    _dead_or_said(sheet, wh, quality)
    own = () if key is None else (Past(key, _totals(wh)),)
    flags = findings.flags | zero_days(sheet, History((*own, totals), 1))
    return Settled(wh, quality if quality.any() else None, findings.rule, flags)


def _read_by_itself(sheet: Sheet, findings: Findings) -> NDArray[np.int32]:
    """The blocks that later days may learn from: read, believed, and with the supply alive."""
    learn = sheet.read.copy()
    if findings.need is not None:
        learn &= ~findings.need
    learn[findings.rescale] = False
    if "dv" in sheet.matrix.values:
        dv = sheet.matrix.values["dv"]
        learn &= (dv == NONE) | (dv >= sheet.thresholds.voltage_least_dv) | (sheet.matrix.wh > 0)
    return np.where(learn, sheet.matrix.wh, np.int32(NONE))


def _totals(wh: NDArray[np.int32]) -> NDArray[np.int32]:
    """Energy by day as the lake's total_wh has it, one slot a day. shape (rows, 1)"""
    sums = np.minimum(np.maximum(wh, 0).sum(axis=1, dtype=np.int64), np.iinfo(np.int32).max).astype(np.int32)
    return np.where((wh == NONE).all(axis=1), np.int32(NONE), sums)[:, None]


def _rescale(
    sheet: Sheet, found: Points, rows: NDArray[np.int64], wh: NDArray[np.int32], quality: NDArray[np.int8]
) -> None:
    """Bring the blocks between a day's first and last register read in line with the difference, in their own shape."""
    moved, spans, _ = differences(sheet, found)
    possible = (moved[rows] >= 0) & (moved[rows] <= sheet.limit_wh[rows] * (spans[rows, 1] - spans[rows, 0]))
    rows = rows[possible]
    slot = np.arange(sheet.matrix.slots)
    within = (slot >= spans[rows, :1]) & (slot < spans[rows, 1:])
    group, at = np.nonzero(within)
    wh[rows[group], at] = apportion(moved[rows], group.astype(np.int64), sheet.wh[rows[group], at].astype(np.int64))
    quality[rows[group], at] = Quality.REGISTER


def _dead_or_said(sheet: Sheet, wh: NDArray[np.int32], quality: NDArray[np.int8]) -> None:
    """A block of no energy at no voltage is an outage; what its sender calls an estimate is one."""
    values = sheet.matrix.values
    if "dv" in values:
        dead = (values["dv"] >= 0) & (values["dv"] < sheet.thresholds.voltage_least_dv) & (wh == 0) & sheet.read
        quality[dead & (quality == Quality.ACTUAL)] = Quality.OUTAGE
    if "quality" in values:
        said = (values["quality"] != NONE) & sheet.read & (quality == Quality.ACTUAL)
        quality[said] = values["quality"][said]
