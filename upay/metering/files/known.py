"""What of a file's readings is known already: equal ones are duplicates, others conflict with what was there first."""
from datetime import date, timedelta

import polars as pl
from sqlmodel import Session, col, select

from upay.clock import DAY_S, IST_OFFSET_S
from upay.metering.days import lake
from upay.metering.days.rows import LAKE, to_reads
from upay.metering.models import OpenPart
from upay.network import registry
from upay.settings import settings

_EPOCH = date(1970, 1, 1)
_BLOCK = ("serial", "start_s", "minutes")

NEW, DUPLICATE, CONFLICT, OFF_GRID = "", "reads.duplicate", "reads.conflict", "reads.off_grid"


def against_known(session: Session, reads: pl.DataFrame) -> pl.Series:
    """For each row NEW, or what it is beside what was acknowledged before: DUPLICATE, CONFLICT or OFF_GRID.

    reads: serial, start_s, minutes, wh, and export_wh where the file has it. Fold first: only folded reads are seen.
    OFF_GRID: the meter's day has blocks of another length, or beginning at other minutes.
    """
    known = _known(session, reads)
    if known.is_empty():
        return pl.repeat(NEW, len(reads), dtype=pl.String, eager=True)
    mine = _comparable(reads)
    first = known.unique(_BLOCK, keep="first", maintain_order=True)
    grids = known.select("serial", "day", _phase(), "minutes").unique(["serial", "day"], keep="first")
    joined = (
        mine.join(first.drop("day"), on=_BLOCK, how="left", suffix="_known", maintain_order="left")
        .with_columns(_phase())
        .join(grids, on=["serial", "day"], how="left", suffix="_known", maintain_order="left")
    )
    # An export that one of the two does not state is no contradiction.
    same = (pl.col("wh") == pl.col("wh_known")) & (pl.col("export_wh") == pl.col("export_wh_known")).fill_null(True)
    other_grid = (pl.col("minutes") != pl.col("minutes_known")) | (pl.col("phase") != pl.col("phase_known"))
    verdict = (
        pl.when(pl.col("wh").is_null()).then(pl.lit(NEW))
        .when(same).then(pl.lit(DUPLICATE))
        .when(pl.col("wh_known").is_not_null()).then(pl.lit(CONFLICT))
        .when(other_grid).then(pl.lit(OFF_GRID))
        .otherwise(pl.lit(NEW))
    )  # fmt: skip
    return joined.select(verdict.fill_null(NEW)).to_series()


def _known(session: Session, reads: pl.DataFrame) -> pl.DataFrame:
    """Reads of the same meters and days: serial, day, start_s, minutes, wh, export_wh; the first to arrive first."""
    held = registry()
    serials = reads["serial"].drop_nulls().unique()
    places = held.locate(serials)
    meters = pl.DataFrame({"serial": serials, "place": places}).filter(pl.col("place") >= 0)
    meters = meters.with_columns(pl.Series("meter_id", held.meter_id[meters["place"].to_numpy()]))
    days = reads.select(_day())["day"].drop_nulls()
    if meters.is_empty() or days.is_empty():
        return pl.DataFrame()
    first, last = (_EPOCH + timedelta(days=int(day)) for day in (days.min(), days.max()))  # type: ignore[arg-type]
    # open parts before the lake: a day that is closed in between is met twice, and not missed
    opened = _open(session, meters["meter_id"], first, last)
    closed = to_reads(lake.meter_days(meters["meter_id"].to_list(), first, last, LAKE.names))
    known = pl.concat([closed, opened])
    named = known.join(meters.select("meter_id", "serial"), on="meter_id", maintain_order="left")
    return _comparable(named)


def _open(session: Session, meters: pl.Series, first: date, last: date) -> pl.DataFrame:
    """Their reads of days that no closing took yet."""
    buckets = (meters % settings().buckets).unique().to_list()
    parts = session.exec(
        select(OpenPart.path)
        .where(col(OpenPart.closed_version).is_(None), OpenPart.day >= first, OpenPart.day <= last)
        .where(col(OpenPart.bucket).in_(buckets))
        .order_by(col(OpenPart.id))
    ).all()
    wanted = pl.col("meter_id").is_in(meters.to_list())
    frames = [pl.read_parquet(settings().open_days / path).filter(wanted) for path in parts]
    return pl.concat([to_reads(pl.DataFrame()), *frames])


def _comparable(reads: pl.DataFrame) -> pl.DataFrame:
    export = pl.col("export_wh") if "export_wh" in reads.columns else pl.lit(None)
    numbers = (pl.col("start_s"), pl.col("minutes"), pl.col("wh"), export.alias("export_wh"))
    return reads.select("serial", *(number.cast(pl.Int64, strict=False) for number in numbers), _day())


def _day() -> pl.Expr:
    return ((pl.col("start_s") + IST_OFFSET_S) // DAY_S).alias("day")


def _phase() -> pl.Expr:
    """Minutes by which a block begins after the slot of the Indian day."""
    return ((pl.col("start_s") + IST_OFFSET_S) // 60 % pl.col("minutes").clip(1)).alias("phase")
