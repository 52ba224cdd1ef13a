"""Whose a meter's energy is: on the day of an exchange it may report all day, and only its stay is the connection's."""
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from upay.metering.days.installed import Stays
from upay.metering.days.outages import Outages, lay
from upay.metering.days.rows import Closed
from upay.metering.matrix import NONE
from upay.metering.models import Quality


def by_stay(closed: Closed, dark: Outages) -> list[Closed]:
    """A closing as its roll-ups see it: a row for each stay that a meter's day touches, and nothing outside the stay.

    A block in which a stay begins or ends is the stay's, as on the pages.
    """
    stays = closed.place.stays
    if stays is None:
        return [closed]
    whole = np.setdiff1d(np.arange(len(closed.matrix.meter_id)), stays.row)
    return [_taken(closed, whole), _cut(_taken(closed, stays.row), stays, dark)]


def _taken(closed: Closed, rows: NDArray[np.int64]) -> Closed:
    settled = closed.settled
    return Closed(
        closed.matrix.taken(rows),
        replace(closed.place.taken(rows), stays=None),
        replace(
            settled,
            wh=settled.wh[rows],
            quality=None if settled.quality is None else settled.quality[rows],
            rule=None if settled.rule is None else settled.rule[rows],
            flags=settled.flags[rows],
        ),
        closed.outage_minutes[rows],
    )


def _cut(days: Closed, stays: Stays, dark: Outages) -> Closed:
    """days: a row for each of the stays."""
    matrix, settled = days.matrix, days.settled
    begin_s = matrix.day_s + 60 * matrix.phase.astype(np.int64)
    start_s = begin_s[:, None] + 60 * matrix.minutes * np.arange(matrix.slots)
    outside = (start_s >= stays.to_s[:, None]) | (start_s + 60 * matrix.minutes <= stays.from_s[:, None])
    quality = None if settled.quality is None else np.where(outside, np.int8(Quality.ACTUAL), settled.quality)
    return Closed(
        replace(
            matrix,
            wh=_without(matrix.wh, outside),
            values={name: _without(values, outside) for name, values in matrix.values.items()},
        ),
        replace(days.place, connection_id=stays.connection_id, dtr_id=stays.dtr_id),
        replace(settled, wh=_without(settled.wh, outside), quality=quality),
        lay(dark, matrix, stays.from_s, stays.to_s)[1],
    )


def _without(values: NDArray[np.signedinteger], outside: NDArray[np.bool_]) -> NDArray:  # type: ignore[type-arg]
    return np.where(outside, values.dtype.type(NONE), values)
