"""`upay demo make`: the fleet's network, history, key and persons, handed to the product through its own commands.

Whatever was done before a start was killed is done again; the product takes nothing twice. The marker is written last.
"""
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from demo.bills import Batch, batch, make_bills, months_in
from demo.frames import Registers, register_at_change
from demo.history import blocks_of, write_events, write_history
from demo.network import number_of, write_network
from demo.people import mobile_of, names_of
from demo.plan import LEAST, PERSONS, Fleet
from demo.staff import staff_of
from demo.store import Store, read, write

_screen = Console(stderr=True, highlight=False)
_LANGUAGES = {"home": "hi", "solar": "en", "family": "hi", "shop": "en"}


class MakeFailed(Exception):
    """A command of the product ended with an error; it has said why."""


def make(fleet: Fleet, store: Store, upay: "Product") -> None:
    """Make the demonstration as far as it is not made yet. upay: runs a command of the product. Raises MakeFailed."""
    if read(store.made) == fleet.manifest():
        _screen.print(f"The demonstration stands: {fleet.connections} connections in {store.folder}.")
        return
    concerned = {special.connection for special in fleet.specials if special.connection is not None}
    store.plan(fleet, {connection: number_of(fleet, connection) for connection in concerned})
    write_network(fleet, store.network, register_at_change(fleet))
    upay("db", "upgrade")
    upay("network", "load", str(store.network))
    with ThreadPoolExecutor(1) as beside:
        # Persons and key need the network alone, and mostly wait for a process to start: beside the heavy work.
        admitted = beside.submit(_admit_together, fleet, store, upay)
        _make_history(fleet, store)
        # First the events, so that the power failures among them explain the readings they cost.
        upay("events", "backfill", str(store.events), "--source", "demo")
        upay("reads", "backfill", str(store.history), "--source", "demo")
        admitted.result()
    if months := months_in(fleet):
        with upay.together() as commands:
            make_bills(fleet, months, store.folder, commands)
    write(store.made, fleet.manifest())
    shutil.rmtree(store.history)
    store.events.unlink()


def _make_history(fleet: Fleet, store: Store) -> None:
    shutil.rmtree(store.history, ignore_errors=True)
    registers = Registers(fleet)
    with Progress(console=_screen, transient=not _screen.is_terminal) as progress:
        task = progress.add_task("Making readings", total=blocks_of(fleet))
        for rows in write_history(fleet, store.history, registers):
            progress.advance(task, rows)
        progress.update(task, completed=blocks_of(fleet))
    store.keep_registers(registers.standing)
    write_events(fleet, store.events)


def _admit_together(fleet: Fleet, store: Store, upay: "Product") -> None:
    with upay.together() as commands:
        _admit(fleet, store, commands)


def _admit(fleet: Fleet, store: Store, upay: Callable[..., str]) -> None:
    """Let four persons sign in (a plain home, one with panels, a family with three connections, a shop) and one of the
    staff for each role, and a head-end post."""
    sign_ins, names = [], names_of(fleet.seed, fleet.traits.shop[:LEAST].tolist())
    for kind, connections in PERSONS.items():
        name, mobile = names[connections[0]], mobile_of(connections[0])
        numbers = [number_of(fleet, connection) for connection in connections]
        upay("accounts", "enrol", mobile, name, *numbers, "--language", _LANGUAGES[kind])
        sign_ins.append({"kind": kind, "name": name, "mobile": mobile, "connections": numbers})
    for one in staff_of(fleet):
        bound = ("--zone", one.zone) if one.zone else ()
        upay("staff", "enrol", one.mobile, one.name, one.role, *bound, "--language", one.language)
        upay("accounts", "authenticator", one.mobile)
        told = {"kind": one.role, "name": one.name, "mobile": one.mobile, "connections": []}
        sign_ins.append(told | {"zone": one.zone, "opens": one.opens})
    write(store.sign_ins, sign_ins)
    if not store.key.is_file():
        issued = json.loads(upay("keys", "issue", "demo-headend", "--json"))
        write(store.key, issued["key"], mode=0o600)


class Product:
    """The product that stands beside this one, for the installation in `var`: called with a command, it runs it."""

    def __init__(self, var: Path, pack: str) -> None:
        self.environment = os.environ | {"UPAY_VAR": str(var), "UPAY_PACK": pack, "UPAY_DEMO": "1"}

    def together(self) -> AbstractContextManager[Batch]:
        """Runs one command after another in one process: for many small ones, whose cost is the start."""
        return batch(self.environment)

    def __call__(self, *command: str) -> str:
        """Run a command and return what it printed. Raises MakeFailed."""
        done = subprocess.run(  # noqa: S603
            [str(Path(sys.executable).with_name("upay")), *command],
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            _screen.print(done.stdout, markup=False)
            raise MakeFailed(" ".join(("upay", *command[:2])))
        return done.stdout
