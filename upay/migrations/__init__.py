"""The database's form and its history: bring a database up to date, say where it stands, prove that nothing drifted."""
import pkgutil
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData
from sqlmodel import SQLModel

import upay
from upay.db import engine


def metadata() -> MetaData:
    """Every table that the folders of `upay` declare in a `models` module."""
    for folder in pkgutil.iter_modules(upay.__path__, "upay."):
        if folder.ispkg and find_spec(f"{folder.name}.models"):
            import_module(f"{folder.name}.models")
    return SQLModel.metadata


def upgrade(revision: str = "head") -> None:
    """Bring the database of this installation up to a revision. What has been done already is left alone."""
    command.upgrade(_config(), revision)


def revise(message: str) -> None:
    """Write a new migration from what the models have and the database has not: for developers."""
    script = ScriptDirectory.from_config(_config())
    command.revision(_config(), message, autogenerate=True, rev_id=f"{len(list(script.walk_revisions())) + 1:04d}")


def current() -> tuple[str | None, str | None]:
    """The revision at which the database stands, and the latest there is."""
    with engine().connect() as connection:
        stands = MigrationContext.configure(connection).get_current_revision()
    return stands, ScriptDirectory.from_config(_config()).get_current_head()


def drift() -> list[Any]:
    """What would have to change in the database to match the models, in Alembic's words; empty when they agree."""
    with engine().connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata()))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "upay:migrations")
    return config
