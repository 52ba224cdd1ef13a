"""Days that power failures told late bear on: judged anew by the same way as days of late reads.

A closing reads what is reopened before it reads the events, and takes away only what it has read and nobody has touched
since. So an event that is committed while its day is being closed leaves its day reopened, and is not lost.
"""
from datetime import date, datetime, timedelta

import polars as pl
from sqlmodel import Session, col, select

from upay.bulk import Bulk, bulk, dated
from upay.clock import DAY_S, IST_OFFSET_S, day_of
from upay.metering.days.outages import FAILED, RESTORED
from upay.metering.models import MeterEvent, ReopenedDay
from upay.metering.vee import Thresholds
from upay.settings import settings
from upay.work.upsert import insert_into

# Far longer than the transaction that records an event: a day that cannot be closed so soon will know of it anyhow.
_AHEAD = timedelta(hours=1)
_SLICE = 2_000


def last_ended(now: datetime) -> date:
    """The latest day that is over, with the hours passed that are left for its stragglers."""
    return day_of(now - timedelta(hours=settings().close_after_hours)) - timedelta(days=1)


def reopen(session: Session, events: pl.DataFrame, now: datetime) -> None:
    """Reopen the days that newly recorded events bear on. events: meter_id, code, at_s; recorded in this transaction.

    A failure or a restoration decides of the time from it to the meter's next, at most as long as a failure is believed
    to last.
    """
    told = events.filter(pl.col("code").is_in([FAILED, RESTORED]))
    last = last_ended(now + _AHEAD)
    over_s = (last.toordinal() - date(1970, 1, 1).toordinal() + 1) * DAY_S - IST_OFFSET_S
    told = told.filter(pl.col("at_s") < over_s)
    if told.is_empty():
        return
    lasts_s = Thresholds.on(last).outage_lookback_days * DAY_S
    until = pl.min_horizontal(pl.col("next_s").fill_null(over_s), pl.col("at_s") + lasts_s, pl.lit(over_s))
    ends = {"first": pl.col("at_s"), "last": until - 1}
    days = (
        _with_next(session, told, lasts_s)
        .select("meter_id", **{name: (at + IST_OFFSET_S) // DAY_S for name, at in ends.items()})
        .filter(pl.col("last") >= pl.col("first"))
        .select("meter_id", pl.int_ranges("first", pl.col("last") + 1).alias("day"))
        .explode("day")
        .unique()
        .select(
            "meter_id",
            pl.col("day").cast(pl.Int32).cast(pl.Date),
            (pl.col("meter_id") % settings().buckets).alias("bucket"),
            pl.lit(1).alias("told"),
        )
        .sort("meter_id", "day")
    )
    added = insert_into(session, ReopenedDay).on_conflict_do_update(
        index_elements=["meter_id", "day"], set_={"told": ReopenedDay.told + 1}
    )
    for part in days.iter_slices(_SLICE):
        session.exec(added, params=part.to_dicts())


def _with_next(session: Session, told: pl.DataFrame, lasts_s: int) -> pl.DataFrame:
    """The events with the instant of the meter's next one beside them (`next_s`), null where none is known."""
    meters = told["meter_id"].unique().sort().to_list()
    begin, end = int(told["at_s"].min()), int(told["at_s"].max()) + lasts_s  # type: ignore[arg-type]
    rows: list[tuple[int, int]] = []
    for first in range(0, len(meters), _SLICE):
        asked = select(MeterEvent.meter_id, MeterEvent.at_s).where(
            col(MeterEvent.meter_id).in_(meters[first : first + _SLICE]),
            col(MeterEvent.code).in_((FAILED, RESTORED)),
            MeterEvent.at_s >= begin,
            MeterEvent.at_s <= end,
        )
        rows += [(meter_id, at_s) for meter_id, at_s in session.exec(asked).all()]
    known = pl.DataFrame(rows, schema={"meter_id": pl.Int64, "next_s": pl.Int64}, orient="row").sort("next_s")
    return told.sort("at_s").join_asof(
        known,
        left_on="at_s",
        right_on="next_s",
        by="meter_id",
        strategy="forward",
        allow_exact_matches=False,
        check_sortedness=False,  # Polars cannot tell within meters; both are sorted as a whole
    )


def reopened(first: date, last: date, bucket: int) -> pl.DataFrame:
    """What is reopened of a bucket's days [first, last]: meter_id, day, told. Ask it before the events."""
    with bulk() as db:
        asked = "SELECT meter_id, day, told FROM reopenedday WHERE day BETWEEN ? AND ? AND bucket = ?"
        return dated(db.read(asked, (first, last, bucket)))


def take_away(db: Bulk, judged: pl.DataFrame) -> None:
    """Nothing more of these days is reopened, but for what events were told of meanwhile. judged: as `reopened`."""
    for (day, told), part in judged.group_by("day", "told"):
        ids = ",".join(str(meter_id) for meter_id in part["meter_id"])
        db.execute(f"DELETE FROM reopenedday WHERE day = ? AND told = ? AND meter_id IN ({ids})", (day, told))  # noqa: S608
