"""One data file of the lake: its footer and, of row groups somebody asked about, the keys of the rows. Files never
change, so what was learnt of one is kept.
"""

# pyright: reportUnknownParameterType=false
# (pyarrow ships no types)
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from upay.metering.days.pages import Chunk

_KEYS = ("meter_id", "day", "version", "minutes", "phase")
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Footer:
    """A file's footer, and what its row groups cover (days counted from 1970). shape (row groups,)"""

    path: str
    metadata: pq.FileMetaData
    columns: dict[str, int]
    first_meter: NDArray[np.int64]
    last_meter: NDArray[np.int64]
    first_day: NDArray[np.int64]
    last_day: NDArray[np.int64]

    def groups_with(self, meters: NDArray[np.int64], first: date, last: date) -> list[int]:
        """The row groups that may hold days [first, last] of the meters, which are given in ascending order."""
        inside = np.searchsorted(meters, self.first_meter) < np.searchsorted(meters, self.last_meter, side="right")
        inside &= (self.first_day <= day_number(last)) & (self.last_day >= day_number(first))
        return np.flatnonzero(inside).tolist()

    def read(self, groups: list[int], columns: Sequence[str]) -> pa.Table:
        """Whole row groups."""
        with pq.ParquetFile(self.path, metadata=self.metadata, memory_map=True) as opened:
            return opened.read_row_groups(groups, columns=list(columns), use_threads=len(groups) > 4)


@dataclass(frozen=True)
class Group:
    """The keys of a row group's rows, by meter and day (counted from 1970). shape (rows,)"""

    footer: Footer
    number: int
    meter_id: NDArray[np.int64]
    day: NDArray[np.int32]
    version: NDArray[np.int32]
    minutes: NDArray[np.int32]
    phase: NDArray[np.int32]
    _chunks: dict[str, Chunk] = field(default_factory=dict)

    def chunk(self, file: int, name: str) -> Chunk:
        """A column of lists. file: the open data file."""
        chunk = self._chunks.get(name)
        if chunk is None:
            column = self.footer.metadata.row_group(self.number).column(self.footer.columns[name])
            chunk = self._chunks[name] = Chunk(file, column, even=bool((self.minutes == self.minutes[0]).all()))
        return chunk


@lru_cache(maxsize=1024)
def footer(path: str) -> Footer:
    """The footer of a data file."""
    metadata = pq.read_metadata(path)
    names = [metadata.row_group(0).column(place).path_in_schema for place in range(metadata.num_columns)]
    columns = {name.partition(".")[0]: place for place, name in enumerate(names)}
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    meter, day = ([group.column(columns[name]).statistics for group in groups] for name in ("meter_id", "day"))
    return Footer(
        path,
        metadata,
        columns,
        np.array([found.min for found in meter], np.int64),
        np.array([found.max for found in meter], np.int64),
        np.array([day_number(found.min) for found in day], np.int64),
        np.array([day_number(found.max) for found in day], np.int64),
    )


# At most about 60 kB each.
@lru_cache(maxsize=2048)
def group(path: str, number: int) -> Group:
    """A row group of a data file."""
    of = footer(path)
    about = of.metadata.row_group(number)
    file = os.open(path, os.O_RDONLY)
    try:
        meter, day, version, minutes, phase = (
            _light(Chunk(file, about.column(of.columns[name])).flat(file)) for name in _KEYS
        )
    finally:
        os.close(file)
    return Group(of, number, meter, day, version, minutes, phase)


def day_number(day: date) -> int:
    """Days since 1970."""
    return day.toordinal() - _EPOCH


def _light(values: NDArray[np.signedinteger]) -> NDArray[np.signedinteger]:
    """The same; a column that says one thing all along takes no room."""
    return np.broadcast_to(values[:1].copy(), values.shape) if (values == values[0]).all() else values
