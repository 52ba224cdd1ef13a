"""What the proof reports."""
from dataclasses import dataclass, field
from datetime import date

_SHOWN = 100


@dataclass(frozen=True)
class Difference:
    """Two records of one thing that disagree. what: `rollup`, `dtr`, `acknowledged` or `closing`.

    A record that only one side has shows with None on the other.
    """

    what: str
    day: date
    key: str
    expected: str
    found: str


@dataclass
class Verified:
    """What was checked, and the differences (the first of them in full).

    skipped_days: closed days whose acknowledged files are no longer kept.  waiting: days of buckets with folded reads
    or late events not closed yet.  unfolded: receipts whose reads are not folded yet.
    """

    meter_days: int = 0
    connection_days: int = 0
    dtr_days: int = 0
    acknowledged: int = 0
    skipped_days: int = 0
    waiting: int = 0
    unfolded: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)

    def note(self, difference: Difference) -> None:
        """Count a difference, and keep it if it is among the first."""
        self.found += 1
        if len(self.differences) < _SHOWN:
            self.differences.append(difference)
