"""Reading a tariff's tables cell by cell, so that whatever is wrong is named with the place where it stands."""
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

Path = tuple[str | int, ...]
"""Where something stands: names of keys and places in arrays, from the outside in."""

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_MOST = Decimal(1_000_000)


@dataclass
class Flaw(Exception):
    """A tariff that cannot be taken: a code, the values its sentence names, and the place."""

    code: str
    path: Path
    params: Mapping[str, str | int] = field(default_factory=dict[str, str | int])

    __hash__ = Exception.__hash__


class Table:
    """A table being read: every key is asked for once, and `done` refuses what nobody asked for."""

    def __init__(self, values: Any, path: Path) -> None:
        if not isinstance(values, dict):
            raise Flaw("tariff.bad_value", path, {"key": str(path[-1]), "value": str(values)})
        self.values: dict[str, Any] = dict(values)
        self.path = path
        self._asked: set[str] = set()

    def has(self, name: str) -> bool:
        """Whether the key is there."""
        return name in self.values

    def text(self, name: str, among: Sequence[str] = ()) -> str:
        """A text that is not empty, or one of those allowed."""
        value = self.take(name)
        if not isinstance(value, str) or not value.strip() or (among and value not in among):
            raise self.bad(name, value)
        return value

    def day(self, name: str) -> date:
        """A date; in JSON it is text."""
        value = self.take(name)
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError as error:
                raise self.bad(name, value) from error
        if type(value) is not date:
            raise self.bad(name, value)
        return value

    def whole(self, name: str, scale: int, least: int | None = 0) -> int:
        """A number in units of 1/scale, exactly: 5.50 rupees at scale 100 are 550 paise."""
        return self._whole(name, self.take(name), scale, least)

    def optional(self, name: str, scale: int, least: int | None = 0) -> int | None:
        """The same, where the key may be missing."""
        return self.whole(name, scale, least) if self.has(name) else None

    def percents(self, name: str, among: Sequence[str]) -> tuple[tuple[str, int], ...]:
        """A table of percentages from −100 to 500 (1/100 %), by names that must be among those known."""
        inner = Table(self.take(name), (*self.path, name))
        for key in inner.values:
            if among and key not in among:
                raise Flaw("tariff.unknown_band", (*inner.path, key), {"value": key})
        return tuple((key, inner.percent(key)) for key in sorted(inner.values))

    def months(self, name: str) -> tuple[tuple[str, int], ...]:
        """Percentages by month (YYYY-MM), without a month missing between the first and the last."""
        found = self.percents(name, ())
        for month, _ in found:
            if not _MONTH.fullmatch(month):
                raise Flaw("tariff.bad_value", (*self.path, name, month), {"key": name, "value": month})
        for (before, _), (month, _) in pairwise(found):
            if _ordinal(month) != _ordinal(before) + 1:
                raise Flaw("tariff.gap_in_dates", (*self.path, name, month), {"before": before, "after": month})
        return found

    def percent(self, name: str) -> int:
        """A percentage from −100 to 500, in 1/100 %."""
        value = self.whole(name, 100, -10_000)
        if value > 50_000:
            raise self.bad(name, value // 100)
        return value

    def lines(self, name: str, known: Sequence[str]) -> tuple[str, ...]:
        """Kinds of lines that a share is taken of, each once, among those computed before."""
        values = self.take(name)
        if not isinstance(values, list) or not values or len(set(map(str, values))) < len(values):
            raise self.bad(name, values)
        for place, value in enumerate(values):
            if value not in known:
                raise Flaw("tariff.unknown_line", (*self.path, name, place), {"value": str(value)})
        return tuple(values)

    def rows(self, name: str) -> "list[Table]":
        """An array of at least one table."""
        values = self.take(name)
        if not isinstance(values, list) or not values:
            raise self.bad(name, values)
        return [Table(value, (*self.path, name, place)) for place, value in enumerate(values)]

    def done(self) -> None:
        """Refuse keys that nobody asked for: a misspelt rate must not be passed over."""
        for name in self.values:
            if name not in self._asked:
                raise Flaw("tariff.unknown_key", (*self.path, name), {"key": name})

    def bad(self, name: str, value: object) -> Flaw:
        """The flaw of a value that cannot stand under this key."""
        return Flaw("tariff.bad_value", (*self.path, name), {"key": name, "value": str(value)})

    def take(self, name: str) -> Any:
        """The value as it stands. Raises Flaw when there is none."""
        self._asked.add(name)
        if name not in self.values:
            raise Flaw("tariff.missing_key", self.path, {"key": name})
        return self.values[name]

    def _whole(self, name: str, value: Any, scale: int, least: int | None) -> int:
        try:
            if isinstance(value, bool):
                raise TypeError
            exact = Decimal(value)
            if not exact.is_finite() or abs(exact) > _MOST or (exact * scale) % 1:
                raise InvalidOperation
        except (InvalidOperation, TypeError, ValueError) as error:
            raise self.bad(name, value) from error
        if least is not None and exact * scale < least:
            raise self.bad(name, value)
        return int(exact * scale)


def _ordinal(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])
