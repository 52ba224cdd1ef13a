"""What the wires do: outages and voltage, the same for all who hang on one DTR."""
import numpy as np
from numpy.typing import NDArray

from demo.noise import noise, normal, uniform
from demo.plan import PER_DTR, SLOTS, Fleet
from demo.seasons import Days

_BLOCK = np.arange(SLOTS) * 30
_NONE = -1


def outages(fleet: Fleet, days: Days, first_dtr: int, end_dtr: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Minutes of the day at which each DTR's outage begins and ends, -1 without one. shape (days, DTRs), twice."""
    day, dtr = days.day[:, None], np.arange(first_dtr, end_dtr)
    happens = uniform(noise(fleet.seed, "outage", dtr, day)) < 0.05 + 0.13 * days.cooling[:, None]
    begin = (24 * 60 * uniform(noise(fleet.seed, "outage from", dtr, day))).astype(np.int64)
    # 15 minutes to 4 hours, the short ones far more often
    lasts = (15 * 16 ** uniform(noise(fleet.seed, "outage for", dtr, day))).astype(np.int64)
    begin = np.where(happens, begin, _NONE)
    finish = np.where(happens, np.minimum(begin + lasts, 24 * 60), _NONE)
    for special in fleet.specials:
        if special.kind == "outage" and special.dtr is not None and first_dtr <= special.dtr < end_dtr:
            today = np.flatnonzero(days.day == special.first // SLOTS)
            begin[today, special.dtr - first_dtr] = special.first % SLOTS * 30
            finish[today, special.dtr - first_dtr] = special.end % SLOTS * 30
    return begin, finish


def supplied(begin: NDArray[np.int64], finish: NDArray[np.int64]) -> NDArray[np.float32]:
    """The part of each block during which there was supply, 0 to 1. shape (days, DTRs, 48)."""
    dark = np.minimum(finish[:, :, None], _BLOCK + 30) - np.maximum(begin[:, :, None], _BLOCK)
    return (1 - np.clip(dark, 0, 30) / 30).astype(np.float32)


def sags(fleet: Fleet, days: Days, first_dtr: int, end_dtr: int) -> NDArray[np.float32]:
    """How far an overloaded DTR's voltage falls on some evenings, decivolts. shape (days, DTRs, 48)."""
    day, dtr = days.day[:, None], np.arange(first_dtr, end_dtr)
    bits = noise(fleet.seed, "sag", dtr, day)
    depth = np.where(uniform(bits) < 0.03, 240 + 80 * normal(bits) / 3, 0)
    evening = np.zeros((len(days.day), end_dtr - first_dtr, SLOTS), np.float32)
    evening[:, :, 38:44] = depth[:, :, None]
    for special in fleet.specials:
        if special.kind == "sag" and special.dtr is not None and first_dtr <= special.dtr < end_dtr:
            today = np.flatnonzero(days.day == special.first // SLOTS)
            evening[today, special.dtr - first_dtr, special.first % SLOTS : special.end % SLOTS] = 320
    return evening


def voltage(
    fleet: Fleet, days: Days, index: NDArray[np.int64], far: NDArray[np.float32], sagging: NDArray[np.float32]
) -> NDArray[np.int16]:
    """Mean voltage of each block in decivolts, while there is supply. shape (days, meters, 48).

    index: whose, one number a meter; far: what the line to each takes away; sagging: shape (days, meters, 48).
    """
    evening = 60 * np.exp(-0.5 * ((_BLOCK / 60 - 20.5) / 2.2) ** 2)
    strain = 0.6 + 0.5 * days.cooling
    bits = noise(fleet.seed, "voltage", index[None, :, None], days.day[:, None, None], np.arange(SLOTS))
    volts = uniform(bits)
    volts *= np.float32(44)
    volts += (2325 + far)[None, :, None].astype(np.float32)
    volts -= (strain[:, None, None] * evening).astype(np.float32)
    volts -= sagging
    return volts.astype(np.int16)


def dtr_of(first: int, end: int) -> NDArray[np.int64]:
    """Behind which DTR, counted from that of `first`, each connection of [first, end) hangs."""
    return (np.arange(first, end) - first // PER_DTR * PER_DTR) // PER_DTR
