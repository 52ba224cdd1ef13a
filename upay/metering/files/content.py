"""What a file of readings holds, whatever its format: one frame, and how its meters are called."""
from dataclasses import dataclass, field

import polars as pl

# What every reader brings; the other columns of intake's door may stand beside.
READS = ("meter", "start_s", "start", "minutes", "wh")


@dataclass(frozen=True)
class Remark:
    """Something of the file that was left out or decided, as a code of the catalogues."""

    code: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Content:
    """The readings of a file, not yet placed on meters of ours.

    form: csv, wide_csv, parquet or green_button.
    reads: meter (String, null when the file names none), start_s (seconds since 1970 UTC; null where it could not be
    read, and then `start` holds what stood there), minutes (null where one reading alone does not tell), wh (Int64, or
    text where some cell is no number), and export_wh, vah, dv, ca, register_wh, quality as far as the file has them.
    aliases: for each name in `meter`, everything the file calls it.
    """

    form: str
    reads: pl.DataFrame
    aliases: dict[str, tuple[str, ...]]
    remarks: tuple[Remark, ...] = ()

    @property
    def meters(self) -> list[str | None]:
        """The meters in the order of the file; [None] when it names none."""
        return self.reads["meter"].unique(maintain_order=True).to_list()


def with_block_lengths(reads: pl.DataFrame) -> pl.DataFrame:
    """Fill `minutes` where it is null with the commonest step between a meter's readings."""
    step = pl.col("start_s").unique().sort().diff().drop_nulls().mode().min() // 60
    steps = reads.group_by("meter").agg(step.alias("step"))
    filled = reads.join(steps, on="meter", how="left", nulls_equal=True, maintain_order="left")
    return filled.with_columns(pl.coalesce("minutes", "step").alias("minutes")).drop("step")
