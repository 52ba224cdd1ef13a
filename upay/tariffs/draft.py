"""A row being written: the fields that a form has for it, and the row they make again."""
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from upay.errors import Problem

Draft = dict[str, Any]
_ENDS = ("to", "upto_kw", "months")


@dataclass(frozen=True)
class Leaf:
    """One value. path: keys and places, joined by dots.  key: what it is called.  places: of the rows it stands in."""

    path: str
    key: str
    places: tuple[int, ...]
    value: str


def draft_of(table: Mapping[str, Any]) -> Draft:
    """A row as a draft: numbers and dates as texts, nothing else changed."""
    return json.loads(json.dumps(dict(table), default=str))


def leaves(draft: Draft) -> list[Leaf]:
    """The values of a draft in order; a list of names is one value, its names separated by commas."""
    return _leaves(draft, (), ())


def with_values(draft: Draft, values: Mapping[str, str]) -> Draft:
    """The draft with the values that a form sent, by path; unknown paths are ignored. An end left empty is open."""
    made = json.loads(json.dumps(draft))
    for leaf in leaves(draft):
        if leaf.path not in values:
            continue
        *way, key = leaf.path.split(".")
        holder: Any = made
        for step in way:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        text = values[leaf.path].strip()
        if not text and key in _ENDS:
            del holder[key]
        elif isinstance(holder[key], list):
            holder[key] = [name.strip() for name in text.split(",") if name.strip()]
        else:
            holder[key] = text
    return made


def grown(draft: Draft) -> Draft:
    """The draft with one more slab, band, class or step: the last, which was open, is given an end."""
    rows = _rows(draft)
    last = rows[-1]
    if "from" in last:
        last["to"] = str(int(float(last["from"])) + 100)
        rows.append({**{name: value for name, value in last.items() if name != "to"}, "from": last["to"]})
    else:
        end = "months" if "percent" in last and not isinstance(last["percent"], dict) else "upto_kw"
        before = int(float(rows[-2][end])) if len(rows) > 1 else 0
        rows.append(dict(last))
        rows[-2][end] = str(before + 5)
    return draft


def shrunk(draft: Draft) -> Draft:
    """The draft without its last slab, band, class or step; the one before becomes the open one."""
    rows = _rows(draft)
    if len(rows) > 1:
        rows.pop()
        for end in _ENDS:
            rows[-1].pop(end, None)
    return draft


def can_grow(draft: Draft) -> bool:
    """Whether there are rows to add one to."""
    return any(_is_table_list(value) for value in draft.values())


def as_row(draft: Draft) -> str:
    """The draft as the JSON that is proposed."""
    return json.dumps(draft, ensure_ascii=False)


def _leaves(value: Any, path: tuple[str, ...], places: tuple[int, ...]) -> list[Leaf]:
    if isinstance(value, dict):
        return [leaf for key, each in value.items() for leaf in _leaves(each, (*path, str(key)), places)]
    if _is_table_list(value):
        return [
            leaf
            for place, each in enumerate(value)
            for leaf in _leaves(each, (*path, str(place)), (*places, place + 1))
        ]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return [Leaf(".".join(path), path[-1], places, text)]


def _rows(draft: Draft) -> list[Draft]:
    """The array of tables that a row grows by: the outermost."""
    found: Sequence[Any] = [value for value in draft.values() if _is_table_list(value)]
    if not found:
        raise Problem("tariff.no_rows")
    return found[0]


def _is_table_list(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
