"""The registry: every meter at hand in memory, so that a batch of reads is placed without a query.

Arrays stand in the order of meter ids. A serial is found through an open-addressing table of 64-bit hashes and then
compared in full, so a collision can never place a read on the wrong meter.
"""
import threading
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sqlalchemy import text

from upay.bulk import bulk
from upay.db import engine
from upay.network.models import MeterKind
from upay.settings import settings

_PLACE = np.uint64(2**32 - 1)
_VERSION = "SELECT value FROM counter WHERE name = 'registry'"
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
    _slots: NDArray[np.uint64]

    def locate(self, serials: pl.Series) -> NDArray[np.int64]:
        """Where each serial's meter stands in the arrays, or -1. serials: strings, nulls allowed. shape (n,)."""
        if not len(self.serial):
            return np.full(len(serials), -1, np.int64)
        wanted = serials.hash(seed=0).to_numpy()
        return self._search(serials, wanted, wanted.astype(np.int64) & (len(self._slots) - 1))

    def _search(
        self, serials: pl.Series, wanted: NDArray[np.uint64], slot: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Look for each serial from its slot on, until its meter or a free slot is met. wanted: the serials' hashes."""
        mask = len(self._slots) - 1
        entry = self._slots[slot]
        astray = np.flatnonzero(_is_other(entry, wanted))
        while len(astray):
            slot[astray] = (slot[astray] + 1) & mask
            entry[astray] = self._slots[slot[astray]]
            astray = astray[_is_other(entry[astray], wanted[astray])]
        place = (entry & _PLACE).astype(np.int64) - 1
        same = (self.serial.gather(np.maximum(place, 0)) == serials).fill_null(False).to_numpy()
        alike = np.flatnonzero(~same & (place >= 0))
        place[~same] = -1
        if len(alike):  # another serial's hash has the same upper half: theirs may stand further on
            place[alike] = self._search(serials.gather(alike), wanted[alike], (slot[alike] + 1) & mask)
        return place

    def place(self, meter_ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where each meter id stands in the arrays; the ids must exist."""
        return np.searchsorted(self.meter_id, meter_ids)


_held: tuple[str, Registry] | None = None
_building = threading.Lock()


def registry() -> Registry:
    """The registry as the database has it now: one tiny query when nothing changed, a full read when it did."""
    global _held
    if (held := _current()) is not None:
        return held
    with _building:
        if (held := _current()) is not None:
            return held
        with bulk() as db:
            counted = db.read(_VERSION)
            built = _build(int(counted["value"][0]) if len(counted) else 0, db.read(_METERS))
        _held = (settings().url, built)
    return built


def forget() -> None:
    """Drop what is held, as when tests change the database under it."""
    global _held
    _held = None


def _current() -> Registry | None:
    """What is held, if the database has not moved on since."""
    held = _held
    if held is None or held[0] != settings().url:
        return None
    with engine().connect() as connection:
        version = connection.execute(text(_VERSION)).scalar() or 0
    return held[1] if held[1].version == version else None


def _build(version: int, rows: pl.DataFrame) -> Registry:
    def numbers(name: str, kind: type) -> NDArray:  # type: ignore[type-arg]
        return rows[name].cast(pl.Int64).fill_null(-1).to_numpy().astype(kind)

    serial = rows["serial"].cast(pl.String)
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
        is_dtr=(rows["kind"].cast(pl.String) == MeterKind.DTR).to_numpy(),
        has_solar=numbers("has_solar", np.int64) == 1,
        _slots=_address(serial.hash(seed=0).to_numpy()),
    )


def _address(hashes: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The open-addressing table, a quarter full at most: slot → the hash's upper half and the place from 1; 0 is free.

    Hash and place lie side by side, so that one look into the memory finds both. A round lets one meter into each free
    slot.
    """
    size = 1 << max(1, (4 * len(hashes) - 1).bit_length())
    slots = np.zeros(size, np.uint64)
    entries = hashes & ~_PLACE | np.arange(1, len(hashes) + 1, dtype=np.uint64)
    waiting = np.arange(len(hashes))
    slot = hashes.astype(np.int64) & (size - 1)
    while len(waiting):
        free = slots[slot] == 0
        slots[slot[free]] = entries[waiting[free]]
        left = slots[slot] != entries[waiting]
        waiting, slot = waiting[left], (slot[left] + 1) & (size - 1)
    return slots


def _is_other(entry: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Whether a slot is taken by a meter of another hash."""
    return (entry != 0) & ((entry ^ wanted) > _PLACE)
