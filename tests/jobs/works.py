"""Pieces of work for the tests, in a module that worker processes can import."""
import os
import time
from datetime import datetime
from pathlib import Path


def _note(line: str) -> None:
    file = os.open(Path(os.environ["NOTES"]), os.O_APPEND | os.O_CREAT | os.O_WRONLY)
    os.write(file, f"{line}\n".encode())
    os.close(file)


def note(slot: datetime, shard: int, now: datetime) -> int:
    """Write down the slot."""
    _note(f"{slot.isoformat()} {shard}")
    return 1


def slow(slot: datetime, shard: int, now: datetime) -> int:
    """Say that it began, take longer than a test waits, unless the file `quick` stands, and say that it ended."""
    _note(f"began {slot.isoformat()} {os.getpid()}")
    ends = time.monotonic() + 60
    while time.monotonic() < ends and not Path(os.environ["NOTES"]).with_name("quick").exists():
        time.sleep(0.05)
    _note(f"ended {slot.isoformat()} {os.getpid()}")
    return 1


def broken(slot: datetime, shard: int, now: datetime) -> int:
    """Fail."""
    raise ValueError("no such luck")


def dies(slot: datetime, shard: int, now: datetime) -> int:
    """End the process without a word, as when memory runs out."""
    os._exit(9)
