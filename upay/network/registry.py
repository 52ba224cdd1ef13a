"""The registry: every meter at hand in memory, so that a batch of reads is placed without a query.

Arrays stand in the order of meter ids. A serial is found through a sorted array of 64-bit hashes and then compared in
full, so a collision can never place a read on the wrong meter.
"""
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from upay.bulk import bulk
from upay.network.models import MeterKind

_METERS = """
SELECT m.id AS meter_id, m.serial, m.kind, m.minutes, m.digits,
       i.connection_id, i.dtr_id, s.zone_id, c.sanctioned_load_w, c.has_solar
FROM meter m
LEFT JOIN meterinstallation i ON i.id = (SELECT max(id) FROM meterinstallation WHERE meter_id = m.id)
LEFT JOIN dtr d ON d.id = i.dtr_id
LEFT JOIN feeder f ON f.id = d.feeder_id
LEFT JOIN substation s ON s.id = f.substation_id
LEFT JOIN connection c ON c.id = i.connection_id
ORDER BY m.id
"""


@dataclass(frozen=True)
class Registry:
    """All meters, in the order of their ids; -1 stands for none.

    meter_id, connection_id, dtr_id, zone_id, minutes, load_w: shape (meters,), from each meter's latest installation.
    """

    version: int
    serial: pl.Series
    meter_id: NDArray[np.int64]
    connection_id: NDArray[np.int64]
    dtr_id: NDArray[np.int64]
    zone_id: NDArray[np.int64]
    minutes: NDArray[np.int16]
    digits: NDArray[np.int8]
    load_w: NDArray[np.int64]
    is_dtr: NDArray[np.bool_]
    has_solar: NDArray[np.bool_]
    _hashes: NDArray[np.uint64]
    _order: NDArray[np.int64]

    def locate(self, serials: pl.Series) -> NDArray[np.int64]:
        """Where each serial's meter stands in the arrays, or -1. serials: strings, nulls allowed. shape (n,)."""
        if not len(self._hashes):
            return np.full(len(serials), -1, np.int64)
        wanted = serials.hash(seed=0).to_numpy()
        at = np.searchsorted(self._hashes, wanted)
        at[at == len(self._hashes)] = 0
        place = self._order[at]
        same = (self._hashes[at] == wanted) & (self.serial.gather(place) == serials).fill_null(False).to_numpy()
        return np.where(same, place, -1)

    def place(self, meter_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where each meter id stands in the arrays; the ids must exist."""
        return np.searchsorted(self.meter_id, meter_ids)


_held: Registry | None = None


def registry() -> Registry:
    """The registry as the database has it now: one tiny query when nothing changed, a full read when it did."""
    global _held
    with bulk() as db:
        counted = db.read("SELECT value FROM counter WHERE name = 'registry'")
        version = int(counted["value"][0]) if len(counted) else 0
        if _held is None or _held.version != version:
            _held = _build(version, db.read(_METERS))
    return _held


def forget() -> None:
    """Drop what is held, as when tests change the database under it."""
    global _held
    _held = None


def _build(version: int, rows: pl.DataFrame) -> Registry:
    def numbers(name: str, kind: type) -> NDArray:  # type: ignore[type-arg]
        return rows[name].cast(pl.Int64).fill_null(-1).to_numpy().astype(kind)

    serial = rows["serial"].cast(pl.String)
    hashes = serial.hash(seed=0).to_numpy()
    order = np.argsort(hashes, kind="stable")
    return Registry(
        version=version,
        serial=serial,
        meter_id=numbers("meter_id", np.int64),
        connection_id=numbers("connection_id", np.int64),
        dtr_id=numbers("dtr_id", np.int64),
        zone_id=numbers("zone_id", np.int64),
        minutes=numbers("minutes", np.int16),
        digits=numbers("digits", np.int8),
        load_w=numbers("sanctioned_load_w", np.int64),
        is_dtr=(rows["kind"] == MeterKind.DTR).to_numpy(),
        has_solar=numbers("has_solar", np.int64) == 1,
        _hashes=hashes[order],
        _order=order.astype(np.int64),
    )
