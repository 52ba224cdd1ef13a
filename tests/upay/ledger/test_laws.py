"""Whatever is done in whatever order: entries add up, balances are sums, and no event counts twice."""
from datetime import UTC, datetime, timedelta

import polars as pl
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from upay.bulk import bulk
from upay.db import session
from upay.errors import Problem
from upay.ledger import Account, Entry, Kind, Leg, balances, post, post_all, reverse
from upay.ledger.check import check, trial_balance

NOW = datetime(2026, 11, 24, 6, 0, tzinfo=UTC)
CONNECTIONS = st.integers(1, 3)
PAISE = st.integers(-10**9, 10**9).filter(bool)
EVENTS = st.integers(1, 12)


class Books(RuleBasedStateMachine):
    """A ledger beside the simplest account of what it should hold: what each event moved, the first time it came."""

    def __init__(self) -> None:
        super().__init__()
        self.prefix = f"{id(self)}:"
        self.owed = dict.fromkeys(range(1, 4), 0)
        with session() as db:
            self.before = {n: sums.get(Account.RECEIVABLE, 0) for n, sums in balances(db, [1, 2, 3]).items()}
        self.entries: dict[str, tuple[int, int, int]] = {}
        self.reversed: dict[int, str] = {}

    @rule(event=EVENTS, connection=CONNECTIONS, paise=PAISE)
    def one(self, event, connection, paise):
        key = f"{self.prefix}{event}"
        legs = (Leg(Account.RECEIVABLE, paise, connection), Leg(Account.SUSPENSE, -paise))
        with session() as db:
            number = post(db, Entry(key, Kind.ADJUSTMENT, NOW, legs))
        self.note(key, number, connection, paise)

    @rule(events=st.lists(st.tuples(EVENTS, CONNECTIONS, PAISE), max_size=6, unique_by=lambda event: event[0]))
    def many(self, events):
        rows = [(n, f"{self.prefix}{event}", connection, paise) for n, (event, connection, paise) in enumerate(events)]
        given = pl.DataFrame(
            rows, schema={"row": pl.Int64, "key": pl.String, "connection_id": pl.Int64, "paise": pl.Int64}, orient="row"
        )
        at = pl.lit(NOW).dt.cast_time_unit("us").alias("at")
        sides = {Account.RECEIVABLE: (pl.col("connection_id"), 1), Account.SUSPENSE: (pl.lit(None, pl.Int64), -1)}
        legs = pl.concat(
            given.select(
                "row",
                pl.lit(account.value).alias("account"),
                owner.alias("connection_id"),
                (pl.col("paise") * sign).alias("paise"),
            )
            for account, (owner, sign) in sides.items()
        )
        with bulk() as db:
            added = post_all(db, given.select("row", "key", pl.lit("adjustment").alias("kind"), at), legs)
        numbers = dict(added.rows())
        for row, key, connection, paise in rows:
            self.note(key, numbers.get(row), connection, paise)

    @rule(event=EVENTS, by=st.integers(1, 2), later=st.integers(0, 3))
    def back(self, event, by, later):
        standing = self.entries.get(f"{self.prefix}{event}")
        if standing is None:
            return
        number, connection, paise = standing
        key = f"{self.prefix}back:{event}:{by}"
        try:
            with session() as db:
                done = reverse(db, number, key, NOW + timedelta(days=later))
        except Problem:
            assert self.reversed[number] != key
            return
        assert (done is None) == (self.reversed.get(number) == key)
        if done is not None:
            self.reversed[number] = key
            self.owed[connection] -= paise

    def note(self, key, number, connection, paise):
        assert (number is None) == (key in self.entries)
        if number is not None:
            self.entries[key] = (number, connection, paise)
            self.owed[connection] += paise

    @invariant()
    def holds(self):
        with session() as db:
            assert check(db).found == []
            sides = trial_balance(db).values()
            kept = balances(db, [1, 2, 3])
        assert sum(debit for debit, _ in sides) == sum(credit for _, credit in sides)
        assert {n: sums.get(Account.RECEIVABLE, 0) - self.before[n] for n, sums in kept.items()} == self.owed


def test_the_books_hold_whatever_is_done(database, connect):
    for _ in range(3):
        connect()
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=10,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
        ),
    )
