"""What the meters of a stretch of the fleet read, block by block, faults and all."""
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demo import grid
from demo.noise import noise, uniform
from demo.plan import SLOTS, Fleet, Special
from demo.seasons import describe
from demo.use import sun, true_use

_THEFT = {"theft_magnet": 0.25, "theft_neutral": 0.4}  # the part of the use that still runs through the meter
_STUCK_WH, _SPIKE_WH = 120, 6_500
_DTR_FAR = np.float32(20)


@dataclass(frozen=True)
class Readings:
    """Readings of the meters behind and at some DTRs: first the connections', then the DTRs'. shape (days, meters, 48).

    connections: the range [first, end); dtrs likewise.  true_wh: what was used, net of own panels, before losses and
    theft (connections only).  metered_wh: what the register counts.  wh, export_wh, dv: what the blocks say.
    present: whether the block was ever sent.  exports: (meters,), whether the meter measures export.
    """

    day: NDArray[np.int64]
    connections: tuple[int, int]
    dtrs: tuple[int, int]
    true_wh: NDArray[np.int32]
    metered_wh: NDArray[np.int32]
    wh: NDArray[np.int32]
    export_wh: NDArray[np.int32]
    dv: NDArray[np.int16]
    present: NDArray[np.bool_]
    exports: NDArray[np.bool_]


def read_meters(fleet: Fleet, day: NDArray[np.int64], first_dtr: int, end_dtr: int) -> Readings:
    """The readings of some days (days since 1970) of DTRs [first_dtr, end_dtr) and all behind them."""
    days = describe(fleet.seed, day, fleet.state.subdivision)
    first, end = fleet.connections_of(first_dtr, end_dtr)
    behind = grid.dtr_of(first, end)
    supplied = grid.supplied(*grid.outages(fleet, days, first_dtr, end_dtr))
    sagging = grid.sags(fleet, days, first_dtr, end_dtr)

    net = true_use(fleet, days, first, end)
    solar, made = sun(fleet, days, first, end)
    net[:, solar] -= made
    net *= supplied[:, behind]
    export = np.zeros(net.shape, np.int32)
    export[:, solar] = np.rint(np.maximum(-net[:, solar], 0))
    true_wh = np.rint(np.maximum(net, 0, out=net), out=net).astype(np.int32)

    metered = true_wh.copy()
    _tamper(fleet, day, first, metered)
    wh = metered.copy()
    present = _received(fleet.seed, day, np.arange(first, end))
    _misreport(fleet, day, first, wh, present)

    input_wh, fed_back = _dtr_meters(fleet, true_wh, export, behind, first_dtr, end_dtr)
    index = np.concatenate([np.arange(first, end), -1 - np.arange(first_dtr, end_dtr)])
    far = np.concatenate([fleet.traits.dv[first:end], np.full(end_dtr - first_dtr, _DTR_FAR)])
    place = np.concatenate([behind, np.arange(end_dtr - first_dtr)])
    dv = grid.voltage(fleet, days, index, far, sagging[:, place])
    dv[supplied[:, place] == 0] = 0
    return Readings(
        day=day,
        connections=(first, end),
        dtrs=(first_dtr, end_dtr),
        true_wh=true_wh,
        metered_wh=np.concatenate([metered, input_wh], axis=1),
        wh=np.concatenate([wh, input_wh], axis=1),
        export_wh=np.concatenate([export, fed_back], axis=1),
        dv=dv,
        present=np.concatenate([present, np.ones(input_wh.shape, np.bool_)], axis=1),
        exports=np.concatenate([fleet.traits.kwp[first:end] > 0, np.ones(end_dtr - first_dtr, np.bool_)]),
    )


def _while(special: Special, day: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The blocks a special case covers. shape (days, 48)."""
    slot = day[:, None] * SLOTS + np.arange(SLOTS)
    return (slot >= special.first) & (slot < special.end)


def _tamper(fleet: Fleet, day: NDArray[np.int64], first: int, metered: NDArray[np.int32]) -> None:
    """Meters that count less than runs through them. metered: changed in place."""
    for special in fleet.specials:
        share = {"zero": 0.0, **_THEFT}.get(special.kind)
        if share is None or special.connection is None or not first <= special.connection < first + metered.shape[1]:
            continue
        column = metered[:, special.connection - first]
        column[...] = np.where(_while(special, day), (column * share).astype(np.int32), column)


def _misreport(
    fleet: Fleet, day: NDArray[np.int64], first: int, wh: NDArray[np.int32], present: NDArray[np.bool_]
) -> None:
    """Meters that count rightly but tell it wrongly or not at all. wh, present: changed in place."""
    for special in fleet.specials:
        if special.connection is None or not first <= special.connection < first + wh.shape[1]:
            continue
        meter, mask = special.connection - first, _while(special, day)
        if special.kind in ("long_gap", "short_gap"):
            present[:, meter] &= ~mask
        elif special.kind in ("stuck", "spike"):
            wh[:, meter][mask] = _STUCK_WH if special.kind == "stuck" else _SPIKE_WH
            present[:, meter] |= mask


def _received(seed: int, day: NDArray[np.int64], index: NDArray[np.int64]) -> NDArray[np.bool_]:
    """False where a read never arrives: one meter-day in 40 has a gap of up to four blocks, one in 400 a long one."""
    chance = uniform(noise(seed, "lost", index, day[:, None]))
    present = np.ones((*chance.shape, SLOTS), np.bool_)
    for at_day, meter in np.argwhere(chance < 0.0275):
        place = int(noise(seed, "lost from", index[meter], day[at_day]))
        begin, length = place % SLOTS, 1 + place // SLOTS % 4
        if chance[at_day, meter] < 0.0025:
            begin, length = 6, 36
        present[at_day, meter, begin : begin + length] = False
    return present


def _dtr_meters(
    fleet: Fleet,
    true_wh: NDArray[np.int32],
    export: NDArray[np.int32],
    behind: NDArray[np.int64],
    first_dtr: int,
    end_dtr: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """What DTRs' own meters count in and out: the net of all behind them, and the 3 to 6 % that the wires lose."""
    loss = 0.03 + 0.03 * uniform(noise(fleet.seed, "loss", np.arange(first_dtr, end_dtr)))
    starts = np.searchsorted(behind, np.arange(end_dtr - first_dtr))
    drawn = np.add.reduceat(true_wh, starts, axis=1, dtype=np.int64)
    net = drawn * (1 + loss[:, None]) - np.add.reduceat(export, starts, axis=1, dtype=np.int64)
    return np.rint(np.maximum(net, 0)).astype(np.int32), np.rint(np.maximum(-net, 0)).astype(np.int32)
