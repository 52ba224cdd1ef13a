"""Finding meters by their serial."""
import numpy as np
import polars as pl
import pytest

from upay.db import session
from upay.network import Meter, bump_registry, registry


@pytest.fixture
def stored(database):
    """A way to put meters into the installation."""

    def put(serials):
        with session() as db:
            db.add_all(Meter(serial=serial) for serial in serials)
            bump_registry(db)
        return registry()

    return put


def test_each_serial_is_found_as_it_is_written_and_no_other(stored):
    held = stored([f"M{number}" for number in range(500)])
    asked = pl.Series(["M7", "m7", " M7", None, "", "M499", "M500"])
    places = held.locate(asked)
    assert [held.serial[int(place)] if place >= 0 else None for place in places] == [
        *("M7", None, None, None, None, "M499", None)
    ]
    assert (held.locate(held.serial) == np.arange(500)).all()


def test_an_empty_registry_knows_nobody(stored):
    assert (stored([]).locate(pl.Series(["A", None])) == -1).all()


def test_serials_that_share_slot_and_mark_are_told_apart(stored):
    # Two meters have 8 slots (3 bits) and marks of 32 bits. Of 1,000,000 serials about
    # 1,000,000² / 2 / 2³⁵ ≈ 15 pairs share both.
    serials = pl.Series([f"S{number}" for number in range(1_000_000)])
    hashes = serials.hash(seed=0)
    shared = hashes // 2**32 * 8 + hashes % 8
    one, other = serials.filter(shared == shared.filter(shared.is_duplicated())[0])[:2]

    assert list(stored([one]).locate(pl.Series([one, other]))) == [0, -1]
    assert list(stored([other]).locate(pl.Series([other, one]))) == [1, 0]
