"""The `upay` command, put together from parts.

A folder of `upay` that has commands keeps them in its own `cli.py`: `app`, a Typer, is a group with the folder's name
(or its own, `Typer(name=…)`); `commands`, a Typer, holds what stands at the top (`upay import`). What is not part of
`upay` (web, jobs, demonstration) joins by the entry points `upay.commands`: a Typer is a group, a function a command.
Commands are edges: they open a session, commit once, and raise `Problem`.
"""
import json
import pkgutil
import shlex
import sys
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec
from typing import NoReturn

import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError

import upay
from upay.errors import Problem
from upay.settings import settings
from upay.text import say


def build(wanted: str | None = None) -> typer.Typer:
    """The whole command; or only the part `wanted` names, where that saves importing the others."""
    app = typer.Typer(name="upay", callback=_about, no_args_is_help=True, add_completion=False)
    outside = {entry.name: entry for entry in entry_points(group="upay.commands")}
    if wanted in outside:
        outside = {wanted: outside[wanted]}
    elif wanted in _add_areas(app) or wanted == "batch":
        outside = {}
    app.command()(batch)
    for name, entry in sorted(outside.items()):
        part = entry.load()
        if isinstance(part, typer.Typer):
            app.add_typer(part, name=name)
        else:
            app.command(name)(part)
    return app


def main() -> None:
    """Run the command line. A Problem is said in the installation's language with its code, and ends it with 2."""
    try:
        build(next(iter(sys.argv[1:]), None))()
    except Problem as problem:
        _refuse(problem)
    except DBAPIError:
        # A table that is not there yet is the commonest reason, and the one an operator can mend.
        if not _is_old():
            raise
        _refuse(Problem("db.not_upgraded"))
    except KeyboardInterrupt:
        sys.exit(130)


def batch() -> None:
    """Run the commands that standard input brings, one a line, in this one process: for scripts that run hundreds.

    After each what it printed ends with a line `{"ended": code}`. The first that fails ends all, with its code.
    """
    for line in sys.stdin:
        words = shlex.split(line)
        if not words:
            continue
        command = typer.main.get_command(build(words[0]))
        code = command.main(words, standalone_mode=False) or 0
        typer.echo(json.dumps({"ended": code}))
        sys.stdout.flush()
        if code:
            sys.exit(code)


def _refuse(problem: Problem) -> NoReturn:
    sentence = say(problem.code, settings().language, **problem.params)
    screen = Console(stderr=True, highlight=False, soft_wrap=True)
    screen.print(sentence, f"({problem.code})", style="red", markup=False)
    sys.exit(2)


def _is_old() -> bool:
    """Whether the database stands behind the code."""
    from upay.migrations import current

    standing, latest = current()
    return standing != latest


def _add_areas(app: typer.Typer) -> set[str]:
    """Add the commands of every folder of `upay`, and return the names they go by."""
    names: set[str] = set()
    for area in pkgutil.iter_modules(upay.__path__):
        if not (area.ispkg and find_spec(f"upay.{area.name}.cli")):
            continue
        module = import_module(f"upay.{area.name}.cli")
        if hasattr(module, "app"):
            name = module.app.info.name or area.name
            app.add_typer(module.app, name=name)
            names.add(name)
        if hasattr(module, "commands"):
            app.add_typer(module.commands)
            names.update(str(part.name) for part in module.commands.registered_groups if part.name)
            names.update(str(part.name) for part in module.commands.registered_commands if part.name)
            names.update(str(group.name) for group in module.commands.registered_groups)
    return names


def _about() -> None:
    """Run and tend a UPAY installation."""
