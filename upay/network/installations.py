"""Which meter stood where, when: resolving the rows of `installations` and refusing those that cannot both be true."""
from datetime import datetime

import polars as pl

from upay.bulk import Bulk
from upay.network.tables import Refusal, Table, refuse

_FOREVER_US = 2**62


def settle_installations(
    db: Bulk, table: Table, rows: pl.DataFrame, now: datetime
) -> tuple[pl.DataFrame, list[Refusal]]:
    """Installations with ids in the place of serials, numbers and codes, and the refusals of those that cannot stand.

    An installation stands on a connection, or without one at a DTR. One meter measures one place at a time, and a
    connection has one meter at a time; of two that overlap, the one that stands already or began first is kept.
    """
    refused: list[Refusal] = []

    def drop_where(condition: pl.Expr, code: str, column: str) -> None:
        nonlocal rows
        refused.extend(refuse(table, rows.filter(condition), code, column))
        rows = rows.filter(~condition)

    rows = _join_parents(db, rows)
    drop_where(pl.col("meter_id").is_null(), "network.unknown_parent", "serial")
    drop_where(
        pl.col("connection").is_not_null() & pl.col("connection_id").is_null(), "network.unknown_parent", "connection"
    )
    drop_where(pl.col("connection").is_null() & pl.col("dtr").is_null(), "network.missing_value", "dtr")
    drop_where(pl.col("dtr_id").is_null(), "network.unknown_parent", "dtr")
    drop_where(pl.col("from_at") > now, "network.begins_in_future", "from_at")
    drop_where((pl.col("to_at") <= pl.col("from_at")).fill_null(False), "network.ends_before_it_begins", "to_at")

    standing = _standing(db)
    known = standing.select("id", "meter_id", pl.col("from_us"))
    rows = rows.with_columns(pl.col(f"{end}_at").dt.epoch("us").alias(f"{end}_us") for end in ("from", "to"))
    rows = rows.join(known, on=["meter_id", "from_us"], how="left", maintain_order="left")
    while clashing := _clashing(rows, standing):
        drop_where(pl.col("row").is_in(clashing), "network.overlaps", "serial")
    return rows.drop("row", "serial", "connection", "dtr", "from_us", "to_us"), refused


def _join_parents(db: Bulk, rows: pl.DataFrame) -> pl.DataFrame:
    """Add meter_id, connection_id and dtr_id, null where unknown; a connection's own DTR goes before the one named."""

    def ids(statement: str, key: str) -> pl.DataFrame:
        return db.read(statement).with_columns(pl.col(key).cast(pl.String), pl.exclude(key).cast(pl.Int64))

    meters = ids("SELECT id AS meter_id, serial FROM meter", "serial")
    connections = ids(
        "SELECT id AS connection_id, number AS connection, dtr_id AS own_dtr_id FROM connection", "connection"
    )
    dtrs = ids("SELECT id AS named_dtr_id, code AS dtr FROM dtr", "dtr")
    return (
        rows.join(meters, on="serial", how="left", maintain_order="left")
        .join(connections, on="connection", how="left", maintain_order="left")
        .join(dtrs, on="dtr", how="left", maintain_order="left")
        .with_columns(pl.coalesce("own_dtr_id", "named_dtr_id").alias("dtr_id"))
        .drop("own_dtr_id", "named_dtr_id")
    )


def _standing(db: Bulk) -> pl.DataFrame:
    """The installations in the database: id, meter_id, connection_id, from_us, to_us (microseconds since 1970)."""
    rows = db.read("SELECT id, meter_id, connection_id, from_at, to_at FROM meterinstallation")

    def instant(name: str) -> pl.Expr:
        column = pl.col(name)
        if rows.schema[name] != pl.Datetime:  # SQLite keeps instants as text
            column = column.cast(pl.String).str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us")
        return column.dt.epoch("us")

    ids = pl.col("id", "meter_id", "connection_id").cast(pl.Int64)
    return rows.select(ids, instant("from_at").alias("from_us"), instant("to_at").alias("to_us"))


def _clashing(rows: pl.DataFrame, standing: pl.DataFrame) -> list[int]:
    """Lines that cannot stand beside the others. Where an update is refused, what stood stays, and may clash."""
    others = standing.join(rows.select("id"), on="id", how="anti")
    return sorted({row for place in ("meter_id", "connection_id") for row in _overlapping(rows, others, place)})


def _overlapping(rows: pl.DataFrame, others: pl.DataFrame, place: str) -> list[int]:
    """Lines that share time at one place (a meter, a connection) with a row that began before or one of the others."""
    span = (pl.col(place, "from_us"), pl.col("to_us").fill_null(_FOREVER_US))
    together = pl.concat([rows.select("row", *span), others.select(pl.lit(None, pl.Int64).alias("row"), *span)])
    ordered = together.filter(pl.col(place).is_not_null()).sort(place, "from_us", "row", nulls_last=False)
    begun_under_another = pl.col("from_us") < pl.col("to_us").cum_max().shift(1).over(place)
    following = pl.col("from_us", "row").shift(-1).over(place).name.prefix("next_")
    ordered = ordered.with_columns(following)
    runs_into_another = (pl.col("to_us") > pl.col("next_from_us")) & pl.col("next_row").is_null()
    clash = begun_under_another.fill_null(False) | runs_into_another.fill_null(False)
    return ordered.filter(clash & pl.col("row").is_not_null())["row"].to_list()
