"""Counting a closing, day by day."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from upay.clock import DAY_S, IST_OFFSET_S
from upay.metering.days.kernel import Outcome
from upay.metering.matrix import NONE
from upay.metering.models import Quality
from upay.metering.vee.daykinds import number_of

DUPLICATE = "duplicate"
FIELDS = ("meter_days", "reads", "duplicates", "conflicts", "estimated", "raw_wh")


@dataclass(frozen=True)
class Tally:
    """Counts by day: columns day and `FIELDS`, as in `DayClose`."""

    frame: pl.DataFrame

    @classmethod
    def of(cls, outcome: Outcome, reads: pl.DataFrame, first: date, days: int) -> "Tally":
        """Count the days from `first` on. reads: the frame that the outcome's `lost` speaks of."""
        counts = {name: np.zeros(days, np.int64) for name in FIELDS}
        begin_s = number_of(first) * DAY_S - IST_OFFSET_S
        for closed in outcome.closed:
            day = (closed.matrix.day_s - begin_s) // DAY_S
            read = closed.matrix.wh
            quality = closed.settled.quality
            rows = {
                "meter_days": np.ones(len(day), np.int64),
                "reads": (read != NONE).sum(axis=1),
                "raw_wh": np.maximum(read, 0).sum(axis=1, dtype=np.int64),
            }
            if quality is not None:
                rows["estimated"] = ((quality > Quality.OUTAGE) & (quality < Quality.MANUAL)).sum(axis=1)
            for name, values in rows.items():
                np.add.at(counts[name], day, values)
        if len(outcome.lost):
            lost = reads[outcome.lost["place"].to_numpy()]
            day = (lost["start_s"].to_numpy() - begin_s) // DAY_S
            equal = (outcome.lost["code"] == DUPLICATE).to_numpy()
            np.add.at(counts["duplicates"], day[equal], 1)
            np.add.at(counts["conflicts"], day[~equal], 1)
        numbers = pl.Series("day", np.arange(days, dtype=np.int32) + number_of(first)).cast(pl.Date)
        return cls(pl.DataFrame({"day": numbers, **counts}))

    @staticmethod
    def total(tallies: Sequence["Tally"]) -> "Tally":
        """Several tallies of the same days added up."""
        return Tally(
            pl.concat([tally.frame for tally in tallies])
            .group_by("day", maintain_order=True)
            .agg(pl.col(*FIELDS).sum())
        )

    def beyond(self, reads: int, raw_wh: int, rows: int) -> "Tally":
        """What a closing of one day adds to an earlier one, which had `reads` and `raw_wh`; `rows` of it are new."""
        return Tally(
            self.frame.with_columns(
                pl.col("reads") - reads, pl.col("raw_wh") - raw_wh, pl.lit(rows, pl.Int64).alias("meter_days")
            )
        )
