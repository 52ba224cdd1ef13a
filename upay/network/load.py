"""Loading the network from plain tables: checked, then added or brought up to date in one transaction.

Good rows beside bad ones are taken. A row whose parent is neither in the database nor among the rows taken is refused,
so a refused zone takes all that hangs on it with it. Loading the same tables again changes nothing.
"""
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import polars as pl
from sqlmodel import SQLModel

from upay.bulk import Bulk, bulk
from upay.errors import Problem
from upay.network.installations import settle_installations
from upay.network.models import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone
from upay.network.tables import TABLES, Refusal, Table, parse, refuse


@dataclass(frozen=True)
class NetworkReport:
    """What a load did. rows: given, added, known (brought up to date) and refused, by table."""

    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)


_MODELS: dict[str, type[SQLModel]] = {
    "zones": Zone,
    "substations": Substation,
    "feeders": Feeder,
    "dtrs": Dtr,
    "connections": Connection,
    "meters": Meter,
    "installations": MeterInstallation,
}
_PARENTS = {"substations": "zone", "feeders": "substation", "dtrs": "feeder", "connections": "dtr"}


def load_network(
    tables: dict[str, pl.DataFrame], now: datetime, step: Callable[[str], None] = lambda _name: None
) -> NetworkReport:
    """Add the tables' rows to the network, or bring those with the same code, number or serial up to date.

    tables: by the names of `TABLES`, cells as text; those left out stay as they are. step: told of each table as its
    turn comes. Installations that begin after `now` are refused. A bulk path: it commits by itself, once.
    Raises Problem when a table or a needed column is missing.
    """
    for name in tables:
        if name not in TABLES:
            raise Problem("network.no_table", {"table": name})
    report = NetworkReport()
    with bulk() as db:
        # First of all, for it also lets one load wait for another: both would give out the same ids.
        db.execute(
            "INSERT INTO counter (name, value) VALUES ('registry', 1) "
            "ON CONFLICT (name) DO UPDATE SET value = counter.value + 1"
        )
        for name, table in TABLES.items():
            if name not in tables:
                continue
            step(name)
            rows, refused = parse(table, tables[name])
            rows, orphans = _settle(db, table, rows, now)
            added = _store(db, _MODELS[name], rows)
            report.refused.extend(refused + orphans)
            report.rows[name] = {
                "given": len(tables[name]),
                "added": added,
                "known": len(rows) - added,
                "refused": len(refused) + len(orphans),
            }
    return report


def _settle(db: Bulk, table: Table, rows: pl.DataFrame, now: datetime) -> tuple[pl.DataFrame, list[Refusal]]:
    """Put ids in the place of codes: the rows as their model wants them, `id` null for those that are new."""
    if table.name == "installations":
        return settle_installations(db, table, rows, now)
    refused: list[Refusal] = []
    if parent := _PARENTS.get(table.name):
        ids = db.read(f"SELECT id AS {parent}_id, code AS {parent} FROM {parent}")  # noqa: S608 - names of our own
        rows = rows.join(_typed(ids, parent), on=parent, how="left", maintain_order="left")
        refused = refuse(table, rows.filter(pl.col(f"{parent}_id").is_null()), "network.unknown_parent", parent)
        rows = rows.filter(pl.col(f"{parent}_id").is_not_null()).drop(parent)
    (key,) = table.key
    known = db.read(f"SELECT id, {key} FROM {_MODELS[table.name].__tablename__}")  # noqa: S608 - names of our own
    return rows.join(_typed(known, key), on=key, how="left", maintain_order="left").drop("row"), refused


def _typed(ids: pl.DataFrame, key: str) -> pl.DataFrame:
    """An empty result carries no types of its own; give it the ones that a join needs."""
    return ids.with_columns(pl.col(key).cast(pl.String), pl.exclude(key).cast(pl.Int64))


def _store(db: Bulk, model: type[SQLModel], rows: pl.DataFrame) -> int:
    """Write the rows, giving the next ids to those without one. Returns how many were new."""
    last = db.read(f"SELECT max(id) AS last FROM {model.__tablename__}")["last"][0] or 0  # noqa: S608 - a name of our own
    new = pl.col("id").is_null()
    added = int(rows.select(new.sum()).item())
    following = last + new.cum_sum().cast(pl.Int64)
    db.upsert(model, rows.with_columns(pl.when(new).then(following).otherwise(pl.col("id")).alias("id")), key=("id",))
    return added
