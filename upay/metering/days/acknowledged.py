"""What was acknowledged, arranged anew from the landing files: for the proof, without the closing's own matrices."""
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from sqlmodel import Session, col, select

from upay.clock import DAY_S, IST_OFFSET_S
from upay.metering.models import ReadBatch
from upay.settings import settings

_READS_AT_A_TIME = 3_000_000
SUMMED = {
    "meter_id": pl.Int64,
    "day": pl.Date,
    "count": pl.Int64,
    "wh": pl.Int64,
    "export_wh": pl.Int64,
    "mark": pl.UInt64,
}


def arrange(session: Session, folder: Path, width: int, first: date, last: date) -> set[date]:
    """Arrange all acknowledged reads by chunk in a folder (`bucket-row/`), in order of arrival.

    Returns the days of which every landing file is still kept.
    """
    batches = session.exec(
        select(ReadBatch)
        .where(col(ReadBatch.folded_at).is_not(None), col(ReadBatch.path).is_not(None))
        .order_by(col(ReadBatch.folded_at), col(ReadBatch.id))
    ).all()
    kept = {first + timedelta(days=number) for number in range((last - first).days + 1)}
    for place, batch in enumerate(batches):
        path = settings().landing / str(batch.path)
        if not path.exists():
            kept -= set(_days(batch.first_start_s or 0, batch.last_end_s or 0))
            continue
        for number, part in enumerate(_slices(path)):
            buckets = settings().buckets
            named = part.with_columns(
                (pl.col("meter_id") % buckets).alias("bucket"), (pl.col("meter_id") // buckets // width).alias("row")
            )
            for (bucket, row), rows in named.partition_by("bucket", "row", as_dict=True, include_key=False).items():
                target = folder / f"{bucket}-{row}"
                target.mkdir(exist_ok=True)
                rows.write_ipc(target / f"{place:012d}-{number:06d}.arrow", compression="lz4")
    return kept


def _slices(path: Path) -> Iterator[pl.DataFrame]:
    frame = pl.read_parquet(path, columns=["meter_id", "start_s", "minutes", "wh", "export_wh"])
    yield from frame.iter_slices(_READS_AT_A_TIME)


def first_reads(folder: Path) -> pl.DataFrame:
    """Of each block the first read, if it lies on the grid of its day's first: `summed` by meter and day."""
    files = sorted(folder.glob("*.arrow")) if folder.is_dir() else []
    if not files:
        return pl.DataFrame(schema=SUMMED)
    minute = (pl.col("start_s") + IST_OFFSET_S) % DAY_S // 60
    reads = pl.concat([pl.read_ipc(file) for file in files]).with_columns(
        ((pl.col("start_s") + IST_OFFSET_S) // DAY_S).cast(pl.Int32).cast(pl.Date).alias("day"),
        (minute % pl.col("minutes").cast(pl.Int64)).alias("phase"),
        pl.int_range(pl.len()).alias("place"),
    )
    grid = reads.group_by("meter_id", "day").agg(
        pl.col("minutes", "phase").sort_by("place").first().name.suffix("_day")
    )
    on_grid = reads.join(grid, ["meter_id", "day"]).filter(
        (pl.col("minutes") == pl.col("minutes_day")) & (pl.col("phase") == pl.col("phase_day"))
    )
    slot = (pl.col("start_s") + IST_OFFSET_S) // 60 // pl.col("minutes").cast(pl.Int64)
    once = on_grid.with_columns(slot.alias("slot")).sort("place").unique(["meter_id", "day", "slot"], keep="first")
    return summed(once)


def summed(reads: pl.DataFrame) -> pl.DataFrame:
    """Reads as `SUMMED`. reads: meter_id, day, start_s, wh, export_wh, each block once.

    mark: a hash over every block's start, energy and export; it does not depend on their order.
    """
    told = pl.struct(pl.col("start_s", "wh", "export_wh").cast(pl.Int64))
    return (
        reads.with_columns(told.hash().alias("mark"))
        .group_by("meter_id", "day")
        .agg(
            pl.len().cast(pl.Int64).alias("count"),
            pl.col("wh", "export_wh").cast(pl.Int64).sum(),
            pl.col("mark").bitwise_xor(),
        )
    )


def _days(first_s: int, end_s: int) -> Sequence[date]:
    begin, last = ((at + IST_OFFSET_S) // DAY_S for at in (first_s, max(first_s, end_s - 1)))
    return [date(1970, 1, 1) + timedelta(days=number) for number in range(begin, last + 1)]
