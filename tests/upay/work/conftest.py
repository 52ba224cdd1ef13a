"""A database of one's own for each test."""
import os

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

import upay.work.models  # noqa: F401
from upay import db
from upay.settings import settings


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request, tmp_path, monkeypatch):
    url = "" if request.param == "sqlite" else os.environ.get("UPAY_TEST_POSTGRES", "")
    if request.param == "postgres" and not url:
        pytest.skip("UPAY_TEST_POSTGRES names no server")
    monkeypatch.setenv("UPAY_VAR", str(tmp_path))
    monkeypatch.setenv("UPAY_DATABASE_URL", url)
    settings.cache_clear()
    db.engine.cache_clear()
    engine = db.engine()
    if url:
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    SQLModel.metadata.create_all(engine)
    yield request.param
    engine.dispose()
    settings.cache_clear()
    db.engine.cache_clear()
