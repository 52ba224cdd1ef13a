"""The checks on a day's reads, as a table: a new check is one row and one function.

A function gets the sheet and answers which blocks (shape (rows, slots)) or days (shape (rows,)) it finds fault with, or
None for none. Thresholds come from the pack. Source of the set: domain rules after IS 15959 and common VEE practice.
"""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from upay.metering.matrix import NONE
from upay.metering.vee.flags import Flag
from upay.metering.vee.registers import Points, differences
from upay.metering.vee.sheet import Sheet

Mask = NDArray[np.bool_] | None
Outcome = Literal["note", "review", "estimate", "fail"]


@dataclass(frozen=True)
class Check:
    """One check. note: shown; review: a person looks; estimate: the block is replaced; fail: the day is not trusted."""

    flag: Flag
    finds: Callable[[Sheet, Points | None], Mask]
    outcome: Outcome


def conflict(sheet: Sheet, _: Points | None) -> Mask:
    """The block came again with another energy."""
    return sheet.matrix.conflict


def clock(sheet: Sheet, _: Points | None) -> Mask:
    """Blocks start off the quarter hour by more than the tolerated drift. Days."""
    off = sheet.matrix.phase % 15
    mask = np.minimum(off, 15 - off) >= sheet.thresholds.drift_minutes
    return mask if mask.any() else None


def register_falls(sheet: Sheet, found: Points | None) -> Mask:
    """The register fell, and it was no roll-over."""
    return None if found is None else found.falls


def over_load(sheet: Sheet, _: Points | None) -> Mask:
    """Mean power of the block above the sanctioned load by more than the tolerated ratio."""
    most = (sheet.thresholds.max_load_ratio_warn * sheet.load_w * sheet.matrix.minutes / 60).astype(np.int64)
    return sheet.matrix.wh > np.where(sheet.load_w < 0, np.iinfo(np.int32).max, most).astype(np.int32)[:, None]


def over_fuse(sheet: Sheet, _: Points | None) -> Mask:
    """More energy than the supply's fuses let through in a block."""
    return sheet.matrix.wh > np.minimum(sheet.limit_wh, np.iinfo(np.int32).max).astype(np.int32)[:, None]


def spike(sheet: Sheet, _: Points | None) -> Mask:
    """The day's highest block stands out of the third highest."""
    if sheet.matrix.slots < 3:
        return None
    rule = sheet.thresholds
    top = sheet.wh.max(axis=1)
    high = np.flatnonzero(top > rule.spike_min_wh)
    third = np.partition(sheet.wh[high], -3, axis=1)[:, -3].astype(np.int64)
    stands_out = high[top[high] - third > rule.spike_ratio * third]
    mask = np.zeros(sheet.wh.shape, np.bool_)
    mask[stands_out] = sheet.wh[stands_out] == top[stands_out, None]
    return mask


def sum_differs(sheet: Sheet, found: Points | None) -> Mask:
    """Blocks between the day's first and last register read do not add up to their difference. Days."""
    if found is None:
        return None
    rule = sheet.thresholds
    moved, spans, usable = differences(sheet, found)
    sums = np.zeros((len(sheet.wh), sheet.matrix.slots + 1), np.int64)
    np.cumsum(sheet.wh, axis=1, out=sums[:, 1:])
    gaps = np.zeros((len(sheet.wh), sheet.matrix.slots + 1), np.int16)
    if not sheet.complete:
        np.cumsum(~sheet.read, axis=1, out=gaps[:, 1:])
    every, (first, last) = np.arange(len(sheet.wh)), (spans[:, 0], spans[:, 1])
    energy = sums[every, last] - sums[every, first]
    whole = gaps[every, last] == gaps[every, first]
    tolerance = np.maximum(rule.sum_tolerance_wh, rule.sum_tolerance_ratio * moved)
    return usable & whole & (np.abs(energy - moved) > tolerance)


def stuck(sheet: Sheet, _: Points | None) -> Mask:
    """The same non-zero value in many blocks in a row."""
    run = sheet.thresholds.stuck_blocks
    if sheet.matrix.slots < run:
        return None
    same = (sheet.wh[:, 1:] == sheet.wh[:, :-1]) & (sheet.wh[:, 1:] > 0)
    whole, reach = same, 1
    while reach < run - 1:
        step = min(reach, run - 1 - reach)
        whole = whole[:, :-step] & whole[:, step:]
        reach += step
    if not whole.any():
        return None
    mask = np.zeros(sheet.wh.shape, np.bool_)
    for shift in range(run):
        mask[:, shift : shift + whole.shape[1]] |= whole
    return mask


def kvah_below_kwh(sheet: Sheet, _: Points | None) -> Mask:
    """Apparent energy cannot be smaller than active energy; small values are spared their rounding."""
    vah = sheet.matrix.values.get("vah")
    if vah is None:
        return None
    per_mille = np.int64(round(1000 * sheet.thresholds.kvah_ratio))
    least = sheet.wh * per_mille // 1000
    return (vah != NONE) & (vah + 1 < least)


def export_without_solar(sheet: Sheet, _: Points | None) -> Mask:
    """Energy exported where no plant is registered."""
    export = sheet.matrix.values.get("export_wh")
    if export is None:
        return None
    return (export > sheet.thresholds.export_without_solar_wh) & ~(sheet.has_solar | (sheet.load_w < 0))[:, None]


def voltage(sheet: Sheet, _: Points | None) -> Mask:
    """Outside the statutory band while the supply was alive."""
    dv = sheet.matrix.values.get("dv")
    if dv is None:
        return None
    rule = sheet.thresholds
    least, most = (round(rule.nominal_dv * (1 + side * rule.voltage_tolerance)) for side in (-1, 1))
    return (dv > most) | ((dv < least) & (dv >= rule.voltage_least_dv))


CHECKS: tuple[Check, ...] = (
    Check(Flag.CONFLICT, conflict, "review"),
    Check(Flag.CLOCK, clock, "review"),
    Check(Flag.REGISTER_FALLS, register_falls, "fail"),
    Check(Flag.OVER_LOAD, over_load, "note"),
    Check(Flag.OVER_FUSE, over_fuse, "estimate"),
    Check(Flag.SPIKE, spike, "review"),
    Check(Flag.SUM, sum_differs, "fail"),
    Check(Flag.STUCK, stuck, "review"),
    Check(Flag.KVAH, kvah_below_kwh, "review"),
    Check(Flag.EXPORT, export_without_solar, "review"),
    Check(Flag.VOLTAGE, voltage, "note"),
)
