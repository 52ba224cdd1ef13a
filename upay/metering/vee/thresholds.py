"""The numbers that the checks and the ladder go by, as the pack has them on a day."""
from dataclasses import dataclass, fields
from datetime import date

from upay.packs import pack


@dataclass(frozen=True)
class Thresholds:
    """One row of the pack's `vee` topic; units are in the names. See `upay/packs/central/vee.toml`."""

    drift_minutes: int
    max_load_ratio_warn: float
    max_amps: int
    max_volts: int
    ct_load_ratio_fail: float
    three_phase_from_w: int
    spike_ratio: float
    spike_min_wh: int
    sum_tolerance_wh: int
    sum_tolerance_ratio: float
    zero_earlier_wh_per_day: int
    zero_inspect_days: int
    stuck_blocks: int
    kvah_ratio: float
    export_without_solar_wh: int
    nominal_dv: int
    voltage_tolerance: float
    voltage_least_dv: int
    linear_gap_minutes: int
    like_day_gap_days: int
    like_days: int
    like_days_least: int
    like_day_lookback_days: int
    outage_lookback_days: int
    profile_w_per_kw: list[int]

    @classmethod
    def on(cls, day: date) -> "Thresholds":
        """The thresholds in force on a day. Raises Problem where the pack has none."""
        row = pack().row("vee", day)
        return cls(**{field.name: row[field.name] for field in fields(cls)})
