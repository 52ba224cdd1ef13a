"""Alembic's entry: runs the migrations on the database of this installation, all or none, one process at a time."""
from alembic import context

from upay.db import engine
from upay.migrations import metadata

_LOCK = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(5841)"}

with engine().connect() as connection:
    dialect = connection.dialect.name
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        compare_type=True,
        transactional_ddl=True,
        render_as_batch=dialect == "sqlite",
    )
    with context.begin_transaction():
        connection.exec_driver_sql(_LOCK[dialect])
        context.run_migrations()
    connection.commit()
