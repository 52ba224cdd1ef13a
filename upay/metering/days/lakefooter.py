"""Footers of the lake's data files: what their row groups cover, so that a query reads the few that matter."""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray


@dataclass(frozen=True)
class Footer:
    """A file's footer, and what its row groups cover. shape (row groups,)"""

    metadata: pq.FileMetaData
    first_meter: NDArray[np.int64]
    last_meter: NDArray[np.int64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]


_FOOTERS_KEPT = 1024
_footers: dict[str, Footer] = {}


def footer_of(path: str) -> Footer:
    """The footer of a data file, kept in memory: files never change."""
    footer = _footers.get(path)
    if footer is None:
        metadata = pq.read_metadata(path)
        names = metadata.schema.to_arrow_schema().names
        places = [names.index("meter_id"), names.index("day")]
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        meter, day = ([group.column(place).statistics for group in groups] for place in places)
        footer = Footer(
            metadata,
            np.array([found.min for found in meter], np.int64),
            np.array([found.max for found in meter], np.int64),
            np.array([number(found.min) for found in day], np.int64),
            np.array([number(found.max) for found in day], np.int64),
        )
        while len(_footers) >= _FOOTERS_KEPT:
            _footers.pop(next(iter(_footers)), None)
        _footers[path] = footer
    return footer


def number(day: date) -> int:
    """A day as the footers count it."""
    return day.toordinal()
