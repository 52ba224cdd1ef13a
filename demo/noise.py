"""Randomness as a function of where it is asked for: (seed, what, coordinates) give one number, in whatever order.

A counter-based generator (the finaliser of SplitMix64) takes the place of a sequence, so that history and the live
head-end agree and any part of the fleet can be made by itself.
"""
import zlib

import numpy as np
from numpy.typing import NDArray

Hash = NDArray[np.uint64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def _mixed(state: Hash) -> Hash:
    """Mix in place, so that neighbouring counters share nothing."""
    with np.errstate(over="ignore"):
        state ^= state >> np.uint64(30)
        state *= _FIRST
        state ^= state >> np.uint64(27)
        state *= _SECOND
        state ^= state >> np.uint64(31)
    return state


def noise(seed: int, what: str, *coordinates: object) -> Hash:
    """64 random bits for each place. coordinates: integers or integer arrays, broadcast against each other."""
    with np.errstate(over="ignore"):
        state = _mixed(np.array([(seed << 32) ^ zlib.crc32(what.encode())], np.uint64))
        for coordinate in coordinates:
            place = np.asarray(coordinate).astype(np.int64).astype(np.uint64) + np.uint64(1)
            state = _mixed(state + place * _STEP)
    return state if any(np.ndim(coordinate) for coordinate in coordinates) else state[0:1].reshape(())


def uniform(bits: Hash) -> NDArray[np.float32]:
    """[0, 1), from the upper 24 bits."""
    return (bits >> np.uint64(40)).astype(np.float32) * np.float32(2**-24)


def normal(bits: Hash) -> NDArray[np.float32]:
    """Mean 0, deviation 1, within ±3: the sum of three uniforms, from the lower 48 bits."""
    low = np.uint64(0xFFFF)
    total = (bits & low) + ((bits >> np.uint64(16)) & low) + ((bits >> np.uint64(32)) & low)
    return total.astype(np.float32) * np.float32(2 / 65535) - np.float32(3)


def pick(seed: int, what: str, index: int | NDArray[np.int64], among: int) -> list[int]:
    """One of `among` choices for each index; a list of one for a single index."""
    return np.atleast_1d(noise(seed, what, index) % np.uint64(among)).tolist()
