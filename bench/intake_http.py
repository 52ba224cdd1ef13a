"""The intake door over HTTP: batches of 20,000 reads into one durable worker that knows a million meters.

The peer writes the same Parquet bodies with fsync and does nothing else: what the disk and the format alone allow.
"""
import io
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import numpy as np
import polars as pl

from bench.figure import Figure
from bench.network import day_reads, make_network, serial
from bench.server import server
from upay.db import session
from upay.metering.intake import issue

METERS, BATCH, BATCHES, CLIENTS = 1_000_000, 20_000, 120, 4
DAY = date(2026, 11, 1)

BODIES: dict[str, tuple[str, Callable[[pl.DataFrame], bytes]]] = {
    "Parquet": ("application/vnd.apache.parquet", lambda rows: _parquet(rows)),
    "NDJSON": ("application/x-ndjson", lambda rows: _iso(rows).write_ndjson().encode()),
    "CSV": ("text/csv", lambda rows: _iso(rows).write_csv().encode()),
}
LIMITS = {"Parquet": 500_000, "NDJSON": 250_000, "CSV": 250_000}


def run(scratch: Path) -> list[Figure]:
    """Reads per second through each format, and the Parquet figure as a share of writing the files alone."""
    make_network(METERS)
    with session() as db:
        _, key = issue(db, "bench", None, datetime.now(UTC))
    figures = []
    with server() as base:
        for form, (media_type, encode) in BODIES.items():
            bodies = [encode(rows) for rows in _batches(BATCHES, seed=len(form))]
            _post(base, key, media_type, [encode(rows) for rows in _batches(4, seed=99 + len(form))])
            seconds = _post(base, key, media_type, bodies)
            rate = BATCH * BATCHES / seconds
            peer = _write_alone(scratch, bodies) if form == "Parquet" else None
            figures.append(
                Figure(
                    name=f"intake over HTTP, {form} batches of 20 k reads, one worker",
                    value=rate,
                    unit="reads/s",
                    limit=LIMITS[form],
                    at_least=True,
                    peer="writing the same Parquet files with fsync" if peer else "",
                    peer_value=peer,
                    peer_limit=0.4 if peer else None,
                    detail={"batches": BATCHES, "clients": CLIENTS, "meters": METERS, "bytes": sum(map(len, bodies))},
                )
            )
    return figures


def _batches(count: int, seed: int) -> list[pl.DataFrame]:
    """A head-end sweep: each batch is one block of 20,000 meters, in no order."""
    draw = np.random.default_rng(seed)
    day = day_reads(np.arange(1, BATCH + 1), DAY, seed=seed, missing=0)
    rows = []
    for number in range(count):
        meters = draw.permutation(METERS)[:BATCH] + 1
        block = day[number % 48 :: 48].with_columns(
            id=pl.Series(meters), start_s=pl.col("start_s") + 86_400 * (number // 48)
        )
        rows.append(block.select(serial().alias("meter"), "start_s", "wh", "dv"))
    return rows


def _parquet(rows: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    rows.write_parquet(buffer, compression="zstd", compression_level=1)
    return buffer.getvalue()


def _iso(rows: pl.DataFrame) -> pl.DataFrame:
    """As a head-end writes text: ISO instants, volts."""
    start = pl.from_epoch("start_s").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return rows.select("meter", start.alias("start"), "wh", (pl.col("dv") / 10).alias("v"))


def _post(base: str, key: str, media_type: str, bodies: list[bytes]) -> float:
    """Seconds until every body is acknowledged, sent by a few clients that keep their connections."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": media_type}

    def send(mine: list[bytes]) -> None:
        with httpx.Client(base_url=base, headers=headers, timeout=60) as client:
            for body in mine:
                answer = client.post("/api/v1/reads", content=body)
                assert answer.status_code == 200 and answer.json()["accepted"] == BATCH, answer.text[:500]

    with ThreadPoolExecutor(CLIENTS) as pool:
        begun = time.perf_counter()
        list(pool.map(send, [bodies[client::CLIENTS] for client in range(CLIENTS)]))
        return time.perf_counter() - begun


def _write_alone(scratch: Path, bodies: list[bytes]) -> float:
    """Reads per second of encoding the same rows to Parquet and writing them durably, in one process."""
    frames = [pl.read_parquet(io.BytesIO(body)) for body in bodies]
    begun = time.perf_counter()
    for number, rows in enumerate(frames):
        with (scratch / f"{number}.parquet").open("wb") as file:
            rows.write_parquet(file, compression="zstd", compression_level=1)
            file.flush()
            os.fsync(file.fileno())
    return BATCH * len(bodies) / (time.perf_counter() - begun)
