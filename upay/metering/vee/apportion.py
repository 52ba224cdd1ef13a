"""Sharing a known energy among blocks so that the parts add up to it exactly."""
import numpy as np
from numpy.typing import NDArray


def apportion(energy_wh: NDArray[np.int64], group: NDArray[np.int64], weight: NDArray[np.int64]) -> NDArray[np.int64]:
    """Share each group's energy among its members by weight, in whole Wh, by largest remainder.

    energy_wh: shape (groups,), ≥ 0.  group: each member's, ascending.  weight: ≥ 0; a group of zeros shares evenly.
    Returns shape (members,); each group's parts sum to its energy. Of equal remainders the earlier member gets the Wh.
    """
    total = np.bincount(group, weight, len(energy_wh)).astype(np.int64)
    weight = np.where(total[group] > 0, weight, 1)
    total = np.bincount(group, weight, len(energy_wh)).astype(np.int64)
    product = energy_wh[group] * weight
    share, remainder = np.divmod(product, np.maximum(total[group], 1))
    left = energy_wh - np.bincount(group, share, len(energy_wh)).astype(np.int64)
    order = np.lexsort((np.arange(len(group)), -remainder, group))
    begins = np.searchsorted(group, np.arange(len(energy_wh)))
    rank = np.empty(len(group), np.int64)
    rank[order] = np.arange(len(group)) - begins[group[order]]
    return share + (rank < left[group])
