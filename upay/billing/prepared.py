"""Everything a cycle of some zones is billed from, read at one moment, before the first bill is made."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from upay.billing.checks import judged
from upay.billing.energy import decided, measured
from upay.billing.history import bills_before
from upay.billing.models import ExceptionState
from upay.billing.numbers import LAST_ISSUE, bill_id, ids_of_cycle, issue_of_each
from upay.billing.population import Population, population
from upay.billing.rules import Rules, Schedule, next_cycle
from upay.billing.selfreadings import SelfReadings
from upay.bulk import Bulk, bulk
from upay.metering import closed_since, lake_version
from upay.tariffs import Book

_SETTLED = (ExceptionState.APPROVED.value, ExceptionState.CORRECTED.value)


@dataclass(frozen=True)
class Prepared:
    """frame: a row a connection that has no standing bill and no exception waiting, of `checks.judged`.

    who: their terms and meters.  daily: single days of those whose period is cut.  bills: what was billed before.
    version: of the lake.  late: connection_id, day, closed_version of days closed again since bills were made of them.
    """

    cycle: Schedule
    rules: Rules
    who: Population
    frame: pl.DataFrame
    daily: pl.DataFrame
    bills: pl.DataFrame
    late: pl.DataFrame
    version: int


def prepared(
    cycle: Schedule,
    zone_ids: Sequence[int] | None,
    book: Book,
    readings: SelfReadings,
    only: Sequence[int] | None = None,
) -> Prepared:
    """Read and decide. zone_ids: None for all.  only: some connections of them, as when exceptions are settled."""
    rules = Rules.on(cycle.cycle)
    with bulk() as db:
        db.hold()
        version = lake_version(db)
        who = population(db, book, cycle, zone_ids, only)
        standing = standing_of(db, cycle)
        who = who.without(pl.concat([standing.bills.select("connection_id"), standing.waiting]))
        totals, daily = measured(db, cycle, who, zone_ids, only)
        bills = bills_before(db, cycle.cycle, rules.provisional_lookback_cycles, zone_ids)
        late = closed_since(db, _oldest(bills, cycle), cycle.first)
        frame = decided(db, cycle, who, totals, bills, rules, readings, standing.corrected, version)
    frame = judged(frame, who.stretches, who.tariffs, rules, standing.passed)
    frame = frame.join(standing.issues, "connection_id", "left").with_columns(
        pl.col("issue").fill_null(0), pl.lit(version, pl.Int64).alias("lake_version")
    )
    return Prepared(cycle, rules, who, frame, daily, bills, late, version)


def _oldest(bills: pl.DataFrame, cycle: Schedule) -> tuple[date, int] | None:
    """The first day and the oldest lake version of the bills just before: what came later may change them."""
    recent = bills.filter(pl.col("cycle") > next_cycle(cycle.cycle, -12))
    if recent.is_empty():
        return None
    return recent.select(pl.col("first").min().alias("a"), pl.col("lake_version").min().alias("b")).row(0)


@dataclass(frozen=True)
class Standing:
    """What a cycle has already. bills: connection_id of standing ones.  waiting: connection_id of exceptions that wait.

    passed: connection_id of approved and corrected ones.  corrected: connection_id, corrected_wh.
    issues: connection_id, issue (the next number), replaces, of reversed bills.
    """

    bills: pl.DataFrame
    waiting: pl.DataFrame
    passed: pl.DataFrame
    corrected: pl.DataFrame
    issues: pl.DataFrame


def standing_of(db: Bulk, cycle: Schedule, connections: tuple[int, int] | None = None) -> Standing:
    """The bills and exceptions of a cycle as they are now. connections: the least and greatest id wanted; None: all."""
    ends = ids_of_cycle(cycle.cycle)
    if connections is not None:
        ends = bill_id(cycle.cycle, connections[0]), bill_id(cycle.cycle, connections[1], LAST_ISSUE)
    bills = db.read(
        "SELECT b.id, b.connection_id, CASE WHEN r.bill_id IS NULL THEN 0 ELSE 1 END AS reversed FROM bill b"
        " LEFT JOIN billreversal r ON r.bill_id = b.id WHERE b.id BETWEEN ? AND ?",
        ends,
    ).cast(pl.Int64)
    found = db.read("SELECT connection_id, state, corrected_wh FROM billexception WHERE id BETWEEN ? AND ?", ends)
    found = found.with_columns(pl.col("connection_id", "corrected_wh").cast(pl.Int64), pl.col("state").cast(pl.String))
    settled = pl.col("state").is_in(_SETTLED)
    last = bills.group_by("connection_id").agg(
        (issue_of_each(pl.col("id").max()) + 1).alias("issue"), pl.col("id").max().alias("replaces")
    )
    live = bills.filter(pl.col("reversed") == 0).select("connection_id")
    return Standing(
        live,
        found.filter(~settled).select("connection_id"),
        found.filter(settled).select("connection_id"),
        found.drop_nulls("corrected_wh").select("connection_id", "corrected_wh"),
        last.join(live, "connection_id", "anti"),
    )
