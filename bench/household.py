"""Persons with sessions and connections for benchmarks of the pages, and a day of readings behind them."""
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from sqlmodel import col, update

from bench.network import day_reads, make_network
from upay import clock
from upay.accounts import open_session, person_with
from upay.clock import day_of
from upay.db import session
from upay.metering.intake import issue, take_frame
from upay.network.models import Connection


def households(count: int, read_today: bool = True) -> tuple[list[str], str]:
    """Make `count` persons with two connections each, signed in; returns their session tokens and a head-end's key.

    Person n (from 0) has connections 2n + 1 and 2n + 2, whose meters have the same numbers. The last 30 days are open,
    today among them if `read_today`.
    """
    make_network(2 * count)
    now, tokens = clock.now(), []
    with session() as db:
        for number in range(count):
            mobile = f"+9160000{number:05d}"
            mine = col(Connection.id).in_((2 * number + 1, 2 * number + 2))
            db.exec(update(Connection).where(mine).values(mobile=mobile))
            person = person_with(db, mobile, "hi", now)
            tokens.append(open_session(db, person.id or 0, "bench", "127.0.0.1", now))
        _, key = issue(db, "bench", None, now)
    meters = np.arange(1, 2 * count + 1)
    for back in range(30, -1 if read_today else 0, -1):
        day = day_of(now) - timedelta(days=back)
        rows = day_reads(meters, day, missing=0).filter(pl.col("start_s") + 1800 <= int(datetime.now(UTC).timestamp()))
        named = rows.with_columns(serial="UP" + pl.col("meter_id").cast(pl.String).str.zfill(8)).drop("meter_id")
        if len(named):
            with session() as db:
                take_frame(db, named, "bench", f"day/{day}", now)
    return tokens, key
