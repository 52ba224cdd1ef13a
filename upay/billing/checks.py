"""What keeps a bill from being made until a person has looked: a table of checks; the first that holds counts."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from upay.billing.models import Basis
from upay.billing.rules import Rules
from upay.tariffs import Schedule as Tariff

_ON_READINGS = [Basis.ACTUAL.value, Basis.REGISTER.value, Basis.SELF_READING.value]


@dataclass(frozen=True)
class Check:
    """code: `billing.exception_<code>` says it.  holds: over the frame of `energy.decided` with the terms' own columns.

    hard: there is nothing that could be billed as it is, so an officer cannot let it pass.
    """

    code: str
    holds: Callable[[Rules], pl.Expr]
    hard: bool = False


def _mean() -> pl.Expr:
    return pl.col("units_wh") // pl.col("days")


def _of_note(rules: Rules) -> pl.Expr:
    known = pl.max_horizontal(_mean(), "reference_wh") >= rules.high_low_least_wh_per_day
    return pl.col("basis").is_in(_ON_READINGS) & (pl.col("reference_wh") > 0) & known


CHECKS = (
    Check("tariff_unknown", lambda rules: pl.col("no_tariff"), hard=True),
    Check("tariff_load", lambda rules: pl.col("over_load")),
    Check("tariff_category", lambda rules: pl.col("other_category")),
    Check("missing", lambda rules: pl.col("basis").is_null(), hard=True),
    Check("negative", lambda rules: pl.col("units_wh") < 0, hard=True),
    Check(
        "absurd",
        lambda rules: pl.col("units_wh") > pl.col("load_w") * 24 * pl.col("days") * rules.absurd_load_ratio,
    ),
    Check(
        "zero",
        lambda rules: pl.col("basis").is_in(_ON_READINGS)
        & (pl.col("units_wh") == 0)
        & (pl.col("reference_wh") >= rules.zero_earlier_wh_per_day),
    ),
    Check("high", lambda rules: _of_note(rules) & (_mean() > rules.high_low_most * pl.col("reference_wh"))),
    Check("low", lambda rules: _of_note(rules) & (_mean() < rules.high_low_least * pl.col("reference_wh"))),
)

CODES = tuple(check.code for check in CHECKS)
HARD = frozenset(check.code for check in CHECKS if check.hard)


def judged(
    frame: pl.DataFrame, stretches: pl.DataFrame, tariffs: Mapping[str, Tariff], rules: Rules, passed: pl.DataFrame
) -> pl.DataFrame:
    """The frame with `code`: the first check that holds, null where none does. passed: connection_id of those that an
    officer has approved or corrected: of them only what is hard counts."""
    known = frame.join(_terms(stretches, tariffs), "connection_id").with_columns(
        pl.col("connection_id").is_in(passed["connection_id"].to_list()).alias("passed")
    )
    code = pl.lit(None, pl.String)
    for check in reversed(CHECKS):
        holds = check.holds(rules).fill_null(False)
        code = pl.when(holds if check.hard else holds & ~pl.col("passed")).then(pl.lit(check.code)).otherwise(code)
    return known.with_columns(code.alias("code"))


def _terms(stretches: pl.DataFrame, tariffs: Mapping[str, Tariff]) -> pl.DataFrame:
    """What is odd about a connection's terms: connection_id, load_w, tariff_id, category, no_tariff, over_load,
    other_category."""
    kind = {"version": pl.String, "its_category": pl.String, "most_w": pl.Int64}
    told = pl.DataFrame(
        [
            (version, tariff.category, tariff.otherwise.above_w if tariff.otherwise else None)
            for version, tariff in tariffs.items()
        ],
        schema=kind,
        orient="row",
    )
    return (
        stretches.join(told, "version", "left")
        .group_by("connection_id", maintain_order=True)
        .agg(
            pl.col("load_w").max(),
            pl.col("tariff_id", "category", "prepaid").last(),
            pl.col("version").is_null().any().alias("no_tariff"),
            (pl.col("load_w") > pl.col("most_w")).any().alias("over_load"),
            (pl.col("category") != pl.col("its_category")).any().alias("other_category"),
        )
    )
