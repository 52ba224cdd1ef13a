"""Past months of the fleet billed and paid, through the product's own commands, a month after the other.

Most people pay in full within days, some late or in part, some hardly ever: so every screen has something to show.
"""
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from demo.noise import noise, uniform
from demo.plan import Fleet
from demo.seasons import date_of

# Shares of the consumers: who pays within days, late, in part; the others hardly ever do.
_PROMPT, _LATE, _PARTLY = 0.82, 0.91, 0.96
_MODES = ("cash", "upi", "neft")
# The queue of the last cycles is left to the officer; older ones were dealt with.
_LEFT_OPEN = 2


class Batch:
    """One process of the product that runs command after command."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def __call__(self, *command: str) -> str:
        """Run one command and return what it printed. Raises RuntimeError when it fails."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(" ".join(f'"{word}"' for word in command) + "\n")
        self._process.stdin.flush()
        told: list[str] = []
        for line in self._process.stdout:
            if line.startswith('{"ended": '):
                if json.loads(line)["ended"]:
                    break
                return "".join(told)
            told.append(line)
        raise RuntimeError(f"upay {' '.join(command)}: {''.join(told)}")


@contextmanager
def batch(environment: dict[str, str]) -> Iterator[Batch]:
    """`upay batch`, ended with the block."""
    command = [str(Path(sys.executable).with_name("upay")), "batch"]
    with subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Batch(process)
        assert process.stdin is not None
        process.stdin.close()


def make_bills(fleet: Fleet, months: list[date], folder: Path, upay: Batch) -> None:
    """Bill these months in their order, and have people pay. folder: for the files of receipts."""
    until = date_of(fleet.until_day)
    for turn, month in enumerate(months):
        name = f"{month:%Y-%m}"
        upay("bill", "run", "--cycle", name, "--as-scheduled", "--json")
        if turn < len(months) - _LEFT_OPEN:
            upay("bill", "approve", "--cycle", name, "--reason", "Seen at the counter", "--as-scheduled")
        bills = json.loads(upay("bill", "list", "--cycle", name, "--json"))
        paid = folder / f"receipts-{name}.csv"
        if _write_receipts(fleet, paid, name, turn, bills, until):
            upay("ledger", "receive", str(paid), "--json")
        paid.unlink()


def months_in(fleet: Fleet) -> list[date]:
    """The calendar months that lie in history as a whole and were issued before its end; their first days."""
    first, end = date_of(fleet.first_day), date_of(fleet.until_day)
    month = first if first.day == 1 else (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    found: list[date] = []
    while (following := (month + timedelta(days=32)).replace(day=1)) < end:
        found.append(month)
        month = following
    return found


def _write_receipts(
    fleet: Fleet, path: Path, month: str, turn: int, bills: list[dict[str, Any]], until: date
) -> int:
    """What people paid towards a month's bills. Returns how many did."""
    places = np.arange(len(bills))
    manner = uniform(noise(fleet.seed, "manner of paying", places))
    chance = uniform(noise(fleet.seed, f"payment {turn}", places))
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("receipt", "connection", "amount", "date", "mode"))
        for bill, kind, luck in zip(bills, manner.tolist(), chance.tolist(), strict=True):
            paise = _paid(bill, kind, luck)
            days = 3 + int(luck * 10) + (20 if _PROMPT <= kind < _LATE else 0)
            on = min(date.fromisoformat(bill["issued_on"]) + timedelta(days=days), until - timedelta(days=1))
            if paise <= 0:
                continue
            count += 1
            receipt = f"D{month.replace('-', '')}-{count:06d}"
            mode = _MODES[int(luck * 29) % len(_MODES)]
            writer.writerow((receipt, bill["connection"], f"{paise // 100}.{paise % 100:02d}", on.isoformat(), mode))
    return count


def _paid(bill: dict[str, Any], kind: float, luck: float) -> int:
    """How much somebody pays, paise: a prepaid consumer recharges about what a month costs."""
    if bill["prepaid"]:
        return round(bill["current_paise"] * (0.9 + 0.35 * luck) / 10_000) * 10_000 if kind < _PARTLY else 0
    if kind < _LATE:
        return int(bill["payable_paise"])
    if kind < _PARTLY:
        return int(bill["payable_paise"]) // 200 * 100
    return int(bill["payable_paise"]) if luck > 0.85 else 0
