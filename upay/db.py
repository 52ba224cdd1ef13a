"""The database: one engine a process, sessions whose edge commits, SQLite set up to be durable."""
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache

from sqlalchemy import Engine, event
from sqlmodel import Session, create_engine

from upay.settings import settings


@lru_cache
def engine() -> Engine:
    """The engine of this process. Nothing is opened before first use, so forking after import is safe.

    Its errors hide the parameters: they are logged, and hold people's numbers and codes.
    """
    url = settings().url
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=10, max_overflow=10, hide_parameters=True)
    settings().var.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, connect_args={"check_same_thread": False, "timeout": 30}, hide_parameters=True)
    event.listen(made, "connect", _prepare_sqlite)
    return made


def _prepare_sqlite(connection, _record) -> None:  # type: ignore[no-untyped-def]
    """FULL makes a commit survive a power cut, which an acknowledgement promises.

    Recursive triggers let an INSERT OR REPLACE be refused like the DELETE that it is.
    """
    for pragma in (
        "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "recursive_triggers=ON"
    ):
        connection.execute(f"PRAGMA {pragma}")


@contextmanager
def session() -> Generator[Session]:
    """A session that commits when the block ends well and rolls back when it does not. Only edges open one."""
    with Session(engine(), expire_on_commit=False) as opened, opened.begin():
        yield opened
