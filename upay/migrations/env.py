"""Alembic's entry: runs the migrations on the database of this installation."""
from alembic import context

from upay.db import engine
from upay.migrations import metadata

with engine().connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=metadata(),
        compare_type=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
