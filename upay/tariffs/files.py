"""The tariffs that packs bring: `upay/packs/<state>/tariffs/*.toml`, checked as they are read."""
import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from upay.errors import Problem
from upay.packs import FOLDER, names
from upay.tariffs.book import Book, Tariff
from upay.tariffs.cells import Flaw, Table
from upay.tariffs.places import line_of
from upay.tariffs.schema import Dated, Reference, check_dates, read_row, topics

_SYNTAX_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@lru_cache
def pack_book() -> Book:
    """All tariffs of all packs. Raises Problem with file, line and reason for the first that cannot be taken."""
    return read_book((name, path) for name in names() for path in sorted((FOLDER / name / "tariffs").glob("*.toml")))


def read_book(files: Iterable[tuple[str, Path]]) -> Book:
    """The tariffs of files, each given with the name of its pack."""
    read = [(path, read_tariff(path, name)) for name, path in files]
    book = Book(tariff for _, tariff in read)
    for path, tariff in read:
        _check_references(path, tariff, book)
        book.versions(tariff.id)
    return book


def read_tariff(path: Path, pack_name: str) -> Tariff:
    """One file. Raises Problem: where it is no TOML, or where a table says something that cannot be."""
    text = path.read_text("utf-8")
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line = _SYNTAX_LINE.search(str(error))
        place = f"{path.name}:{line[1] if line else text.count(chr(10)) + 1}"
        raise Problem("tariff.no_toml", {"place": place, "reason": str(error)}) from error
    try:
        return _tariff(values, pack_name, path.stem)
    except Flaw as flaw:
        raise _problem(path, text, flaw) from flaw


def _tariff(values: dict[str, Any], pack_name: str, stem: str) -> Tariff:
    table = Table(values, ())
    found = {topic: _rows(table, topic) for topic in topics() if table.has(topic)}
    for topic in ("energy", "duty"):
        if topic not in found:
            raise Flaw("tariff.missing_key", (), {"key": topic})
        if found[topic][0].source.since > found["energy"][0].source.since:
            days = {"before": str(found["energy"][0].source.since), "after": str(found[topic][0].source.since)}
            raise Flaw("tariff.gap_in_dates", (topic, 0, "from"), days)
    names_of = Table(table.take("name"), ("name",))
    tariff = Tariff(
        table.text("id", (stem,)),
        pack_name,
        table.text("category"),
        {language: names_of.text(language) for language in ("en", "hi")},
        found,
    )
    names_of.done()
    table.done()
    return tariff


def _rows(table: Table, topic: str) -> list[Dated]:
    given = table.rows(topic)
    rows = [read_row(topic, row.values, row.path) for row in given]
    check_dates(rows, [row.path for row in given])
    return rows


def _check_references(path: Path, tariff: Tariff, book: Book) -> None:
    """A tariff that another stands in for must be there, and must not refer on: a chain could run in a circle."""
    for place, row in enumerate(tariff.rows.get("otherwise", ())):
        if isinstance(row.part, Reference):
            there = book.tariffs.get(row.part.tariff)
            if there is None or there.pack != tariff.pack or "otherwise" in there.rows:
                flaw = Flaw("tariff.unknown_reference", ("otherwise", place, "tariff"), {"tariff": row.part.tariff})
                raise _problem(path, path.read_text("utf-8"), flaw)


def _problem(path: Path, text: str, flaw: Flaw) -> Problem:
    return Problem(flaw.code, {**flaw.params, "place": f"{path.name}:{line_of(text, flaw.path)}"})
