"""Sharing an energy exactly."""
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from upay.metering.vee.apportion import apportion


def share(energy, weights):
    return apportion(np.array([energy]), np.zeros(len(weights), np.int64), np.array(weights)).tolist()


def test_the_largest_remainders_get_what_is_left():
    # 100 × 1/3 = 33⅓ each; the first of three equal remainders gets the odd Wh
    assert share(100, [1, 1, 1]) == [34, 33, 33]
    # 10 × (1, 2, 4)/7 = 1.43, 2.86, 5.71: remainders 3/7, 6/7, 5/7
    assert share(10, [1, 2, 4]) == [1, 3, 6]


def test_without_any_weight_all_get_the_same():
    assert share(8, [0, 0, 0, 0]) == [2, 2, 2, 2]


groups = st.lists(
    st.tuples(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=60)), min_size=1, max_size=8
)


@given(groups)
def test_the_parts_of_every_group_add_up_and_none_is_off_by_more_than_one(groups):
    energy = np.array([whole for whole, _ in groups])
    number = np.repeat(np.arange(len(groups)), [len(weights) for _, weights in groups])
    weight = np.concatenate([weights for _, weights in groups]).astype(np.int64)
    parts = apportion(energy, number, weight)
    for index, (whole, weights) in enumerate(groups):
        mine, total = parts[number == index], sum(weights)
        assert mine.sum() == whole
        if total:
            assert all(
                abs(part * total - whole * one) < total for part, one in zip(mine.tolist(), weights, strict=True)
            )
