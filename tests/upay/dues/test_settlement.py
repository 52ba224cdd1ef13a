"""What came in settles the oldest dues first, and no paisa is lost or settled twice."""
from datetime import date, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from upay.dues import ageing, settle
from upay.dues.settlement import ITEMS

DAY = date(2026, 11, 24)


def items(*rows):
    """Items of (connection, due date, paise)."""
    given = [(connection, n, "bill", f"B{n}", due, paise) for n, (connection, due, paise) in enumerate(rows, 1)]
    return pl.DataFrame(given, schema=ITEMS, orient="row")


def owed(**paise):
    rows = [(int(name[1:]), amount) for name, amount in paise.items()]
    return pl.DataFrame(rows, schema={"connection_id": pl.Int64, "paise": pl.Int64}, orient="row")


def test_a_part_payment_settles_the_oldest_bill_first():
    # 300 + 400 + 500 charged, 450 paid: the first is settled, 150 of the second
    told = settle(
        items((7, date(2026, 10, 1), 400), (7, date(2026, 9, 1), 300), (7, date(2026, 11, 1), 500)), owed(c7=750)
    )
    assert told["open_paise"].to_list() == [0, 250, 500]


def test_what_was_paid_in_advance_settles_what_comes_later():
    assert settle(items((7, DAY, 300)), owed(c7=-200))["open_paise"].to_list() == [0]
    assert settle(items((7, DAY, 300)), owed())["open_paise"].to_list() == [0]


def test_each_connection_is_settled_by_itself():
    told = settle(items((1, DAY, 100), (2, DAY, 100), (1, DAY, 50)), owed(c1=120, c2=1))
    assert told.group_by("connection_id").agg(pl.col("open_paise").sum()).sort("connection_id").rows() == [
        (1, 120), (2, 1),
    ]  # fmt: skip


def test_dues_are_told_by_their_age():
    days = (-1, 0, 1, 30, 31, 90, 91, 180, 181)
    rows = [(1, DAY - timedelta(days=after), 10**n) for n, after in enumerate(days)]
    told = settle(items(*rows), owed(c1=10**10))
    # not due yet: −1 and 0 days; 1 and 30; 31 and 90; 91 and 180; 181
    assert ageing(told, DAY).rows() == [(1, 11, 1_100, 110_000, 11_000_000, 100_000_000)]


AMOUNTS = st.lists(
    st.tuples(st.integers(1, 3), st.integers(0, 400), st.integers(1, 10**9)), min_size=1, max_size=20
)


@given(AMOUNTS, st.data())
def test_settling_is_paying_one_after_the_other(charged, data):
    rows = [(connection, DAY + timedelta(days=after), paise) for connection, after, paise in charged]
    sums = {n: sum(paise for c, _, paise in rows if c == n) for n in (1, 2, 3)}
    paid = {n: data.draw(st.integers(0, sums[n] + 10)) for n in sums}
    told = settle(items(*rows), owed(**{f"c{n}": sums[n] - paid[n] for n in sums}))
    for n in sums:
        left, expected = paid[n], []
        for _, _, paise in sorted(((due, place, paise) for place, (c, due, paise) in enumerate(rows) if c == n)):
            settled = min(left, paise)
            left -= settled
            expected.append(paise - settled)
        mine = told.filter(pl.col("connection_id") == n)["open_paise"].to_list()
        assert mine == expected
        assert sum(mine) == max(0, sums[n] - paid[n])
