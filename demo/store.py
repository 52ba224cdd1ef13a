"""Where the demonstration keeps what it must remember: files below `var/demo`, each written whole or not at all."""
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demo.plan import SLOTS, Fleet, Special
from demo.seasons import date_of


class Store:
    """The demonstration's own folder."""

    def __init__(self, var: Path) -> None:
        self.folder = var / "demo"
        self.network, self.history = self.folder / "network", self.folder / "history"
        self.events = self.folder / "past-events.csv"
        self.key, self.sign_ins = self.folder / "headend.key", self.folder / "sign-ins.json"
        self.progress, self.made = self.folder / "headend.json", self.folder / "made.json"
        self._fleet, self._registers = self.folder / "fleet.json", self.folder / "registers.npy"

    def fleet(self) -> Fleet | None:
        """The fleet that was planned here, if any."""
        planned = read(self._fleet)
        return Fleet(**planned["fleet"]) if planned else None

    def plan(self, fleet: Fleet, numbers: dict[int, str]) -> None:
        """Keep the fleet and its special cases (the manifest). numbers: of the connections concerned."""
        specials = [_told(fleet, special, numbers) for special in fleet.specials]
        write(self._fleet, {"fleet": fleet.manifest(), "specials": specials})

    def registers(self) -> NDArray[np.int64]:
        """Every meter's register at the end of history."""
        return np.load(self._registers)

    def keep_registers(self, standing: NDArray[np.int64]) -> None:
        """Keep the registers as they stand at the end of history."""
        partial = self._registers.with_suffix(".partial.npy")
        np.save(partial, standing)
        partial.replace(self._registers)


def read(path: Path) -> Any:
    """A JSON file's content; None when there is none."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def write(path: Path, content: object, mode: int = 0o644) -> None:
    """Write a JSON file (a string as it is) so that a reader sees the old or the new one, never half of either."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.touch(mode=mode)
    partial.chmod(mode)
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
    partial.write_text(text, "utf-8")
    partial.replace(path)


def _told(fleet: Fleet, special: Special, numbers: dict[int, str]) -> dict[str, object]:
    """A special case for the manifest; `to` is empty while it goes on. Times are IST."""
    told: dict[str, object] = {"kind": special.kind, "from": _time(special.first), "to": None}
    if special.end < 48 * (fleet.until_day + 1):
        told["to"] = _time(special.end)
    if special.connection is not None:
        told |= {"number": numbers[special.connection], "meter": fleet.serial(special.connection)}
    if special.kind == "meter_change":
        told["new_meter"] = fleet.serial(special.connection or 0, changed=True)
    if special.dtr is not None:
        told["dtr_meter"] = fleet.dtr_serial(special.dtr)
    return told


def _time(slot: int) -> str:
    minutes = slot % SLOTS * 30
    return f"{date_of(slot // SLOTS)}T{minutes // 60:02d}:{minutes % 60:02d}:00+05:30"
