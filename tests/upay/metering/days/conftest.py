"""The homes of `fleet.py`, on either database or on SQLite alone."""
import pytest

from tests.upay.metering.days.fleet import build


@pytest.fixture
def fleet(database):
    """On SQLite and on PostgreSQL."""
    build()


@pytest.fixture
def lite(sqlite):
    """On SQLite, where the database does not matter."""
    build()
