"""A tariff as it stands on a day: every rate that prices a period, exact, hashed, with where it comes from.

Rates are integers: 1/100 paisa per kWh, per kW and month, per connection and month; shares are 1/100 of a percent.
Energies and thresholds are Wh of a whole month, loads W. A class or band without an upper end has `upto` None.
"""
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache

from pydantic import TypeAdapter

from upay.packs import Band

_TOLD_ONLY = ("last", "name", "sources")

ORDER = ("energy", "tod", "fixed", "excess", "fppas", "duty", "subsidy", "prepaid", "online", "solar")
"""The kinds of lines in the order in which they are computed and printed; a share may only be taken of earlier ones."""


@dataclass(frozen=True)
class Slab:
    """A telescopic slab of a month's energy: what lies above `over_wh` and up to `upto_wh` costs `rate`."""

    over_wh: int
    upto_wh: int | None
    rate: int


@dataclass(frozen=True)
class EnergyClass:
    """The slabs of connections whose sanctioned load is at most `upto_w`."""

    upto_w: int | None
    slabs: tuple[Slab, ...]


@dataclass(frozen=True)
class LoadRate:
    """A fixed charge per kW and month for loads up to `upto_w`."""

    upto_w: int | None
    rate: int


@dataclass(frozen=True)
class FixedByLoad:
    """Per kW of sanctioned load, rounded up to whole steps of `step_w`."""

    step_w: int
    classes: tuple[LoadRate, ...]


@dataclass(frozen=True)
class UseBand:
    """A fixed charge by the month's energy: a flat one per connection, or one per step of the derived load."""

    upto_wh: int | None
    per_connection: int
    per_step: int


@dataclass(frozen=True)
class FixedByUse:
    """The load follows use: every `step_wh` of a month, or part of it, counts as `step_w`."""

    step_wh: int
    step_w: int
    bands: tuple[UseBand, ...]


@dataclass(frozen=True)
class Kvah:
    """From this sanctioned load on energy is billed in kVAh; where none was measured, kWh / power factor (1/100)."""

    from_w: int
    power_factor: int


@dataclass(frozen=True)
class TodClass:
    """What a time-of-day band adds to the energy charge of its units: band key → 1/100 %, for loads up to `upto_w`."""

    upto_w: int | None
    percent: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Share:
    """A percentage (1/100 %) of the sum of lines."""

    on: tuple[str, ...]
    percent: int


@dataclass(frozen=True)
class Fppas:
    """The surcharge by month, as (YYYY-MM, 1/100 %); a month that is not there has none."""

    on: tuple[str, ...]
    months: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class DutyBand:
    """The duty's percentage for months up to `upto_wh`."""

    upto_wh: int | None
    percent: int


@dataclass(frozen=True)
class Duty:
    """Electricity duty: the whole base at the percentage of the band that the month's energy falls into."""

    on: tuple[str, ...]
    bands: tuple[DutyBand, ...]


@dataclass(frozen=True)
class Subsidy:
    """A month of at most `month_upto_wh` pays `pays_paise` for its first `first_wh`; the government pays the rest."""

    name: str
    month_upto_wh: int
    first_wh: int
    pays_paise: int


@dataclass(frozen=True)
class PerUnit:
    """A rebate per unit."""

    rate: int


@dataclass(frozen=True)
class Online:
    """The rebate for paying online: a share of the bill between bounds (paise)."""

    on: tuple[str, ...]
    percent: int
    least: int
    most: int


@dataclass(frozen=True)
class LateStep:
    """Late payment surcharge a month (1/100 %), for this many months; None: from then on."""

    months: int | None
    percent: int


@dataclass(frozen=True)
class Source:
    """Where a part of the tariff comes from, since when it holds, and how sure we are: A, B or C."""

    since: date
    source: str
    confidence: str


@dataclass(frozen=True)
class Otherwise:
    """Above this use or load a month is priced by another tariff altogether."""

    above_wh: int
    above_w: int
    schedule: "Schedule"


@dataclass(frozen=True)
class Schedule:
    """One tariff's rates in force together. first: since when; last: the day before something changes, if known.

    energy: what a unit costs.  The other parts are None where the tariff has none.  bands: of the day's hours, in
    the order of `periods`' band0_wh … band2_wh.  sources: by part.  name: language → name.
    """

    tariff_id: str
    pack: str
    category: str
    name: Mapping[str, str]
    first: date
    last: date | None
    energy: tuple[EnergyClass, ...]
    duty: Duty
    bands: tuple[Band, ...]
    sources: Mapping[str, Source]
    fixed: FixedByLoad | FixedByUse | None = None
    kvah: Kvah | None = None
    otherwise: Otherwise | None = None
    tod: tuple[TodClass, ...] = ()
    excess_times: int = 0
    fppas: Fppas | None = None
    subsidy: Subsidy | None = None
    prepaid: Share | PerUnit | None = None
    online: Online | None = None
    lpsc: tuple[LateStep, ...] = ()
    settle_rate: int | None = None

    @cached_property
    def version(self) -> str:
        """Names these very rates for ever: the tariff, since when, and a hash of everything that prices."""
        told = json.loads(self.content)
        for name in _TOLD_ONLY:
            del told[name]
        if self.otherwise:
            told["otherwise"]["schedule"] = self.otherwise.schedule.version
        canonical = json.dumps(told, sort_keys=True, separators=(",", ":"))
        return f"{self.tariff_id}@{self.first:%Y-%m-%d}.{hashlib.sha256(canonical.encode()).hexdigest()[:10]}"

    @cached_property
    def content(self) -> str:
        """The whole schedule as JSON: kept with the bills that were priced by it, so that they can be replayed."""
        return _adapter().dump_json(self).decode()


def from_content(content: str) -> Schedule:
    """The schedule that `content` was taken of."""
    return _adapter().validate_json(content)


@lru_cache
def _adapter() -> TypeAdapter[Schedule]:
    return TypeAdapter(Schedule)
