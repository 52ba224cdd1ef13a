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
    place.  yesterday_wh: yesterday's energy up to the same block.  month_before_wh: the same days of last month, if all
    are known.  reporting: whether the meter's last word is fresh enough by the pack.
    """

    day: date
    today: Bars
    yesterday: tuple[int | None, ...]
    today_wh: int
    export_today_wh: int
    yesterday_wh: int | None
    month_wh: int
    month_before_wh: int | None
    days: Bars
    mean_wh: int | None
    last_read_s: int | None
    reporting: bool
    live: LiveReading | None
    meter_ids: list[int]


def overview(session: Session, connection_id: int, now: datetime) -> Overview:
    """The home page's figures of one connection at `now`: made once per minute and version of the data, then held."""
    version = _version(session, now)
    made = _in_memory(connection_id, version)
    if made is None:
        made = _made(session, connection_id, now)
        _hold(connection_id, version, made)
    return _with_live(session, {connection_id: made}, now)[connection_id]


def held_overviews(session: Session, connection_ids: Collection[int], now: datetime) -> dict[int, Overview]:
    """Those of the connections' overviews that need no making: as `overview` would give them; others are left out."""
    version = _version(session, now)
    held = {number: made for number in connection_ids if (made := _in_memory(number, version))}
    return _with_live(session, held, now)


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


def _with_live(session: Session, made: dict[int, Overview], now: datetime) -> dict[int, Overview]:
    """What is live stays out of memory: it may change every few seconds."""
    live = usage.live_of_meters(session, {meter for each in made.values() for meter in each.meter_ids})
    found = dict(made)
    for number, each in made.items():
        words = [live[meter] for meter in each.meter_ids if meter in live]
        if words:
            last = max(words, key=lambda word: word.at_s)
            found[number] = replace(each, live=last, reporting=each.reporting or _fresh(last.at_s, now))
    return found


def _fresh(heard_s: int, now: datetime) -> bool:
    """Whether a meter last heard of at an instant counts as reporting."""
    return now.timestamp() - heard_s <= pack().row("vee", day_of(now))["reporting_hours"] * 3600


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
    same_days = Span("range", last_month.first, min(last_month.first + (today - month.first), last_month.last))
    month_before = [row.wh for row in day_rows(days, since, same_days, now_s) if row.wh is not None]
    thirty = day_rows(days, since, recent, now_s)
    whole = [row.wh for row in thirty[:-1] if row.wh is not None]
    last_read_s = usage.last_read_s(session, connection_id)
    return Overview(
        day=today,
        today=block_bars(shown),
        yesterday=tuple(row.vs for row in shown),
        today_wh=sum(row.wh or 0 for row in read),
        export_today_wh=sum(row.export_wh or 0 for row in read),
        yesterday_wh=sum(row.vs or 0 for row in read) if any(row.vs is not None for row in shown) else None,
        month_wh=sum(row.wh or 0 for row in this_month),
        month_before_wh=sum(month_before) if len(month_before) == same_days.days else None,
        days=day_bars(thirty),
        mean_wh=sum(whole) // len(whole) if whole else None,
        last_read_s=last_read_s,
        reporting=_fresh(last_read_s or 0, now),
        live=None,
        meter_ids=usage.meters_of(session, connection_id),
    )
