"""From reads to closed days, for the meters of one bucket and any number of days: no database, no side effect."""
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.clock import day_start_s
from upay.metering.days.earlier import earlier_blocks, earlier_totals, nothing, registers_around
from upay.metering.days.installed import Installed, place
from upay.metering.days.outages import Outages, lay
from upay.metering.days.rows import Closed
from upay.metering.days.stays import by_stay
from upay.metering.matrix import NONE, Matrix, scatter
from upay.metering.vee import Findings, Past, Sheet, Thresholds, examine, settle, silent_rows


@dataclass(frozen=True)
class Facts:
    """What the kernel is told besides the reads. midnight: registers (meter_id, after) at the end of the last day."""

    among: Installed
    outages: Outages
    thresholds: Thresholds
    midnight: pl.DataFrame


@dataclass(frozen=True)
class Outcome:
    """closed: one for each block length.  by_stay: the same as roll-ups see it (`stays.by_stay`).

    lost: the reads that did not count (`place` in the frame given, `code`).
    """

    closed: list[Closed]
    by_stay: list[Closed]
    lost: pl.DataFrame


def close_reads(reads: pl.DataFrame, meters: NDArray[np.int64], first: date, last: date, facts: Facts) -> Outcome:
    """Scatter, check and settle the reads of `meters` (ids, ascending) on the days [first, last].

    reads: `reads.SCHEMA`, each block's in order of arrival. A day without reads of an installed meter is settled too.
    """
    days = (last - first).days + 1
    scattered = scatter(reads, meters, _usual_minutes(meters, facts.among), day_start_s(first), days)
    closed = [part for matrix in scattered.matrices if (part := _settled(matrix, first, last, facts)) is not None]
    return Outcome(closed, [part for one in closed for part in by_stay(one, facts.outages)], scattered.lost)


def meters_of(reads: pl.DataFrame, among: Installed) -> NDArray[np.int64]:
    """The meters that a closing is about: those installed and those that sent something."""
    return np.union1d(among.meter_id, reads["meter_id"].unique().to_numpy())


def _settled(matrix: Matrix, first: date, last: date, facts: Facts) -> Closed | None:
    placed = place(matrix, facts.among)
    if placed.expected is not None:
        there = placed.expected.any(axis=1) | (matrix.wh != NONE).any(axis=1)
        if not there.any():
            return None
        if not there.all():
            rows = np.flatnonzero(there)
            matrix, placed = matrix.taken(rows), placed.taken(rows)
    outage, minutes = lay(facts.outages, matrix)
    sheet = Sheet(
        matrix,
        placed.load_w,
        placed.has_solar,
        placed.digits,
        facts.thresholds,
        expected=placed.expected,
        outage=outage,
        after=None if facts.midnight.is_empty() else _edge(matrix, facts.midnight, "after", last),
    )
    sheet, findings, blocks = _with_neighbours(sheet, examine(sheet), first, last)
    totals = earlier_totals(np.unique(matrix.meter_id[silent_rows(sheet)]), first, facts.thresholds)
    return Closed(matrix, placed, settle(sheet, findings, blocks, totals), minutes)


def _with_neighbours(sheet: Sheet, findings: Findings, first: date, last: date) -> tuple[Sheet, Findings, Past]:
    """Look up what the lake says of the days around, for the meters with gaps."""
    matrix, need = sheet.matrix, findings.need
    if need is not None and sheet.outage is not None:
        need = need & ~sheet.outage
    if need is None or not need.any():
        return sheet, findings, nothing(matrix.slots)
    meters = np.unique(matrix.meter_id[need.any(axis=1)])
    around = registers_around(meters, first, last)
    if len(around):
        before, after = _edge(matrix, around, "before", first), _edge(matrix, around, "after", last)
        known = after if sheet.after is None else np.where(sheet.after == NONE, after, sheet.after)
        sheet = replace(sheet, before=before, after=known)
        # judged anew, for a register at midnight also says whether the day's sum is right
        findings = examine(sheet)
    return sheet, findings, earlier_blocks(meters, first, last, matrix.minutes, sheet.thresholds)


def _edge(matrix: Matrix, around: pl.DataFrame, name: str, day: date) -> NDArray[np.int64]:
    """A register of `around` (by ascending meter_id) laid on the rows of one day; `NONE` elsewhere. shape (rows,)"""
    edge = np.full(len(matrix.meter_id), NONE, np.int64)
    meters, register = around["meter_id"].to_numpy(), around[name].fill_null(NONE).to_numpy()
    rows = np.flatnonzero(matrix.day_s == day_start_s(day))
    at = np.minimum(np.searchsorted(meters, matrix.meter_id[rows]), len(meters) - 1)
    edge[rows] = np.where(meters[at] == matrix.meter_id[rows], register[at], NONE)
    return edge


def _usual_minutes(meters: NDArray[np.int64], among: Installed) -> NDArray[np.int16]:
    """Each meter's usual block length; half an hour for one that was never installed. shape (meters,)"""
    at = np.searchsorted(among.meter_id, meters)
    known = at < len(among.meter_id)
    at = np.where(known, at, 0)
    usual = np.full(len(meters), 30, np.int16)
    if len(among.meter_id):
        known &= among.meter_id[at] == meters
        usual[known] = among.minutes[at[known]]
    return usual
