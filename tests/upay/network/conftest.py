import pytest
from sqlmodel import SQLModel

import upay.accounts.models
import upay.metering.models
import upay.network.models
import upay.work.models  # noqa: F401 - the tables register themselves
from upay import db
from upay.network import forget
from upay.settings import settings


@pytest.fixture(autouse=True)
def database(tmp_path, monkeypatch):
    """An empty SQLite database of the test's own."""
    monkeypatch.setenv("UPAY_VAR", str(tmp_path))
    monkeypatch.delenv("UPAY_DATABASE_URL", raising=False)
    settings.cache_clear()
    db.engine.cache_clear()
    forget()
    SQLModel.metadata.create_all(db.engine())
    yield
    db.engine().dispose()
    db.engine.cache_clear()
    settings.cache_clear()
    forget()
