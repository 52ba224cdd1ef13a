"""Parts: stretches of days with their energy, as the pricing takes them; and the pricing, in the order of time."""
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from upay.billing.energy import BANDS
from upay.billing.models import Basis, Kind
from upay.tariffs import LINES, price
from upay.tariffs import Schedule as Tariff

PRICED = (
    "row", "tariff_id", "version", "first", "last", "import_wh", *BANDS, "export_wh", "vah", "demand_w", "load_w",
    "prepaid", "credit_wh", "online",
)  # fmt: skip
_MEASURES = ("import_wh", "export_wh", *BANDS)


def period_parts(
    stretches: pl.DataFrame, frame: pl.DataFrame, daily: pl.DataFrame, bills: pl.DataFrame, banked: pl.DataFrame | None
) -> pl.DataFrame:
    """The parts of the cycle's own period: a row a stretch, in order of connection and time.

    frame: of `energy.decided`, those to be billed.  daily: single days of those whose period is cut.  banked:
    connection_id, banked_wh: what adjustments change of the solar energy brought in. Columns: those of the pricing but
    `row`, and connection_id, seq, kind, basis.
    """
    carried = (
        bills.sort("connection_id", "last")
        .group_by("connection_id", maintain_order=True)
        .last()
        .select("connection_id", pl.col("bank_wh").alias("credit_wh"))
    )
    if banked is not None:
        changed = pl.col("credit_wh").fill_null(0) + pl.col("banked_wh").fill_null(0)
        carried = carried.join(banked, "connection_id", "full", coalesce=True).select(
            "connection_id", changed.clip(0).alias("credit_wh")
        )
    whole = frame.select(
        "connection_id", "basis", "units_wh", "days", "import_wh", "export_wh", *BANDS, "vah", "peak_w"
    )
    joined = stretches.join(whole, "connection_id").sort("connection_id", "seq")
    alone = (pl.len().over("connection_id") == 1).alias("alone")
    joined = joined.with_columns(alone)
    parts = shared(joined.filter("alone"), pl.col("units_wh"))
    cut = joined.filter(~pl.col("alone"))
    if not cut.is_empty():
        parts = pl.concat([parts, _cut(cut, daily).select(parts.columns)])
    return (
        parts.join(carried, "connection_id", "left")
        .with_columns(
            pl.when(pl.col("seq") == 0).then("credit_wh").fill_null(0).alias("credit_wh"),
            pl.lit(Kind.PERIOD.value).alias("kind"),
            pl.lit(False).alias("online"),
            # apparent energy and demand are measured or not; they are never made up
            pl.when(pl.col("basis") == Basis.ACTUAL).then("vah").alias("vah"),
            pl.when(pl.col("peak_w") > 0).then("peak_w").alias("demand_w"),
        )
        .sort("connection_id", "seq")
    )


def shared(parts: pl.DataFrame, units: pl.Expr) -> pl.DataFrame:
    """Give each part its units, spread over the bands as the measured energy is; exact to the Wh."""
    known = sum((pl.col(name) for name in BANDS), pl.lit(0))
    parts = parts.with_columns(units.alias("_units"), known.alias("_known"))

    def share(name: str) -> pl.Expr:
        return pl.when(pl.col("_known") > 0).then(pl.col("_units") * pl.col(name) // pl.col("_known")).otherwise(0)

    later = parts.with_columns(share("band1_wh").alias("band1_wh"), share("band2_wh").alias("band2_wh"))
    normal = pl.col("_units") - pl.col("band1_wh") - pl.col("band2_wh")
    return later.with_columns(pl.col("_units").alias("import_wh"), normal.alias("band0_wh")).drop("_units", "_known")


def by_days(total: pl.Expr, over: str) -> pl.Expr:
    """A total shared by the days of parts in order of time, exact: what is due up to a part's end less the rest."""
    days = (pl.col("last") - pl.col("first")).dt.total_days() + 1
    upto, whole = days.cum_sum().over(over), days.sum().over(over)
    return total * upto // whole - total * (upto - days) // whole


def _cut(parts: pl.DataFrame, daily: pl.DataFrame) -> pl.DataFrame:
    """Parts of periods that are cut: the days of each where the blocks were read, else a share by days."""
    spans = parts.select("connection_id", "seq", "first", "last")
    own = (
        daily.join(spans, "connection_id")
        .filter(pl.col("day").is_between(pl.col("first"), pl.col("last")))
        .group_by("connection_id", "seq")
        .agg(
            pl.col(*_MEASURES).sum(),
            pl.col("peak_w").max(),
            pl.when(pl.col("vah").is_not_null().all()).then(pl.col("vah").sum()).alias("vah"),
        )
    )
    measured = parts.drop(*_MEASURES, "peak_w", "vah").join(own, ["connection_id", "seq"], "left").with_columns(
        pl.col(*_MEASURES).fill_null(0)
    )
    read = pl.col("basis") == Basis.ACTUAL
    units = pl.when(read).then("import_wh").otherwise(by_days(pl.col("units_wh"), "connection_id"))
    return shared(measured, units)


@dataclass(frozen=True)
class PricedParts:
    """parts: those that could be priced, with `row` (their place), `total_paise` and `credit_out_wh`.

    lines: as the pricing gives them.  refused: connection_id and code of those that could not be priced.
    """

    parts: pl.DataFrame
    lines: pl.DataFrame
    refused: pl.DataFrame


def priced(parts: pl.DataFrame, tariffs: Mapping[str, Tariff]) -> PricedParts:
    """Price parts. Solar energy that one stretch leaves over is brought into the next of the same bill."""
    parts = parts.with_row_index("row").with_columns(pl.col("row").cast(pl.Int64))
    rounds = [parts.clear().with_columns(total_paise=pl.lit(0, pl.Int64), credit_out_wh=pl.lit(0, pl.Int64))]
    lines: list[pl.DataFrame] = []
    refused = [pl.DataFrame(schema={"connection_id": pl.Int64, "code": pl.String})]
    brought: pl.DataFrame | None = None
    for seq in sorted(parts["seq"].unique().to_list()):
        now = parts.filter(pl.col("seq") == seq)
        if brought is not None:
            now = now.join(brought, "connection_id", "left").with_columns(
                pl.coalesce("brought_wh", "credit_wh").alias("credit_wh")
            ).drop("brought_wh")
        done = price(now.select(PRICED), tariffs.values())
        out = done.totals.select("row", "total_paise", pl.col("credit_wh_out").alias("credit_out_wh"))
        refused.append(now.join(done.refused, "row").select("connection_id", "code"))
        now = now.join(out, "row")
        brought = now.select("connection_id", pl.col("credit_out_wh").alias("brought_wh"))
        rounds.append(now.select(rounds[0].columns))
        lines.append(done.lines)
    nothing = pl.DataFrame(schema=LINES)
    return PricedParts(pl.concat(rounds).sort("row"), pl.concat([nothing, *lines]), pl.concat(refused))
