"""The migrations and the models say the same on both databases."""
import subprocess
import sys

import pytest
from sqlalchemy import inspect, text

from upay import migrations
from upay.db import engine


def test_a_migrated_database_has_exactly_what_the_models_declare(database):
    assert migrations.drift() == []


def test_a_column_that_nobody_declared_is_seen(database):
    with engine().begin() as connection:
        connection.execute(text("ALTER TABLE zone ADD COLUMN stray INTEGER"))
    assert [(change[0], change[3].name) for change in migrations.drift()] == [("remove_column", "stray")]


def test_upgrading_twice_changes_nothing(database):
    before = migrations.current()
    migrations.upgrade()
    assert migrations.current() == before
    assert before[0] == before[1]


def test_every_constraint_has_a_name(database):
    tables = inspect(engine())
    nameless = [
        (table, kind)
        for table in tables.get_table_names()
        for kind, constraints in {
            "primary": [tables.get_pk_constraint(table)],
            "foreign": tables.get_foreign_keys(table),
            "unique": tables.get_unique_constraints(table),
        }.items()
        for constraint in constraints
        if not constraint["name"] and table != "alembic_version"
    ]
    assert nameless == []


_DIES_AT_THE_20TH_STATEMENT = """
import os
from sqlalchemy import event
from upay import migrations
from upay.db import engine

seen = []

@event.listens_for(engine(), "before_cursor_execute")
def count(*_):
    seen.append(1)
    if len(seen) == 20:
        os.kill(os.getpid(), 9)

migrations.upgrade()
"""


@pytest.mark.usefixtures("home")
def test_an_upgrade_that_was_killed_is_done_again_from_its_start():
    killed = subprocess.run([sys.executable, "-c", _DIES_AT_THE_20TH_STATEMENT], capture_output=True, check=False)
    assert killed.returncode == -9
    migrations.upgrade()
    assert migrations.drift() == []
