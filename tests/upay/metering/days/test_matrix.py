"""Scattering reads into the dense day."""
from datetime import timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.upay.metering.days.fleet import MONDAY, reads
from upay.clock import day_start_s
from upay.metering.matrix import NONE, scatter
from upay.metering.reads import SCHEMA

FIRST_S = day_start_s(MONDAY)


def scattered(frame, meters=(1, 2), days=1, minutes=30):
    return scatter(frame, np.array(meters), np.full(len(meters), minutes, np.int16), FIRST_S, days)


def read(meter, minute, wh, minutes=30, **more):
    return {"meter_id": meter, "start_s": FIRST_S + 60 * minute, "minutes": minutes, "wh": wh, **more}


def frame(*rows):
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


def test_every_block_has_its_place_and_gaps_are_plain():
    (matrix,) = scattered(frame(read(2, 0, 10), read(2, 1410, 20))).matrices
    assert matrix.wh.shape == (2, 48)
    assert matrix.wh[1, [0, 47]].tolist() == [10, 20]
    assert (matrix.wh != NONE).sum() == 2


def test_days_of_one_meter_lie_below_each_other():
    rows = reads({1: [*range(48), *range(100, 148)]})
    (matrix,) = scattered(rows, meters=(1,), days=2).matrices
    assert matrix.wh.tolist() == [list(range(48)), list(range(100, 148))]
    assert matrix.day_s.tolist() == [FIRST_S, FIRST_S + 86_400]


def test_the_first_read_of_a_block_wins_and_an_equal_one_is_a_duplicate():
    result = scattered(frame(read(1, 0, 10), read(1, 0, 10)))
    assert result.matrices[0].wh[0, 0] == 10
    assert result.lost.rows() == [(1, "duplicate")]
    assert result.matrices[0].conflict is None


def test_a_different_one_is_a_conflict():
    result = scattered(frame(read(1, 0, 10), read(1, 30, 5), read(1, 0, 11)))
    assert result.matrices[0].wh[0, :2].tolist() == [10, 5]
    assert np.argwhere(result.matrices[0].conflict).tolist() == [[0, 0]]
    assert result.lost.rows() == [(2, "reads.conflict")]


def test_what_one_read_leaves_out_does_not_contradict_the_other():
    assert scattered(frame(read(1, 0, 10, vah=11), read(1, 0, 10))).lost["code"].to_list() == ["duplicate"]
    assert scattered(frame(read(1, 0, 10, vah=11), read(1, 0, 10, vah=12))).lost["code"].to_list() == ["reads.conflict"]


def test_meters_of_other_block_lengths_get_a_matrix_of_their_own():
    result = scattered(frame(read(1, 0, 10, 15), read(1, 15, 11, 15), read(2, 0, 30)))
    assert sorted((matrix.minutes, matrix.wh[0, 0]) for matrix in result.matrices) == [(15, 10), (30, 30)]


def test_a_foreign_feed_keeps_its_offset():
    (matrix,) = scattered(frame(read(1, 30, 10, 60), read(1, 90, 11, 60)), meters=(1,)).matrices
    assert (matrix.minutes, matrix.phase.tolist(), matrix.wh[0, :3].tolist()) == (60, [30], [10, 11, NONE])


def test_a_day_keeps_the_grid_it_began_with():
    result = scattered(frame(read(1, 0, 10), read(1, 30, 20), read(1, 60, 5, 15)), meters=(1,))
    assert result.lost.rows() == [(2, "reads.other_grid")]
    assert result.matrices[0].wh[0, :3].tolist() == [10, 20, NONE]


one_read = st.tuples(st.integers(1, 2), st.integers(0, 47), st.integers(0, 5))


@given(st.lists(one_read, max_size=80), st.randoms())
def test_of_equal_reads_the_order_of_arrival_does_not_matter(drawn, chance):
    once = {(meter, slot): wh for meter, slot, wh in drawn}
    rows = [read(meter, 30 * slot, once[meter, slot]) for meter, slot, _ in drawn]
    shuffled = rows.copy()
    chance.shuffle(shuffled)
    one, other = scattered(frame(*rows)), scattered(frame(*shuffled))
    assert one.matrices[0].wh.tolist() == other.matrices[0].wh.tolist()
    assert len(one.lost) == len(other.lost) == len(rows) - len(once)
    assert set(one.lost["code"]) <= {"duplicate"}


@given(st.lists(one_read, max_size=80))
def test_the_first_read_wins_whatever_follows(drawn):
    first = {}
    for meter, slot, wh in drawn:
        first.setdefault((meter, slot), wh)
    wh = scattered(frame(*(read(meter, 30 * slot, wh) for meter, slot, wh in drawn))).matrices[0].wh
    assert {(int(row) + 1, int(slot)): int(wh[row, slot]) for row, slot in np.argwhere(wh != NONE)} == first


def test_an_empty_day_has_a_row_for_every_meter():
    (matrix,) = scattered(SCHEMA.to_frame(), meters=(1, 5)).matrices
    assert matrix.meter_id.tolist() == [1, 5] and (matrix.wh == NONE).all()
    assert matrix.day_s[0] == day_start_s(MONDAY + timedelta(days=0))
