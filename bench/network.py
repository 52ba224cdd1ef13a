"""A large network for benchmarks, written in bulk: ids are dense and start at 1."""
from datetime import UTC, date, datetime

import numpy as np
import polars as pl

from upay.bulk import bulk
from upay.metering.reads import SCHEMA
from upay.migrations import upgrade
from upay.network.models import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone

PER_DTR = 50
EPOCH = date(1970, 1, 1).toordinal()
INSTALLED = datetime(2020, 1, 1, tzinfo=UTC)


def make_network(connections: int) -> None:
    """A zone, a DTR per 50 connections, a 30-minute meter on every connection. Meter id = connection id."""
    upgrade()
    text = pl.col("id").cast(pl.String)
    one = pl.DataFrame({"id": [1], "code": ["X1"], "name": ["X"], "name_hi": ["X"]})
    dtrs = pl.DataFrame({"id": pl.int_range(1, -(-connections // PER_DTR) + 1, eager=True)})
    people = pl.DataFrame({"id": pl.int_range(1, connections + 1, eager=True)}).with_columns(
        ((pl.col("id") - 1) // PER_DTR + 1).alias("dtr_id")
    )
    with bulk() as db:
        db.append(Zone, one.with_columns(area_class=pl.lit("urban")))
        db.append(Substation, one.with_columns(zone_id=1))
        db.append(Feeder, one.with_columns(substation_id=1))
        db.append(Dtr, dtrs.with_columns(feeder_id=1, code=text, name=text, name_hi=text, capacity_kva=100))
        db.append(
            Connection,
            people.with_columns(
                number=(1_000_000_000 + pl.col("id")).cast(pl.String),
                consumer_name=text,
                address=pl.lit(""),
                category=pl.lit("LMV-1"),
                tariff_id=pl.lit("up-lmv1-urban"),
                sanctioned_load_w=2000,
                prepaid=False,
                has_solar=False,
            ),
        )
        meters = people.select("id", serial=serial(), kind=pl.lit("consumer"), minutes=30, digits=8)
        db.append(Meter, meters)
        standing = people.with_columns(meter_id="id", connection_id="id", from_at=INSTALLED, from_register_wh=0)
        db.append(MeterInstallation, standing)
        db.execute("INSERT INTO counter (name, value) VALUES ('registry', 1)")


def serial() -> pl.Expr:
    """The serial of a meter id."""
    return "UP" + pl.col("id").cast(pl.String).str.zfill(8)


def day_reads(meter_ids: np.ndarray, day: date, seed: int = 7, missing: float = 0.002) -> pl.DataFrame:
    """A day of half-hours in `reads.SCHEMA`, sorted by meter and block: mostly small, evening-heavy, like homes.

    missing: share of blocks that never came, scattered.  Voltage moves around 230 V.
    """
    draw = np.random.default_rng([seed, day.toordinal(), int(meter_ids[0])])
    slots = np.arange(48)
    shape = 60 + 40 * np.exp(-(((slots - 14) / 5.0) ** 2)) + 160 * np.exp(-(((slots - 41) / 5.0) ** 2))
    level = draw.lognormal(0, 0.5, len(meter_ids)).astype(np.float32)[:, None]
    size = (len(meter_ids), 48)
    wh = (draw.standard_gamma(4.0, size, np.float32) * 0.25 * shape.astype(np.float32) * level).astype(np.int32)
    dv = (2300 + 25 * draw.standard_normal(size, np.float32)).astype(np.int16)
    start = (day.toordinal() - EPOCH) * 86_400 - 19_800 + slots * 1800
    keep = draw.random(wh.size, np.float32) >= missing
    read = pl.DataFrame(
        {
            "meter_id": np.repeat(meter_ids, 48)[keep],
            "start_s": np.tile(start, len(meter_ids))[keep],
            "wh": wh.ravel()[keep],
            "dv": dv.ravel()[keep],
        }
    ).with_columns(minutes=pl.lit(30, pl.Int16))
    return read.select(
        pl.col(name) if name in read.columns else pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items()
    )
