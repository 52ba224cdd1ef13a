"""Periods to be priced: their columns, and which of them cannot be priced."""
import polars as pl

PERIODS = {
    "row": pl.Int64,
    "tariff_id": pl.String,
    "version": pl.String,
    "first": pl.Date,
    "last": pl.Date,
    "import_wh": pl.Int64,
    "band0_wh": pl.Int64,
    "band1_wh": pl.Int64,
    "band2_wh": pl.Int64,
    "export_wh": pl.Int64,
    "vah": pl.Int64,
    "demand_w": pl.Int64,
    "load_w": pl.Int64,
    "prepaid": pl.Boolean,
    "credit_wh": pl.Int64,
    "online": pl.Boolean,
}
"""One row per connection and segment of a bill. first, last: both included.  band…_wh: import by time of day in the
order of the pack's bands, all 0 where it was not measured.  vah, demand_w: null where not measured; demand is null too
for what was measured before the smart meter.  credit_wh: the solar bank brought in.  online: the rebate for paying
online applies; of a bill in several segments, to one of them."""

REFUSED = {"row": pl.Int64, "code": pl.String}

MOST_WH = 10**9
"""A million units: more than any connection of these tariffs can draw in a year."""
_MOST_W = 10**7
_MOST_DAYS = 400
_MAY_BE_NULL = ("vah", "demand_w")
_ENERGIES = ("import_wh", "band0_wh", "band1_wh", "band2_wh", "export_wh", "credit_wh", "vah")


def checked(periods: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The periods that can be priced, and (row, code) of those that cannot.

    Raises Polars' ColumnNotFoundError and InvalidOperationError for a frame of another shape.
    """
    frame = periods.select(pl.col(name).cast(kind) for name, kind in PERIODS.items())
    coded = frame.select("row", code=_code())
    bad = coded.filter(pl.col("code").is_not_null()).cast(REFUSED)  # type: ignore[arg-type]
    return (frame.filter(coded["code"].is_null()) if len(bad) else frame), bad


def _code() -> pl.Expr:
    """Why a period cannot be priced; null when it can."""
    days = (pl.col("last") - pl.col("first")).dt.total_days()
    checks = {
        "tariff.value_missing": pl.any_horizontal(
            pl.col(name).is_null() for name in PERIODS if name not in (*_MAY_BE_NULL, "tariff_id")
        ),
        "tariff.negative_energy": pl.any_horizontal(pl.col(name) < 0 for name in _ENERGIES),
        "tariff.absurd_energy": pl.any_horizontal(pl.col(name) > MOST_WH for name in _ENERGIES),
        "tariff.absurd_load": ~pl.col("load_w").is_between(1, _MOST_W) | ~pl.col("demand_w").is_between(0, _MOST_W),
        "tariff.absurd_days": ~days.is_between(0, _MOST_DAYS),
    }
    found = pl.lit(None, pl.String)
    for code, fails in reversed(checks.items()):
        found = pl.when(fails.fill_null(False)).then(pl.lit(code)).otherwise(found)
    return found
