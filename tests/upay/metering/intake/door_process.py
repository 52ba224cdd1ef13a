"""A door in a process of its own: takes batch after batch and says each answer, until it is killed."""
import os
from itertools import count
from multiprocessing.connection import Connection

from tests.upay.metering.intake.town import HALF_HOUR, TEN_S, row, send


def door(life: int, environment: dict[str, str], said: Connection) -> None:
    """Take the batches of one life, each under its own key."""
    os.environ.update(environment)
    for number in count():
        key = f"{life}-{number}"
        said.send((key, send(rows_of(life, number), "parquet", key=key)))


def rows_of(life: int, number: int) -> list[dict]:
    """A batch: 300 blocks of A, numbered through in their Wh, and one row that nobody can take."""
    first = TEN_S - HALF_HOUR * 300 * (number + 1 + 20 * life)
    blocks = [row("A", None, wh=n, start_s=first + HALF_HOUR * n) for n in range(300)]
    return [*blocks, row("X", None, start_s=TEN_S)]
