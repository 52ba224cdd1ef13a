"""The proof of roll-ups: what the lake's days sum up to, against `connectionday` and `dtrday`, both ways."""
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

import numpy as np
import polars as pl

from upay.bulk import Bulk, bulk, dated
from upay.metering.days import lake, records
from upay.metering.days.close import reporting_ratio
from upay.metering.days.installed import Installed
from upay.metering.days.outages import Outages
from upay.metering.days.rollup import connection_days
from upay.metering.models import ConnectionDay, DtrDay
from upay.metering.verified import Difference, Verified

# The bucket says where a roll-up was written from; of a connection with two meters on a day either may be named.
_COMPARED = [name for name in ConnectionDay.model_fields if name not in ("connection_id", "day", "bucket")]
_BUT_OUTAGES = [name for name in _COMPARED if name != "outage_minutes"]
_OF_DTR = [name for name in DtrDay.model_fields if name not in ("dtr_id", "day")]
_MEASURED = {"dtr_id": pl.Int64, "day": pl.Date, "input_wh": pl.Int64, "peak_w": pl.Int64}


class RollupProof:
    """Takes the lake's rows chunk of meters by chunk, then compares what only the whole can tell.

    first, last: the closed days.  dark: outages by the events known now.  reopened: meters and days whose roll-ups wait
    for events to be counted.
    """

    def __init__(
        self,
        first: date,
        last: date,
        among: Installed,
        dark: Outages,
        report: Verified,
        reopened: Collection[tuple[int, date]],
    ) -> None:
        self._first, self._last, self._among, self._dark, self._report = first, last, among, dark, report
        self._waiting = _connections_of(reopened, among)
        self._shared = records.shared_connections(among)
        self._shared_done: set[int] = set()
        self._matched: Counter[date] = Counter()
        self._measured = pl.DataFrame(schema=_MEASURED)

    def check(self, rows: pl.DataFrame) -> None:
        """Sum the days of some meters anew, against their connections' roll-ups. rows: of the lake, all columns."""
        of_dtrs = rows.filter(pl.col("connection_id").is_null() & pl.col("dtr_id").is_not_null())
        of_homes = rows.drop_nulls("connection_id")
        if not of_dtrs.is_empty():
            self._measure(records.rolled_up(of_dtrs, self._among, self._dark))
        if not of_homes.is_empty():
            own = records.rolled_up(of_homes, self._among, self._dark)
            self._measure(own.with_columns(pl.lit(0).alias("actual"), pl.lit(0).alias("estimated")))
            self._compare(connection_days(own.filter(~pl.col("connection_id").is_in(self._shared.tolist()))))
            self._check_shared(own)

    def finish(self) -> None:
        """Look for roll-ups that no row of the lake stands behind, and at those of DTRs."""
        with bulk() as db:
            self._find_phantoms(db)
            self._check_dtrs(db)

    def _measure(self, rolled: pl.DataFrame) -> None:
        """Remember which DTRs have a day, and what their own meters read. Without blocks read or estimated: nothing."""
        measured = pl.col("actual") + pl.col("estimated") > 0
        found = rolled.drop_nulls("dtr_id").select(
            "dtr_id",
            "day",
            pl.when(measured).then("import_wh").alias("input_wh"),
            pl.when(measured).then(pl.col("peak_w").cast(pl.Int64)).alias("peak_w"),
        )
        told = pl.col("input_wh").is_not_null().any()
        self._measured = (
            pl.concat([self._measured, found.cast(_MEASURED)])  # type: ignore[arg-type]
            .group_by("dtr_id", "day")
            .agg(pl.when(told).then(pl.col("input_wh").sum()), pl.col("peak_w").max())
        )

    def _check_shared(self, own: pl.DataFrame) -> None:
        """Connections that several meters measured, once each, from all their meters' rows."""
        new = set(np.intersect1d(self._shared, own["connection_id"].drop_nulls().to_numpy()).tolist())
        new -= self._shared_done
        self._shared_done |= new
        if new:
            ids = np.array(sorted(new), np.int64)
            whole = records.rolled_up_from_lake(self._first, self._last, ids, self._among, self._dark)
            if whole is not None:
                self._compare(whole)

    def _compare(self, again: pl.DataFrame) -> None:
        if again.is_empty():
            return
        names = ", ".join(("connection_id", "day", *_COMPARED))
        ends = (again["connection_id"].min(), again["connection_id"].max(), self._first, self._last)
        with bulk() as db:
            statement = f"SELECT {names} FROM connectionday WHERE connection_id BETWEEN ? AND ? AND day BETWEEN ? AND ?"  # noqa: S608
            kept = dated(db.read(statement, ends))
        both = again.select(
            "connection_id", "day", "meter_id", *(pl.col(name).cast(pl.Int64) for name in _COMPARED)
        ).join(kept.with_columns(pl.lit(1).alias("stands")), ["connection_id", "day"], "left", suffix="_kept")
        self._report.connection_days += len(both)
        for day, count in both.drop_nulls("stands").group_by("day").len().iter_rows():
            self._matched[day] += count
        waits = ~_differs(_BUT_OUTAGES) & pl.col("waits").fill_null(False)
        named = both.join(self._waiting, ["connection_id", "day"], "left")
        _note(self._report, "rollup", "connection_id", named.filter(_differs(_COMPARED) & ~waits), _COMPARED)

    def _find_phantoms(self, db: Bulk) -> None:
        stand = dated(db.read("SELECT day, COUNT(*) AS rows FROM connectionday GROUP BY day ORDER BY day"))
        for day, count in stand.iter_rows():
            if count == self._matched[day]:
                continue
            kept = db.read("SELECT connection_id, import_wh FROM connectionday WHERE day = ?", (day,))
            known = lake.scan(day, day, ["connection_id"]).unique().collect()
            for connection_id, import_wh in kept.cast(pl.Int64).join(known, "connection_id", "anti").iter_rows():
                self._report.note(
                    Difference("rollup", day, str(connection_id), "import_wh=None", f"import_wh={import_wh}")
                )

    def _check_dtrs(self, db: Bulk) -> None:
        """Input and peak from the DTRs' own meters, the rest from the connections' days, proved already."""
        names = ", ".join(("dtr_id", "day", *_OF_DTR))
        known = set(dated(db.read("SELECT DISTINCT day, 0 AS one FROM dtrday"))["day"].to_list())
        for day in sorted(known | set(self._measured["day"].to_list())):
            consumers = records.consumers_of_dtrs(db, day, day, reporting_ratio(day))
            expected = self._measured.filter(pl.col("day") == day).join(consumers, ["dtr_id", "day"], "left")
            expected = expected.with_columns(pl.col(consumers.columns[2:]).fill_null(0), pl.lit(1).alias("stands"))
            statement = f"SELECT {names} FROM dtrday WHERE day = ?"  # noqa: S608
            kept = dated(db.read(statement, (day,))).with_columns(pl.lit(1).alias("stands"))
            both = expected.join(kept, ["dtr_id", "day"], "full", coalesce=True, suffix="_kept")
            self._report.dtr_days += len(expected)
            _note(self._report, "dtr", "dtr_id", both.filter(_differs(["stands", *_OF_DTR])), _OF_DTR)


def _connections_of(reopened: Collection[tuple[int, date]], among: Installed) -> pl.DataFrame:
    """connection_id, day, waits (true): wherever these meters ever stood."""
    places = pl.DataFrame({"meter_id": among.meter_id, "connection_id": among.connection_id})
    days = pl.DataFrame(list(reopened), schema={"meter_id": pl.Int64, "day": pl.Date}, orient="row")
    return days.join(places, "meter_id").select("connection_id", "day", pl.lit(True).alias("waits")).unique()


def _differs(names: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_kept")) for name in names)


def _note(report: Verified, what: str, key: str, differing: pl.DataFrame, names: Sequence[str]) -> None:
    for row in differing.iter_rows(named=True):
        wrong = [name for name in names if row[name] != row[f"{name}_kept"]]
        expected, found = (" ".join(f"{name}={row[name + side]}" for name in wrong) for side in ("", "_kept"))
        report.note(Difference(what, row["day"], str(row[key]), expected, found))
