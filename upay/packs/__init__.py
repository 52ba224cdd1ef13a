"""Packs: what differs between states, as dated and sourced rows of TOML. Code asks a pack; it holds no such number."""
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from upay.errors import Problem
from upay.settings import settings

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Band:
    """A time-of-day band: a key of the catalogues, and the hours [from, to) that it covers."""

    key: str
    hours: tuple[tuple[int, int], ...]

    def covers(self, hour: int) -> bool:
        """Whether the hour of the day (0–23) lies in the band."""
        return any(start <= hour < end for start, end in self.hours)


class Pack:
    """One state's rules. Rows hold from their `from` date on; the latest that has begun is in force."""

    def __init__(self, name: str) -> None:
        folder = FOLDER / name
        if not (folder / "pack.toml").is_file():
            raise Problem("pack.unknown", {"name": name})
        self.name = name
        about = tomllib.loads((folder / "pack.toml").read_text("utf-8"))
        self.state: str = about["state"]
        self.utility: dict[str, str] = about["utility"]
        self.contact: dict[str, str] = about["contact"]
        self.holiday_subdivision: str = about["holidays"]["subdivision"]
        self._folder = folder

    def row(self, topic: str, day: date) -> dict[str, Any]:
        """The row of a topic (`vee`, `tod`, …) in force on a day. Raises Problem when none has begun."""
        begun = [row for row in self.rows(topic) if row["from"] <= day]
        if not begun:
            raise Problem("pack.nothing_in_force", {"topic": topic, "day": day.isoformat()})
        return max(begun, key=lambda row: row["from"])

    def bands(self, day: date) -> tuple[Band, ...]:
        """The time-of-day bands of a day, at most three; together they cover the 24 hours once."""
        return tuple(
            Band(band["key"], tuple((start, end) for start, end in band["hours"]))
            for band in self.row("tod", day)["bands"]
        )

    @lru_cache  # noqa: B019 - packs live as long as the process
    def rows(self, topic: str) -> list[dict[str, Any]]:
        """All dated rows of a topic: of the state's own file, else of the central rules'."""
        own = self._folder / f"{topic}.toml"
        path = own if own.is_file() else FOLDER / "central" / f"{topic}.toml"
        return tomllib.loads(path.read_text("utf-8"))["row"]


def names() -> list[str]:
    """The packs there are: one a state."""
    return sorted(path.parent.name for path in FOLDER.glob("*/pack.toml"))


@lru_cache
def pack(name: str | None = None) -> Pack:
    """The pack by name, or the one this installation has chosen."""
    return Pack(name or settings().pack)
