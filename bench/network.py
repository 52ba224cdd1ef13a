"""A large network for benchmarks, written in bulk: ids are dense and start at 1."""
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
from sqlmodel import SQLModel

import upay.accounts.models
import upay.metering.models
import upay.network.models
import upay.notices.models
import upay.work.models  # noqa: F401 - the tables must be known before they are made
from upay.bulk import bulk
from upay.db import engine
from upay.network.models import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone

PER_DTR = 50
EPOCH = date(1970, 1, 1).toordinal()


def make_network(connections: int, installed: datetime = datetime(2020, 1, 1, tzinfo=UTC)) -> None:
    """Zones, substations, feeders, one DTR per 50 connections, a meter on every connection. Meter id = connection id."""
    SQLModel.metadata.create_all(engine())
    dtrs = -(-connections // PER_DTR)
    ids = pl.int_range(1, connections + 1, eager=True)
    dtr_of = (ids - 1) // PER_DTR + 1
    text = pl.col("id").cast(pl.String)
    people = pl.DataFrame({"id": ids, "dtr_id": dtr_of})
    with bulk() as db:
        db.append(Zone, pl.DataFrame({"id": [1], "code": ["Z1"], "name": ["Z"], "name_hi": ["Z"], "area_class": ["urban"]}))
        db.append(Substation, pl.DataFrame({"id": [1], "zone_id": [1], "code": ["S1"], "name": ["S"], "name_hi": ["S"]}))
        db.append(Feeder, pl.DataFrame({"id": [1], "substation_id": [1], "code": ["F1"], "name": ["F"], "name_hi": ["F"]}))
        rows = pl.DataFrame({"id": pl.int_range(1, dtrs + 1, eager=True)}).with_columns(
            pl.lit(1).alias("feeder_id"), ("D" + text).alias("code"), ("D" + text).alias("name"),
            ("D" + text).alias("name_hi"), pl.lit(100).alias("capacity_kva"),
        )  # fmt: skip
        db.append(Dtr, rows)
        db.append(
            Connection,
            people.with_columns(
                (1_000_000_000 + pl.col("id")).cast(pl.String).alias("number"),
                ("C" + text).alias("consumer_name"), pl.lit("").alias("address"), pl.lit("LMV-1").alias("category"),
                pl.lit("up-lmv1-urban").alias("tariff_id"), pl.lit(2000).alias("sanctioned_load_w"),
                pl.lit(False).alias("prepaid"), pl.lit(False).alias("has_solar"),
            ),
        )  # fmt: skip
        db.append(
            Meter,
            people.select("id").with_columns(
                serial().alias("serial"), pl.lit("consumer").alias("kind"), pl.lit(30).alias("minutes"),
                pl.lit(8).alias("digits"),
            ),
        )  # fmt: skip
        db.append(
            MeterInstallation,
            people.with_columns(
                pl.col("id").alias("meter_id"), pl.col("id").alias("connection_id"),
                pl.lit(installed).alias("from_at"), pl.lit(0).alias("from_register_wh"),
            ),
        )  # fmt: skip
        db.execute("INSERT INTO counter (name, value) VALUES ('registry', 1)")


def serial() -> pl.Expr:
    """The serial of a meter id."""
    return "UP" + pl.col("id").cast(pl.String).str.zfill(8)


def day_reads(meter_ids: np.ndarray, day: date, seed: int) -> pl.DataFrame:
    """A day of half-hours in `reads.SCHEMA`, sorted by meter and block: mostly small, evening-heavy, like homes.

    One block in 500 is missing, in short gaps; voltage moves around 230 V.
    """
    draw = np.random.default_rng([seed, day.toordinal()])
    slots = np.arange(48)
    shape = 60 + 40 * np.exp(-(((slots - 14) / 5.0) ** 2)) + 160 * np.exp(-(((slots - 41) / 5.0) ** 2))
    level = draw.lognormal(0, 0.5, len(meter_ids))[:, None]
    wh = (draw.gamma(4.0, 0.25, (len(meter_ids), 48)) * shape * level).astype(np.int32)
    dv = (2300 + draw.normal(0, 25, (len(meter_ids), 48))).astype(np.int16)
    start = (day.toordinal() - EPOCH) * 86_400 - 19_800 + slots * 1800
    keep = draw.random(wh.size) >= 0.002
    return pl.DataFrame(
        {
            "meter_id": np.repeat(meter_ids, 48)[keep],
            "start_s": np.tile(start, len(meter_ids))[keep],
            "minutes": np.full(int(keep.sum()), 30, np.int16),
            "wh": wh.ravel()[keep],
            "export_wh": pl.Series([None] * int(keep.sum()), dtype=pl.Int32),
            "vah": pl.Series([None] * int(keep.sum()), dtype=pl.Int32),
            "dv": dv.ravel()[keep],
            "ca": pl.Series([None] * int(keep.sum()), dtype=pl.Int32),
            "register_wh": pl.Series([None] * int(keep.sum()), dtype=pl.Int64),
        }
    )
