"""Bill numbers: one for each bill, and mistakes are found."""
from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from upay.billing.numbers import bill_id, bill_ids, id_of, ids_of_cycle, number_of, numbers_of
from upay.errors import Problem

connections = st.integers(1, 10**8 - 1)
cycles = st.dates(date(2020, 1, 1), date(2060, 12, 1)).map(lambda day: day.replace(day=1))


def test_a_number_worked_out_by_hand():
    # 26 10, connection 42, first issue: 2610 00000042 0; 98 − 261000000042000 mod 97
    assert number_of(bill_id(date(2026, 10, 1), 42)) == f"2610000000420{98 - 261000000042000 % 97:02d}"


@given(cycles, connections, st.integers(0, 9))
def test_a_number_leads_back_to_its_bill(cycle, connection, issue):
    identity = bill_id(cycle, connection, issue)
    number = number_of(identity)
    assert len(number) == 15
    assert id_of(number) == identity
    least, most = ids_of_cycle(cycle)
    assert least <= identity <= most


@given(cycles, connections)
def test_frames_number_as_functions_do(cycle, connection):
    frame = pl.DataFrame({"connection_id": [connection]}).select(bill_ids(cycle, pl.lit(3)).alias("id"))
    assert frame["id"][0] == bill_id(cycle, connection, 3)
    assert frame.select(numbers_of(pl.col("id")))["id"][0] == number_of(frame["id"][0])


@given(cycles, connections, st.integers(0, 14), st.integers(1, 9))
def test_a_wrong_digit_is_found(cycle, connection, place, by):
    number = number_of(bill_id(cycle, connection))
    wrong = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]
    with pytest.raises(Problem, match=r"billing\.bad_number"):
        id_of(wrong)


@given(cycles, connections, st.integers(0, 13))
def test_digits_changed_over_are_found(cycle, connection, place):
    number = number_of(bill_id(cycle, connection))
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        with pytest.raises(Problem, match=r"billing\.bad_number"):
            id_of(wrong)


@pytest.mark.parametrize("text", ["", "12", "x" * 15, "2610000000420x5", "٢٦١٠٠٠٠٠٠٠٤٢٠٠٠"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Problem, match=r"billing\.bad_number"):
        id_of(text)


def test_there_is_an_end_to_making_a_bill_anew():
    with pytest.raises(Problem, match=r"billing\.too_many_issues"):
        bill_id(date(2026, 10, 1), 1, 10)
