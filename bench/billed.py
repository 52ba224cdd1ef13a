"""Roll-ups as closings would have left them, and cycles billed on them: what benchmarks of bills stand on."""
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from upay.billing import Asked, run_cycle
from upay.bulk import bulk
from upay.metering.models import ConnectionDay, DayClose
from upay.settings import settings

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


def days_used(connections: int, first: date, last: date, seed: int = 11) -> None:
    """A roll-up a connection and day: 3 to 20 units in three bands, all read; every day closed, and no lake behind."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    draw = np.random.default_rng(seed)
    own = np.arange(1, connections + 1)
    level = draw.uniform(3_000, 18_000, connections)
    nothing = dict.fromkeys(("meter_days", "reads", "duplicates", "conflicts", "estimated", "raw_wh"), 0)
    closed = [
        {"day": day, "bucket": bucket, "version": 1, "lake_version": -1, "closed_at": NOW, **nothing}
        for day in days
        for bucket in range(settings().buckets)
    ]
    with bulk() as db:
        db.append(DayClose, pl.DataFrame(closed))
        for day in days:
            bands = (level[:, None] * draw.dirichlet((3, 3, 4), connections) * draw.uniform(0.7, 1.3)).astype(np.int64)
            frame = pl.DataFrame(
                {
                    "connection_id": own,
                    "dtr_id": (own - 1) // 50 + 1,
                    "bucket": own % settings().buckets,
                    "import_wh": bands.sum(axis=1),
                    **{f"band{place}_wh": bands[:, place] for place in range(3)},
                    "peak_w": draw.integers(600, 1_900, connections),
                }
            )
            flat = {"version": 1, "export_wh": 0, "blocks": 48, "actual": 48, "estimated": 0, "estimated_wh": 0}
            flat |= {"outage_minutes": 0, "quality": 0, "flags": 0}
            db.append(ConnectionDay, frame.with_columns(day=pl.lit(day), **{k: pl.lit(v) for k, v in flat.items()}))


def bill_cycles(cycles: Sequence[date]) -> None:
    """Bill these cycles one after another, as their schedule dates them."""
    for cycle in cycles:
        run_cycle(cycle, None, NOW, Asked(as_scheduled=True))
