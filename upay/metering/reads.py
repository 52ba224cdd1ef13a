"""The one shape of readings inside the house, from the intake door to the closing of the day."""
import polars as pl

from upay.clock import DAY_S, IST_OFFSET_S

SCHEMA = pl.Schema(
    {
        "meter_id": pl.Int64(),
        "start_s": pl.Int64(),  # start of the block, seconds since 1970 UTC
        "minutes": pl.Int16(),  # length of the block: 15, 30, 60 or 1440
        "wh": pl.Int32(),  # energy imported in the block
        "export_wh": pl.Int32(),  # energy exported; null where the meter does not measure it
        "vah": pl.Int32(),  # apparent energy; may be null
        "dv": pl.Int16(),  # mean voltage in decivolts; may be null
        "ca": pl.Int32(),  # mean current in centiamperes; may be null
        "register_wh": pl.Int64(),  # cumulative import register at the start of the block; may be null
        "quality": pl.Int8(),  # what the sender says of the block, as a `Quality`; null: read as it is
    }
)


def grid_of(start_s: pl.Expr, minutes: pl.Expr) -> pl.Expr:
    """A number (Int64) for the grid of a block: its length, and the minutes by which it begins off the IST slot."""
    length = minutes.cast(pl.Int64)
    return length * 1440 + (start_s + IST_OFFSET_S) // 60 % length


def of_first_grid(reads: pl.DataFrame) -> pl.DataFrame:
    """Of reads in order of arrival the ones that lie on the grid with which their meter's day began."""
    grid = grid_of(pl.col("start_s"), pl.col("minutes"))
    if reads.is_empty() or reads.select(grid.min() == grid.max()).item():
        return reads
    day = (pl.col("start_s") + IST_OFFSET_S) // DAY_S
    return reads.filter(grid == grid.first().over("meter_id", day))
