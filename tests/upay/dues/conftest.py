"""Connections to post for."""
from collections.abc import Callable

import pytest

from upay.db import session
from upay.network import Connection, Dtr, Feeder, Substation, Zone


@pytest.fixture
def connect() -> Callable[..., int]:
    """Make a connection and return its id; ids count from 1, numbers from 1048200001."""

    def make(prepaid: bool = False, mobile: str | None = "+919415000001") -> int:
        with session() as db:
            if db.get(Zone, 1) is None:
                names = {"code": "X", "name": "Civil Lines", "name_hi": "सिविल लाइन्स"}
                for row in (
                    Zone(**names),
                    Substation(zone_id=1, **names),
                    Feeder(substation_id=1, **names),
                    Dtr(feeder_id=1, capacity_kva=100, **names),
                ):
                    db.add(row)
                    db.flush()
            connection = Connection(
                number="", dtr_id=1, consumer_name="Asha Verma", tariff_id="up-lmv1-urban", sanctioned_load_w=2000,
                prepaid=prepaid, mobile=mobile,
            )
            db.add(connection)
            db.flush()
            assert connection.id is not None
            connection.number = str(1_048_200_000 + connection.id)
            return connection.id

    return make
