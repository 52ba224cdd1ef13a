"""The HTTP application in this process, in the small town of the intake's tests."""
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.upay.metering.intake.town import NOW, build_town
from upay import clock
from upay.db import session
from upay.metering import intake
from upay_web.http.app import api, layers


@pytest.fixture
def web(sqlite) -> Iterator[TestClient]:
    """The application with its layers, at noon of the town's day; faults become answers, as they do behind a server."""
    build_town()
    whole = api
    for layer in layers:
        whole = layer(whole)
    with clock.at(NOW), TestClient(whole, raise_server_exceptions=False) as client:
        client.headers["Origin"] = "http://testserver"
        yield client


@pytest.fixture
def key(web) -> dict[str, str]:
    """The header of a head-end that may report everything."""
    with session() as db:
        return {"Authorization": f"Bearer {intake.issue(db, 'north', None, NOW)[1]}"}
