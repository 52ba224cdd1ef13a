"""What a benchmark reports."""
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured figure and what it is held against.

    value, unit: as measured.  limit: what the figure must reach.  at_least: whether more is better.
    peer, peer_value: what did the same work in the same run, in the same unit.  peer_limit: the least (or greatest)
    ratio value / peer_value that satisfies.  detail: everything else worth keeping (spread, sizes, versions).
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    at_least: bool = False
    peer: str = ""
    peer_value: float | None = None
    peer_limit: float | None = None
    detail: dict[str, Any] | None = None

    @property
    def ratio(self) -> float | None:
        """The figure as a multiple of its peer's."""
        return self.value / self.peer_value if self.peer_value else None

    @property
    def met(self) -> bool:
        """Whether it reaches its limit and its peer's, as far as it has them."""
        return self._reaches(self.value, self.limit) and (
            self.ratio is None or self._reaches(self.ratio, self.peer_limit)
        )

    def _reaches(self, value: float, limit: float | None) -> bool:
        if limit is None:
            return True
        return value >= limit if self.at_least else value <= limit

    def as_row(self) -> dict[str, Any]:
        """For results.json."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}
