"""A street of two homes, on either database or on SQLite alone, and a way to write files."""
from datetime import UTC, datetime
from pathlib import Path

import pytest

from upay.db import session
from upay.network import Connection, Dtr, Feeder, Meter, MeterInstallation, Substation, Zone, bump_registry

NOW = datetime(2026, 3, 20, 4, 30, tzinfo=UTC)
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
ASHA, RAVI = "1048217730", "1048217731"


def build() -> None:
    """Asha's home with meter M1, Ravi's with meter M2, both since 2026."""
    with session() as db:
        named = {"code": "X", "name": "X", "name_hi": "X"}  # the ids that follow are 1, 2 … in an empty database
        for table, parent in ((Zone, {}), (Substation, {"zone_id": 1}), (Feeder, {"substation_id": 1})):
            db.add(table(**named, **parent))
            db.flush()
        db.add(Dtr(**named, feeder_id=1, capacity_kva=100))
        db.flush()
        for number, (home, name) in enumerate(((ASHA, "Asha"), (RAVI, "Ravi")), 1):
            about = {"consumer_name": name, "tariff_id": "up-lmv1-urban", "sanctioned_load_w": 5_000}
            db.add(Connection(number=home, dtr_id=1, **about))
            db.add(Meter(serial=f"M{number}"))
            db.flush()
            db.add(MeterInstallation(meter_id=number, connection_id=number, dtr_id=1, from_at=SINCE))
        bump_registry(db)


@pytest.fixture
def street(database):
    """On SQLite and on PostgreSQL."""
    build()


@pytest.fixture
def lite(sqlite):
    """On SQLite, where the database does not matter."""
    build()


@pytest.fixture
def written(tmp_path: Path):
    """Write a file and return its path."""

    def write(text: str | bytes, name: str = "readings.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write
