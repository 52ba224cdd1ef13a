"""On which line of a TOML file something stands: tomllib tells values, not places."""
import re

from upay.tariffs.cells import Path

_CLOSING = {"[": "]", "{": "}"}


def line_of(text: str, path: Path) -> int:
    """The line (from 1) on which the value at `path` begins, as far inside as it can be followed.

    text: TOML whose topics are arrays of tables (`[[energy]]`) with inline arrays and tables below.
    """
    lines = text.splitlines()
    place, rest = _begin(lines, *path) if path else (0, ())
    start = sum(len(line) + 1 for line in lines[:place])
    end = next(
        (number for number in range(place + 1, len(lines)) if lines[number].startswith("[")), len(lines)
    )
    stop = sum(len(line) + 1 for line in lines[:end])
    for step in rest:
        found = _key(text, start, stop, step) if isinstance(step, str) else _element(text, start, stop, step)
        if found is None:
            break
        start, stop = found
    return text.count("\n", 0, start) + 1


def _begin(lines: list[str], name: str | int, *rest: str | int) -> tuple[int, Path]:
    """The line of the topic's header, or of a key at the top, and what of the path is left."""
    if rest and isinstance(rest[0], int):
        headers = [number for number, line in enumerate(lines) if line.strip() == f"[[{name}]]"]
        if rest[0] < len(headers):
            return headers[rest[0]], rest[1:]
    for number, line in enumerate(lines):
        if re.match(rf"(\[\[?)?{re.escape(str(name))}\b", line):
            return number, ()
    return 0, ()


def _key(text: str, start: int, stop: int, name: str) -> tuple[int, int] | None:
    """The stretch of the value of a key."""
    found = re.compile(rf'(?:^|[\s{{,])"?{re.escape(name)}"?\s*=\s*', re.MULTILINE).search(text, start, stop)
    return (found.end(), _end(text, found.end(), stop)) if found else None


def _element(text: str, start: int, stop: int, wanted: int) -> tuple[int, int] | None:
    """The stretch of an array's element."""
    at = start + 1
    for place in range(wanted + 1):
        while at < stop and (text[at].isspace() or text[at] == ","):
            at += 1
        if at >= stop:
            return None
        end = _end(text, at, stop)
        if place == wanted:
            return at, end
        at = end
    return None


def _end(text: str, start: int, stop: int) -> int:
    """Where the value that begins at `start` ends."""
    depth: list[str] = []
    quoted = False
    for at in range(start, stop):
        sign = text[at]
        if sign == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif sign in _CLOSING:
            depth.append(_CLOSING[sign])
        elif depth and sign == depth[-1]:
            depth.pop()
            if not depth:
                return at + 1
        elif not depth and sign in ",]}\n":
            return at
    return stop
