"""Self readings, as billing asks for them: whoever keeps them hands over those that an officer accepted."""
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import polars as pl

from upay.bulk import Bulk

SELF_READING = pl.Schema({"connection_id": pl.Int64(), "register_wh": pl.Int64(), "read_on": pl.Date()})


class SelfReadings(Protocol):
    """Where accepted self readings come from."""

    def accepted(self, db: Bulk, connection_ids: Sequence[int], first: date, last: date) -> pl.DataFrame:
        """The latest accepted reading of each of these connections taken on the days [first, last], as SELF_READING."""
        ...


class NoSelfReadings:
    """Of an installation that takes none."""

    def accepted(self, db: Bulk, connection_ids: Sequence[int], first: date, last: date) -> pl.DataFrame:
        """None."""
        return SELF_READING.to_frame()
