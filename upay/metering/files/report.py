"""What became of an imported file, for a person, a script and the folder it lay in."""
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from upay.clock import IST
from upay.metering.files.content import Remark
from upay.text import say

_SHOWN = 100


@dataclass
class Report:
    """reads = accepted + rejected + duplicates. Rows are counted from 1, as readings of the file in its order.

    duplicates: repetitions, in the file or of what was acknowledged before.  total_wh: energy imported in the file's
    good blocks, each counted once, whether they were new or known: the same file again gives the same total.
    rejected_by: how many rows per code.  first_rejected: up to 100 of them.  first_block, last_block: when the first
    and the last good block begin, in IST.  remarks: what was done or left out besides.
    """

    file: str
    form: str = ""
    reads: int = 0
    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    total_wh: int = 0
    first_block: str | None = None
    last_block: str | None = None
    connections: list[str] = field(default_factory=list)
    meters: list[str] = field(default_factory=list)
    rejected_by: dict[str, int] = field(default_factory=dict)
    first_rejected: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    _first_s: int | None = None
    _last_s: int | None = None

    def reject_all(self, answer: dict[str, Any], rows: pl.Series | None) -> None:
        """Count the rows that intake rejected. rows: the file's row of each row handed over; None: not known."""
        for code, count in answer["codes"].items():
            self._count(code, count)
        for verdict in answer["verdicts"]:
            self._show({**verdict, "row": verdict["row"] if rows is None else int(rows[verdict["row"] - 1])})

    def reject(self, row: int, serial: str, start_s: int, code: str) -> None:
        """Count one row that differs from what was acknowledged before."""
        self._count(code, 1)
        start = datetime.fromtimestamp(start_s, IST).isoformat()
        self._show({"row": row, "code": code, "params": {"serial": serial, "start": start}, "meter": serial})

    def cover(self, first_s: int | None, last_s: int | None) -> None:
        """Stretch the time covered to these block starts."""
        starts = [at for at in (self._first_s, self._last_s, first_s, last_s) if at is not None]
        self._first_s, self._last_s = min(starts, default=None), max(starts, default=None)

    def ended(self) -> "Report":
        """The report, summed up: what was neither accepted nor rejected stood somewhere already."""
        self.duplicates = self.reads - self.accepted - self.rejected
        self.first_rejected.sort(key=lambda row: row["row"])
        self.first_block, self.last_block = (
            None if at is None else datetime.fromtimestamp(at, IST).isoformat() for at in (self._first_s, self._last_s)
        )
        return self

    def _count(self, code: str, count: int) -> None:
        self.rejected += count
        self.rejected_by[code] = self.rejected_by.get(code, 0) + count

    def _show(self, row: dict[str, Any]) -> None:
        if len(self.first_rejected) < _SHOWN:
            self.first_rejected.append(row)

    def as_json(self, language: str) -> dict[str, Any]:
        """The report as plain values, its remarks with their sentences."""
        remarks = [
            {"code": remark.code, "params": remark.params, "text": say(remark.code, language, **remark.params)}
            for remark in self.remarks
        ]
        connection = self.connections[0] if len(self.connections) == 1 else None
        plain = {name: value for name, value in asdict(self).items() if not name.startswith("_")}
        return {**plain, "connection": connection, "remarks": remarks}
