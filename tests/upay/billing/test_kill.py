"""A run that is killed, at whatever moment, and begun again makes the same bills, each once; so do two runs at once."""
import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from datetime import date

import pytest
from sqlalchemy import text

from tests.upay.billing.town import NOV, build, closed, used
from upay.db import engine

HOMES = 60
_RUN = """
import sys
from datetime import UTC, datetime
from upay.billing import Asked, cycle, shard

shard.CONNECTIONS_A_SHARD = cycle.CONNECTIONS_A_SHARD = 6
print("ready", flush=True)
cycle.run_cycle(datetime(2025, 11, 1).date(), None, datetime(2026, 3, 2, 6, tzinfo=UTC), Asked(as_scheduled=True))
print("done", flush=True)
"""
_TABLES = {
    "bill": "SELECT * FROM bill ORDER BY id",
    "billpart": "SELECT * FROM billpart ORDER BY bill_id, part",
    "billline": "SELECT * FROM billline ORDER BY bill_id, position",
    "billexception": "SELECT id, code, units_wh, state FROM billexception ORDER BY id",
    "posting": "SELECT e.key, e.at_s, p.account, p.connection_id, p.paise FROM posting p"
    " JOIN ledgerentry e ON e.id = p.entry_id ORDER BY e.key, p.account",
    "accountbalance": "SELECT connection_id, account, paise FROM accountbalance ORDER BY connection_id, account",
    "billingrun": "SELECT cycle, zone_id, state, billed, exceptions, current_paise, payable_paise FROM billingrun"
    " ORDER BY zone_id",
}


@pytest.fixture
def town(database):
    build(HOMES)
    last = date(2025, 11, 30)
    used({home: home * 12_000 for home in range(1, HOMES + 1)}, NOV, last)
    closed(NOV, last)


def start() -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", _RUN], env=os.environ, stdout=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> None:
    told, _ = process.communicate(timeout=120)
    assert "done" in told
    assert process.returncode == 0


def tables() -> dict[str, list[tuple[object, ...]]]:
    with engine().connect() as connection:
        return {name: [tuple(row) for row in connection.execute(text(asked))] for name, asked in _TABLES.items()}


def forget_bills() -> None:
    """The same database without a bill, for the undisturbed run."""
    emptied = ["bill", "billpart", "billline", "billexception", "billingshard", "billingrun", "accountbalance"]
    with engine().begin() as connection:
        for name in emptied:
            connection.execute(text(f"DELETE FROM {name}"))


def test_killed_at_any_moment_and_run_again_it_makes_the_same_bills_once(town):
    chance = random.Random(1)
    kills = 0
    for _ in range(3):
        process = start()
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0.1, 1.2))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    finish(start())
    interrupted = tables()
    assert len(interrupted["bill"]) + len(interrupted["billexception"]) == HOMES
    assert kills
    again = start()
    finish(again)
    assert tables() == interrupted


def test_what_was_killed_equals_what_was_not(town):
    process = start()
    assert process.stdout is not None
    process.stdout.readline()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.6)
    process.kill()
    process.wait()
    finish(start())
    killed = tables()
    forget_bills()
    finish(start())
    undisturbed = tables()
    for name in ("bill", "billpart", "billline", "billexception"):
        assert [_without_run(name, row) for row in killed[name]] == [
            _without_run(name, row) for row in undisturbed[name]
        ], name


def _without_run(name: str, row: tuple[object, ...]) -> tuple[object, ...]:
    """A bill names its run, whose id is another one the second time."""
    return (*row[:2], *row[3:]) if name == "bill" else row


def test_two_runs_at_once_make_each_bill_once(town):
    both = [start(), start()]
    for process in both:
        finish(process)
    found = tables()
    assert len(found["bill"]) + len(found["billexception"]) == HOMES
    assert sum(row[3] for row in found["billingrun"]) == len(found["bill"])
    keys = {row[0] for row in found["posting"]}
    assert len(keys) == len({row[0] for row in found["bill"]})
    assert sum(row[4] for row in found["posting"]) == 0

