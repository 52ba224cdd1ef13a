"""The watched folder: what is dropped into it is imported, and moves to `done` or `failed` with its report beside it.

A file is taken once it lies still: its size and time are the same at two looks. Whoever writes slowly names it `….part`
and renames it at the end. A name that begins `CONNECTION__` puts what names no meter on that connection.
"""
import json
import re
from datetime import datetime
from pathlib import Path

from polars.exceptions import PanicException
from sqlalchemy.exc import SQLAlchemyError

from upay.errors import Problem
from upay.log import log
from upay.metering.files.load import import_file
from upay.metering.files.placing import Wish
from upay.metering.files.report import Report
from upay.settings import settings
from upay.text import say

_log = log(__name__)
_ADDRESSED = re.compile(r"^(\d{10})__")
_UNFINISHED = (".part", ".tmp", ".crdownload")
_SEEN, _BEGUN = ".seen.json", ".begun.json"
# Machines lose power and operators kill: once or twice is no proof against a file.
_MOST_ATTEMPTS = 3


def take_inbox(now: datetime) -> list[Report]:
    """Import every settled file of the inbox, the oldest first; returns the reports of those taken."""
    inbox = settings().inbox
    inbox.mkdir(parents=True, exist_ok=True)
    before = _read_seen(inbox)
    looks = {path.name: _look(path) for path in inbox.iterdir() if _is_offered(path)}
    settled = sorted((look, name) for name, look in looks.items() if before.get(name) == look)
    reports = [report for _, name in settled if (report := _take(inbox / name, now))]
    waiting = {name: look for name, look in looks.items() if (inbox / name).exists()}
    (inbox / _SEEN).write_text(json.dumps(waiting), "utf-8")
    return reports


def _is_offered(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".") and not path.name.endswith(_UNFINISHED)


def _look(path: Path) -> list[int]:
    """When a file was last written to and how large it is."""
    facts = path.stat()
    return [facts.st_mtime_ns, facts.st_size]


def _read_seen(inbox: Path) -> dict[str, list[int]]:
    """What the last look saw. Without a record, or with a torn one, everything is seen for the first time."""
    try:
        return json.loads((inbox / _SEEN).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {}


def _take(path: Path, now: datetime) -> Report | None:
    if _attempts(path) >= _MOST_ATTEMPTS:
        _log.error("inbox.ended_its_importer", file=path.name)
        _put_away(path, "failed", _said(Problem("files.ended_importer", {"count": _MOST_ATTEMPTS})), now)
        return None
    addressed = _ADDRESSED.match(path.name)
    wish = Wish(connection=addressed[1] if addressed else None)
    _begin(path, _attempts(path) + 1)
    try:
        report = import_file(path, wish, now)
    except (SQLAlchemyError, OSError):
        _begin(path, _attempts(path) - 1)
        raise  # not the file's fault: it stays, and the next look takes it
    except (Exception, PanicException) as error:  # a panic of Polars is no Exception, and would end the worker
        known = isinstance(error, Problem)
        problem = error if known else Problem("files.broke", {"error": type(error).__name__})
        _log.warning("inbox.failed", file=path.name, code=problem.code, exc_info=not known)
        _put_away(path, "failed", _said(problem), now)
        return None
    _log.info("inbox.taken", file=path.name, accepted=report.accepted, rejected=report.rejected)
    _put_away(path, "done", report.as_json(settings().language), now)
    return report


def _attempts(path: Path) -> int:
    """How often this file was begun and its importer did not live to say how it ended."""
    try:
        begun = json.loads((path.parent / _BEGUN).read_text("utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return 0
    return begun["attempts"] if (begun["file"], begun["look"]) == (path.name, _look(path)) else 0


def _begin(path: Path, attempts: int) -> None:
    """Leave word of the attempt for whoever comes after, should the file take this process with it."""
    begun = {"file": path.name, "look": _look(path), "attempts": attempts}
    (path.parent / _BEGUN).write_text(json.dumps(begun), "utf-8")


def _said(problem: Problem) -> dict[str, object]:
    text = say(problem.code, settings().language, **problem.params)
    return {"code": problem.code, "params": problem.params, "text": text}


def _put_away(path: Path, where: str, report: dict[str, object], now: datetime) -> None:
    """Move the file, under a name that nothing in the folder has, and write its report beside it."""
    folder = path.parent / where
    folder.mkdir(exist_ok=True)
    target = folder / path.name
    if target.exists():
        target = folder / f"{path.stem}.{now:%Y%m%dT%H%M%S%f}{path.suffix}"
    target.with_name(f"{target.name}.report.json").write_text(json.dumps(report, ensure_ascii=False, indent=2), "utf-8")
    path.rename(target)
