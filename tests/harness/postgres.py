"""A PostgreSQL cluster for one test run: made in a temporary folder, durable in nothing, gone afterwards."""
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

from tests.harness.commands import begin, end, found, free_port, owner, unprivileged, until

_QUICK = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60"}


class Cluster:
    """A running cluster. Databases are copies of one another, which is quicker than making them anew."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = count(1)

    def url(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://upay@127.0.0.1:{self._port}/{name}"

    def create(self, template: str = "template1") -> str:
        """Make a database after a template and return its name. Nobody may be connected to the template."""
        name = f"upay_{next(self._numbers)}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            self._run("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, statement: str) -> None:
        where = f"host=127.0.0.1 port={self._port} user=upay dbname=postgres connect_timeout=2"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]


@contextmanager
def cluster(options: Mapping[str, str] = _QUICK) -> Generator[Cluster]:
    """Make a cluster, run it, and remove it afterwards. Needs `initdb` and `postgres`.

    options: what it is told at the start; without any it is as durable as in service.
    """
    folder = Path(tempfile.mkdtemp(prefix="upay-postgres-"))
    if not os.geteuid():
        os.chown(folder, owner(), -1)
    data, port = folder / "data", free_port()
    initdb = [str(found("initdb")), "-D", str(data), "-U", "upay", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]
    subprocess.run([*unprivileged(), *initdb], check=True, capture_output=True, cwd=folder)
    settings = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    address = ["-p", str(port), "-h", "127.0.0.1", "-k", str(folder)]
    command = [*unprivileged(), str(found("postgres")), "-D", str(data), *address, *settings]
    log = folder / "log"
    server = begin(command, log, cwd=folder)
    try:
        running = Cluster(port)
        until(running.answers, 30, log.read_text)
        yield running
    finally:
        end(server, signal.SIGINT)  # on SIGTERM PostgreSQL waits for its clients
        shutil.rmtree(folder, ignore_errors=True)
