"""What the home page says of a connection: today block by block, the month so far, the last thirty days, the meter."""
import threading
from collections import OrderedDict
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from upay.clock import day_of
from upay.metering import usage
from upay.metering.bars import Bars, block_bars, day_bars
from upay.metering.history import block_rows, day_rows, paired
from upay.metering.models import LiveReading
from upay.metering.span import Span, span
from upay.packs import pack
from upay.settings import settings

_DAYS_SHOWN = 30
# Overviews held in memory, about 20 kB each: a page that opens or reloads finds its figures made.
_HELD_MOST = 2000
_held: "OrderedDict[tuple[str, int], tuple[tuple[str, int], Overview]]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Overview:
    """Wh, watts, decivolts, UTC seconds. None where nothing is known.

    today, days: to be drawn; today so far, the last thirty days.  yesterday: the energy of yesterday's blocks, place by
    place.  yesterday_wh: yesterday's energy up to the same block.  month_past_wh: of the month, what lies before today;
    month_before_wh: the same days of last month, if all are known.
    live_for_s, silent_after_s: the pack's ages of a reading that is no longer live, of a meter no longer reporting.
    """

    day: date
    today: Bars
    yesterday: tuple[int | None, ...]
    today_wh: int
    export_today_wh: int
    yesterday_wh: int | None
    month_wh: int
    month_past_wh: int
    month_before_wh: int | None
    days: Bars
    mean_wh: int | None
    last_read_s: int | None
    live_for_s: int
    silent_after_s: int
    live: LiveReading | None
    meter_ids: list[int]


def overview(session: Session, connection_id: int, now: datetime) -> Overview:
    """The home page's figures of one connection at `now`: made once per minute and version of the data, then held."""
    version = _version(session, now)
    made = _in_memory(connection_id, version)
    if made is None:
        made = _made(session, connection_id, now)
        _hold(connection_id, version, made)
    return _with_live(session, {connection_id: made})[connection_id]


def held_overviews(session: Session, connection_ids: Collection[int], now: datetime) -> dict[int, Overview]:
    """Those of the connections' overviews that need no making: as `overview` would give them; others are left out."""
    version = _version(session, now)
    held = {number: made for number in connection_ids if (made := _in_memory(number, version))}
    return _with_live(session, held)


def _version(session: Session, now: datetime) -> tuple[str, int]:
    return usage.data_version(session), int(now.timestamp()) // 60


def _in_memory(connection_id: int, version: tuple[str, int]) -> Overview | None:
    with _lock:
        held = _held.get((settings().url, connection_id))
    return held[1] if held and held[0] == version else None


def _hold(connection_id: int, version: tuple[str, int], made: Overview) -> None:
    key = (settings().url, connection_id)
    with _lock:
        _held[key] = (version, made)
        _held.move_to_end(key)
        while len(_held) > _HELD_MOST:
            _held.popitem(last=False)


def _with_live(session: Session, made: dict[int, Overview]) -> dict[int, Overview]:
    """What is live stays out of memory: it may change every few seconds."""
    live = usage.live_of_meters(session, {meter for each in made.values() for meter in each.meter_ids})
    found = dict(made)
    for number, each in made.items():
        words = [live[meter] for meter in each.meter_ids if meter in live]
        if words:
            found[number] = replace(each, live=max(words, key=lambda word: word.at_s))
    return found


def _made(session: Session, connection_id: int, now: datetime) -> Overview:
    """Blocks and days are each asked for once. Without what is live."""
    now_s, today = int(now.timestamp()), day_of(now)
    day, month = span("day", today), span("month", today)
    yesterday, last_month = day.shifted(-1), month.shifted(-1)
    recent = Span("range", today - timedelta(days=_DAYS_SHOWN - 1), today)
    since = usage.first_day(session, connection_id)
    blocks = usage.blocks(session, connection_id, yesterday.first, today)
    days = usage.days(session, connection_id, min(last_month.first, recent.first), today)

    shown = paired(block_rows(blocks, since, day, now_s), block_rows(blocks, since, yesterday, now_s))
    read = [row for row in shown if row.wh is not None]
    this_month = day_rows(days, since, Span("range", month.first, today), now_s)
    past = min(today - month.first, last_month.last - last_month.first + timedelta(days=1)).days
    same_days = day_rows(days, since, last_month, now_s)[:past]
    month_before = [row.wh for row in same_days if row.wh is not None]
    thirty = day_rows(days, since, recent, now_s)
    whole = [row.wh for row in thirty[:-1] if row.wh is not None]
    last_read_s = usage.last_read_s(session, connection_id)
    limits = pack().row("vee", today)
    return Overview(
        day=today,
        today=block_bars(shown),
        yesterday=tuple(row.vs for row in shown),
        today_wh=sum(row.wh or 0 for row in read),
        export_today_wh=sum(row.export_wh or 0 for row in read),
        yesterday_wh=sum(row.vs or 0 for row in read) if any(row.vs is not None for row in shown) else None,
        month_wh=sum(row.wh or 0 for row in this_month),
        month_past_wh=sum(row.wh or 0 for row in this_month[:past]),
        month_before_wh=sum(month_before) if month_before and len(month_before) == past else None,
        days=day_bars(thirty),
        mean_wh=sum(whole) // len(whole) if whole else None,
        last_read_s=last_read_s,
        live_for_s=60 * limits["live_minutes"],
        silent_after_s=3600 * limits["reporting_hours"],
        live=None,
        meter_ids=usage.meters_of(session, connection_id),
    )


def voltage_verdict(dv: int | None, day: date) -> str:
    """`low` or `high` where a voltage (decivolts) lies outside what the pack lets the supply be, else ""."""
    if not dv:
        return ""
    limits = pack().row("vee", day)
    allowed = limits["nominal_dv"] * limits["voltage_tolerance"]
    return "low" if dv < limits["nominal_dv"] - allowed else "high" if dv > limits["nominal_dv"] + allowed else ""
