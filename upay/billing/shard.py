"""One shard of a run: bills made outside the database, then written with their ledger entries in one transaction."""
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import polars as pl

from upay.billing.adjust import adjustments
from upay.billing.charge import Charged, Extras, charged
from upay.billing.models import Basis, Bill, BillException, BillLine, BillPart
from upay.billing.numbers import bill_ids
from upay.billing.owed import demands, owed
from upay.billing.parts import period_parts, priced
from upay.billing.prepared import Prepared, standing_of
from upay.billing.tariffs import keep
from upay.bulk import Bulk, bulk
from upay.ledger import post_all

CONNECTIONS_A_SHARD = 50_000
_LOCK = (
    "INSERT INTO billingshard (run_id, shard, attempts) VALUES (?, ?, 1)"
    " ON CONFLICT (run_id, shard) DO UPDATE SET attempts = billingshard.attempts + 1"
)
_COUNTS = ("billed", "provisional", "exceptions", "units_wh", "current_paise", "payable_paise")


@dataclass(frozen=True)
class Made:
    """What a shard came to: bills, and the connections that became exceptions (rows of the table)."""

    charged: Charged
    exceptions: pl.DataFrame

    def counts(self) -> dict[str, int]:
        """What it adds to its run."""
        bills = self.charged.bills
        return {
            "billed": len(bills),
            "provisional": int((bills["basis"] == Basis.PROVISIONAL.value).sum()),
            "exceptions": len(self.exceptions),
            "units_wh": int(bills["units_wh"].sum()),
            "current_paise": int(bills["current_paise"].sum()),
            "payable_paise": int(bills["payable_paise"].clip(0).sum()),
        }


def made(db: Bulk, ready: Prepared, frame: pl.DataFrame, run_id: int, now: datetime) -> Made:
    """Make the bills of some rows of `ready.frame`; nothing is written. db: to read balances and earlier bills from."""
    good = frame.filter(pl.col("code").is_null())
    anew = adjustments(db, ready, good)
    banked = None if anew is None else anew.banked
    period = priced(period_parts(ready.who.stretches, good, ready.daily, ready.bills, banked), ready.who.tariffs)
    unpriced = good.join(period.refused.unique("connection_id").rename({"code": "why"}), "connection_id")
    good = good.join(unpriced, "connection_id", "anti").with_columns(
        bill_ids(ready.cycle.cycle, pl.col("issue")).alias("bill_id"), pl.lit(run_id, pl.Int64).alias("run_id")
    )
    kept = good.select("connection_id")
    parts = replace(period, parts=period.parts.join(kept, "connection_id", "semi"))
    owes = owed(db, ready, good)
    extras = Extras(
        None if anew is None else anew.parts.join(kept, "connection_id", "semi"),
        None if anew is None else anew.legs.join(kept, "connection_id", "semi"),
        demands(db, ready, good, owes),
        owes,
    )
    bills = charged(good, parts, extras, ready.cycle, ready.rules.round_to_paise)
    odd = pl.concat([frame.filter(pl.col("code").is_not_null()).with_columns(why=pl.lit("")),
                     unpriced.with_columns(code=pl.lit("unpriced")).select(*frame.columns, "why")])  # fmt: skip
    return Made(bills, _exceptions(odd, ready, run_id, now))


def write(shard: int, run_id: int, ready: Prepared, made: Made) -> None:
    """Write a shard in one transaction. What another run has written meanwhile is left out."""
    ends = shard * CONNECTIONS_A_SHARD, (shard + 1) * CONNECTIONS_A_SHARD - 1
    with bulk() as db:
        # Whoever comes second waits here until the first has committed, and then finds its bills standing.
        db.execute(_LOCK, (run_id, shard))
        standing = standing_of(db, ready.cycle, ends)
        left = Made(
            _others(made.charged, standing.bills),
            made.exceptions.join(pl.concat([standing.bills, standing.waiting]), "connection_id", "anti"),
        )
        keep(db, ready.who.tariffs.values())
        rows = left.charged
        db.append(Bill, rows.bills)
        db.append(BillPart, rows.parts)
        db.append(BillLine, rows.lines)
        db.upsert(BillException, left.exceptions, key=["id"])
        post_all(db, rows.entries, rows.legs)
        counts = left.counts()
        added = ", ".join(f"{name} = {name} + ?" for name in _COUNTS)
        db.execute(
            f"UPDATE billingrun SET {added}, shards_done = shards_done + 1 WHERE id = ?",  # noqa: S608
            (*(counts[name] for name in _COUNTS), run_id),
        )


def _others(made: Charged, standing: pl.DataFrame) -> Charged:
    """Without the bills of connections that have one by now."""
    twice = made.bills.join(standing, "connection_id", "semi").select("id")
    if twice.is_empty():
        return made
    return Charged(
        made.bills.join(twice, "id", "anti"),
        *(frame.join(twice, left_on="bill_id", right_on="id", how="anti") for frame in (made.parts, made.lines)),
        *(frame.join(twice, left_on="row", right_on="id", how="anti") for frame in (made.entries, made.legs)),
    )


def _exceptions(odd: pl.DataFrame, ready: Prepared, run_id: int, now: datetime) -> pl.DataFrame:
    """The connections that have to wait, as rows of the queue."""
    stated = odd.select("tariff_id", "category", "load_w", "days", "why").iter_rows(named=True)
    return odd.select(
        bill_ids(ready.cycle.cycle, pl.lit(0)).alias("id"),
        "connection_id",
        "zone_id",
        pl.lit(run_id, pl.Int64).alias("run_id"),
        pl.lit(ready.cycle.cycle).alias("cycle"),
        "code",
        pl.Series("params", [json.dumps(_params(row)) for row in stated], pl.String),
        "units_wh",
        (pl.col("reference_wh") * pl.col("days")).alias("reference_wh"),
        pl.lit("open").alias("state"),
        pl.lit("").alias("reason"),
        pl.lit(now).alias("found_at"),
    )


def _params(row: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value != ""}
