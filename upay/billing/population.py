"""Who is billed for a cycle, and by which terms on which of its days."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from upay.billing.rules import Schedule
from upay.bulk import Bulk
from upay.errors import Problem
from upay.tariffs import Book
from upay.tariffs import Schedule as Tariff

OF_ZONES = """
SELECT c.id FROM connection c JOIN dtr d ON d.id = c.dtr_id JOIN feeder f ON f.id = d.feeder_id
JOIN substation s ON s.id = f.substation_id WHERE s.zone_id IN ({zones})
"""
_CONNECTIONS = """
SELECT c.id AS connection_id, s.zone_id, c.category, c.tariff_id, c.sanctioned_load_w AS load_w, c.prepaid,
       c.has_solar, c.energised_on, c.ended_on
FROM connection c JOIN dtr d ON d.id = c.dtr_id JOIN feeder f ON f.id = d.feeder_id
JOIN substation s ON s.id = f.substation_id
WHERE (c.energised_on IS NULL OR c.energised_on <= ?) AND (c.ended_on IS NULL OR c.ended_on >= ?)
"""
_STAYS = """
SELECT i.connection_id, i.meter_id, m.digits, i.from_at, i.to_at, i.from_register_wh, i.to_register_wh
FROM meterinstallation i JOIN meter m ON m.id = i.meter_id WHERE i.connection_id IS NOT NULL
"""
_TERMS = "SELECT connection_id, until, category, tariff_id, sanctioned_load_w AS load_w, prepaid FROM connectionterms"
_TERM_COLUMNS = ("category", "tariff_id", "load_w", "prepaid")


@dataclass(frozen=True)
class Population:
    """Who is billed. Frames have a row a connection, or a stretch of one.

    people: connection_id, zone_id, has_solar, first, last (its own days of the cycle), final.
    stretches: connection_id, seq, first, last, category, tariff_id, load_w, prepaid, version: the period cut wherever
    terms or tariff change; version is null where no tariff of that name is in force.
    stays: every installation of a meter at these connections, with IST days.
    tariffs: the tariff versions that are named, by version.
    """

    people: pl.DataFrame
    stretches: pl.DataFrame
    stays: pl.DataFrame
    tariffs: dict[str, Tariff]

    def without(self, left_out: pl.DataFrame) -> "Population":
        """The others than these. left_out: connection_id."""
        if left_out.is_empty():
            return self
        people, stretches, stays = (
            frame.join(left_out, "connection_id", "anti") for frame in (self.people, self.stretches, self.stays)
        )
        return Population(people, stretches, stays, self.tariffs)


def population(
    db: Bulk, book: Book, cycle: Schedule, zone_ids: Sequence[int] | None, only: Sequence[int] | None = None
) -> Population:
    """Everyone with a connection in the zones (None: all) on some day of the cycle that a meter of ours stood there.

    only: some connections among them.
    """
    where = f" AND s.zone_id IN ({listed(zone_ids)})" if zone_ids is not None else ""
    where += f" AND c.id IN ({listed(only)})" if only is not None else ""
    found = _typed(db.read(_CONNECTIONS + where, (cycle.last, cycle.first)))
    among = f" AND i.connection_id IN ({OF_ZONES.format(zones=listed(zone_ids))})" if zone_ids is not None else ""
    among += f" AND i.connection_id IN ({listed(only)})" if only is not None else ""
    stays = _installations(db.read(_STAYS + among))
    since = stays.group_by("connection_id").agg(pl.col("from_on").min().alias("metered_on"))
    people = (
        found.join(since, "connection_id")
        .with_columns(
            pl.max_horizontal(pl.lit(cycle.first), "energised_on", "metered_on").alias("first"),
            pl.min_horizontal(pl.lit(cycle.last), "ended_on").alias("last"),
            (pl.col("ended_on") <= cycle.last).fill_null(False).alias("final"),
        )
        .filter(pl.col("first") <= pl.col("last"))
        .sort("connection_id")
    )
    # Changes are few in any year: all of them are read, wherever the connection is.
    stretches = _stretches(people, _former(db.read(_TERMS)))
    cut, tariffs = _cut(stretches, book)
    people = people.select("connection_id", "zone_id", "has_solar", "first", "last", "final")
    return Population(people, cut, stays, tariffs)


def listed(ids: Sequence[int] | None) -> str:
    """Whole numbers as an SQL list; an empty one matches nothing."""
    return ",".join(str(int(number)) for number in ids or ()) or "NULL"


def _stretches(people: pl.DataFrame, former: pl.DataFrame) -> pl.DataFrame:
    """The period cut at the days on which terms changed. former: connection_id, until and the terms before it."""
    present = people.select("connection_id", "first", "last", *_TERM_COLUMNS)
    changed = former.join(people.select("connection_id", "first", "last"), "connection_id").filter(
        pl.col("until") > pl.col("first")
    )
    if changed.is_empty():
        return present
    ends = pl.concat(
        [
            changed.select("connection_id", "until", *_TERM_COLUMNS),
            present.filter(pl.col("connection_id").is_in(changed["connection_id"].unique().to_list())).select(
                "connection_id", pl.lit(date.max).alias("until"), *_TERM_COLUMNS
            ),
        ]
    ).sort("connection_id", "until")
    pieces = (
        ends.with_columns(pl.col("until").shift(1).over("connection_id").alias("since"))
        .join(people.select("connection_id", "first", "last"), "connection_id")
        .with_columns(
            pl.max_horizontal("first", "since").alias("first"),
            pl.min_horizontal("last", pl.col("until").dt.offset_by("-1d")).alias("last"),
        )
        .filter(pl.col("first") <= pl.col("last"))
        .select(present.columns)
    )
    same = present.filter(~pl.col("connection_id").is_in(pieces["connection_id"].unique().to_list()))
    return pl.concat([same, pieces]).sort("connection_id", "first")


def _cut(stretches: pl.DataFrame, book: Book) -> tuple[pl.DataFrame, dict[str, Tariff]]:
    """Cut stretches further where the tariff itself changes, and name the version in force."""
    spans = stretches.group_by("tariff_id").agg(pl.col("first").min(), pl.col("last").max())
    rows: list[tuple[str, date, date, str | None]] = []
    tariffs: dict[str, Tariff] = {}
    for tariff_id, first, last in spans.sort("tariff_id").iter_rows():
        for tariff, since, until in versions_between(book, tariff_id, first, last):
            if tariff is not None:
                tariffs[tariff.version] = tariff
            rows.append((tariff_id, since, until, None if tariff is None else tariff.version))
    kind = {"tariff_id": pl.String, "v_first": pl.Date, "v_last": pl.Date, "version": pl.String}
    versions = pl.DataFrame(rows, schema=kind, orient="row")
    cut = (
        stretches.join(versions, "tariff_id")
        .with_columns(
            pl.max_horizontal("first", "v_first").alias("first"), pl.min_horizontal("last", "v_last").alias("last")
        )
        .filter(pl.col("first") <= pl.col("last"))
        .drop("v_first", "v_last")
        .sort("connection_id", "first")
    )
    return cut.with_columns(pl.int_range(pl.len()).over("connection_id").alias("seq")), tariffs


def versions_between(
    book: Book, tariff_id: str, first: date, last: date
) -> list[tuple[Tariff | None, date, date]]:
    """The versions of a tariff that are in force on the days [first, last], with the days of each.

    One row of None where there is no such tariff, or none in force when the days begin.
    """
    try:
        return [(each.schedule, each.first, each.last) for each in book.segments(tariff_id, first, last)]
    except Problem:
        return [(None, first, last)]


def _typed(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col("connection_id", "zone_id", "load_w").cast(pl.Int64),
        pl.col("prepaid", "has_solar").cast(pl.Int64).cast(pl.Boolean),
        *(days(rows, name) for name in ("energised_on", "ended_on")),
    )


def _former(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        pl.col("connection_id", "load_w").cast(pl.Int64),
        pl.col("prepaid").cast(pl.Int64).cast(pl.Boolean),
        pl.col("category", "tariff_id").cast(pl.String),
        days(rows, "until"),
    )


def days(rows: pl.DataFrame, name: str) -> pl.Expr:
    """A column of days, which SQLite gives as text."""
    kind = rows.schema[name]
    if kind == pl.Date:
        return pl.col(name)
    return pl.col(name).cast(pl.String).str.to_date("%Y-%m-%d", strict=True)


def _installations(rows: pl.DataFrame) -> pl.DataFrame:
    """Installations with the IST days on which they began and ended (the day a meter was changed is in both)."""

    def day(name: str) -> pl.Expr:
        if rows.schema[name].is_temporal():
            at = pl.col(name).dt.convert_time_zone("UTC") if rows.schema[name].time_zone else pl.col(name)  # type: ignore[attr-defined]
        else:
            at = pl.col(name).cast(pl.String).str.slice(0, 19).str.to_datetime("%Y-%m-%d %H:%M:%S")
        return at.dt.replace_time_zone(None).dt.offset_by("5h30m").dt.date()

    return rows.select(
        pl.col("connection_id", "meter_id", "digits").cast(pl.Int64),
        day("from_at").alias("from_on"),
        day("to_at").alias("to_on"),
        pl.col("from_register_wh", "to_register_wh").cast(pl.Int64),
    ).sort("connection_id", "from_on")

