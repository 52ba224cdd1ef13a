"""What the checks look at: a matrix of reads with what is known of its meters beside it."""
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from upay.clock import DAY_S
from upay.metering.matrix import NONE, Matrix
from upay.metering.vee.thresholds import Thresholds


@dataclass
class Sheet:
    """A matrix and its context. Arrays of shape (rows,) unless said otherwise.

    load_w: sanctioned load, -1 where none is known (a DTR's meter).  digits: kWh digits of the register.
    expected: shape (rows, slots), whether the meter was installed during the block; None: always.
    outage: shape (rows, slots), whether the block lay inside a power failure the meter reported; None: none did.
    before, after: the register (Wh) at the day's start and end as its neighbours tell it, -1 where they do not.
    """

    matrix: Matrix
    load_w: NDArray[np.int64]
    has_solar: NDArray[np.bool_]
    digits: NDArray[np.int8]
    thresholds: Thresholds
    expected: NDArray[np.bool_] | None = None
    outage: NDArray[np.bool_] | None = None
    before: NDArray[np.int64] | None = None
    after: NDArray[np.int64] | None = None

    @cached_property
    def read(self) -> NDArray[np.bool_]:
        """Which blocks were read. shape (rows, slots)"""
        return self.matrix.wh != NONE

    @cached_property
    def complete(self) -> bool:
        """Whether every block was read: the common case, which needs no care."""
        return bool(self.read.all())

    @cached_property
    def wh(self) -> NDArray[np.int32]:
        """Energies read, 0 where nothing was. shape (rows, slots)"""
        return self.matrix.wh if self.complete else np.maximum(self.matrix.wh, 0)

    @cached_property
    def limit_wh(self) -> NDArray[np.int64]:
        """The most a block can hold: what the supply's fuses carry, or twice a load metered through transformers."""
        rule = self.thresholds
        phases = np.where(self.load_w >= rule.three_phase_from_w, 3, 1)
        watts = np.maximum(
            phases * rule.max_amps * rule.max_volts, (rule.ct_load_ratio_fail * self.load_w).astype(np.int64)
        )
        return np.where(self.load_w < 0, np.iinfo(np.int32).max, watts * self.matrix.minutes // 60)

    @cached_property
    def follows(self) -> NDArray[np.bool_]:
        """Whether a row is the day after the row above it, of the same meter on the same grid."""
        matrix = self.matrix
        same = np.zeros(len(matrix.meter_id), np.bool_)
        same[1:] = (
            (np.diff(matrix.meter_id) == 0)
            & (np.diff(matrix.day_s) == DAY_S)
            & (np.diff(matrix.phase.astype(np.int32)) == 0)
        )
        return same
