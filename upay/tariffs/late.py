"""Late payment surcharge: what an overdue amount costs, month by month."""
from fractions import Fraction

from upay.tariffs.schedule import Schedule
from upay.tariffs.shares import half_up


def late_percent(schedule: Schedule, month: int) -> int:
    """The surcharge of the month-th month overdue (from 1), in 1/100 %; 0 where the tariff has none."""
    if month < 1:
        raise ValueError("months overdue count from 1")
    passed = 0
    for step in schedule.lpsc:
        passed += step.months or 0
        if step.months is None or month <= passed:
            return step.percent
    return 0


def late_surcharge(schedule: Schedule, principal_paise: int, month: int) -> int:
    """The surcharge of one month on what is overdue, paise ≥ 0, half up. Nothing is charged on a credit.

    principal_paise: without surcharges of earlier months: none is charged on another.
    """
    return half_up(Fraction(max(0, principal_paise) * late_percent(schedule, month), 10_000))
