"""`INSERT … ON CONFLICT` for whichever database is in use: the one statement that settles a race between processes."""
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_into(session: Session, table: type[SQLModel]) -> Any:
    """An INSERT of the session's own database that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_for(session.get_bind().dialect.name, table)


def insert_for(engine: str, table: type[SQLModel]) -> Any:
    """The same by the engine's name, for statements that are built once."""
    return (sqlite if engine == "sqlite" else postgresql).insert(table)
