"""The small town of `town.py`, on either database or on SQLite alone."""
import pytest

from tests.upay.metering.intake.town import build_town


@pytest.fixture
def town(database):
    """On SQLite and on PostgreSQL."""
    build_town()
    return database


@pytest.fixture
def lite_town(sqlite):
    """On SQLite, where the database does not matter."""
    build_town()
