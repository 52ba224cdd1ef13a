"""Generated periods, and the oracle's answer to each."""
from datetime import date, timedelta
from random import Random

import polars as pl

from tests.upay.tariffs.oracle import bill
from upay.tariffs import PERIODS, pack_book

TARIFFS = ("up-lmv1-urban", "up-lmv1-rural", "up-lmv1-lifeline", "up-lmv2-urban", "mp-lv1-1", "mp-lv1-2-urban")
SUMS = {
    "energy_paise": ("energy",),
    "tod_paise": ("tod",),
    "fixed_paise": ("fixed", "excess"),
    "fppas_paise": ("fppas",),
    "duty_paise": ("duty",),
    "subsidy_paise": ("subsidy",),
    "rebate_paise": ("prepaid", "online", "solar"),
    "total_paise": ("total",),
    "credit_wh_out": ("bank",),
}
# Where something changes: 15 W-steps, slab ends, conditions, kVAh, ToD classes, and both sides of each.
_EDGES_WH = [units * 1000 for units in (0, 1, 15, 30, 50, 100, 150, 300, 1000)]
_EDGES_W = [100, 101, 999, 1000, 1001, 2000, 2500, 4000, 4001, 9999, 10_000, 10_001, 25_000]


def spans(random: Random, count: int) -> list[tuple[date, date]]:
    """Stretches of days: whole months, parts, across months, across the financial year's end."""
    found = [(date(2024, 4, 1), date(2024, 4, 30)), (date(2025, 2, 1), date(2025, 2, 28))]
    found += [(date(2025, 3, 20), date(2025, 4, 19)), (date(2026, 2, 28), date(2026, 3, 31))]
    while len(found) < count:
        first = date(2024, 4, 1) + timedelta(random.randrange(900))
        found.append((first, first + timedelta(random.choice((0, 1, 6, 14, 27, 28, 29, 30, 31, 35, 60, 91)))))
    return found


def case(random: Random, tariff_id: str, first: date, last: date) -> dict:
    """One period's measurements; about a tenth stand at an edge."""
    at_edge = random.random() < 0.1
    wh = max(0, random.choice(_EDGES_WH) + random.choice((-1, 0, 1)) if at_edge else int(random.expovariate(4e-6)))
    load = random.choice(_EDGES_W) if random.random() < 0.4 else random.randrange(50, 30_000)
    bands = (0, 0, 0)
    if random.random() < 0.5:
        cuts = sorted((random.randint(0, wh), random.randint(0, wh)))
        bands = (cuts[0], cuts[1] - cuts[0], wh - cuts[1])
    solar = random.random() < 0.2
    return {
        "tariff_id": tariff_id,
        "first": first,
        "last": last,
        "import_wh": wh,
        "bands": bands,
        "load_w": load,
        "export_wh": int(random.expovariate(6e-6)) if solar else 0,
        "credit_wh": int(random.expovariate(2e-5)) if solar else 0,
        "vah": int(wh * random.uniform(1.0, 1.2)) if random.random() < 0.7 else None,
        "demand_w": int(load * random.uniform(0.3, 1.8)) if random.random() < 0.5 else None,
        "prepaid": random.random() < 0.4,
        "online": random.random() < 0.3,
    }


def frame(cases: list[dict]) -> tuple[pl.DataFrame, list]:
    """The cases as periods, each under the schedule of its first day; and those schedules."""
    book = pack_book()
    schedules = [book.schedule(each["tariff_id"], each["first"]) for each in cases]
    rows = [
        {
            "row": number,
            "version": schedule.version,
            **{f"band{place}_wh": wh for place, wh in enumerate(each["bands"])},
            **{name: value for name, value in each.items() if name != "bands"},
        }
        for number, (each, schedule) in enumerate(zip(cases, schedules, strict=True))
    ]
    return pl.DataFrame(rows, schema=PERIODS), schedules


def expected(cases: list[dict]) -> pl.DataFrame:
    """The oracle's sums, as `totals` gives them."""
    bills = [bill(**each) for each in cases]
    return pl.DataFrame(
        {
            "row": range(len(cases)),
            **{name: [sum(found[kind] for kind in kinds) for found in bills] for name, kinds in SUMS.items()},
        },
        schema={"row": pl.Int64, **dict.fromkeys(SUMS, pl.Int64)},
    )
