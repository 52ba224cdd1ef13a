"""What the home page says of a connection: today block by block, the month so far, the last thirty days, the meter."""
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from upay.clock import day_of
from upay.metering import usage
from upay.metering.history import Row, block_rows, day_rows, paired
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

    yesterday_wh: yesterday's energy up to the same block.  month_before_wh: the same days of last month.
    reporting: whether the meter's last word is fresh enough by the pack.
    """

    day: date
    today: list[Row]
    today_wh: int
    export_today_wh: int
    yesterday_wh: int | None
    month_wh: int
    month_before_wh: int | None
    days: list[Row]
    mean_wh: int | None
    last_read_s: int | None
    reporting: bool
    live: LiveReading | None


def overview(session: Session, connection_id: int, now: datetime) -> Overview:
    """The home page's figures of one connection at `now`: made once per minute and version of the data, then held."""
    version = (usage.data_version(session, connection_id), int(now.timestamp()) // 60)
    key = (settings().url, connection_id)
    with _lock:
        held = _held.get(key)
    if held is None or held[0] != version:
        held = (version, _made(session, connection_id, now))
        with _lock:
            _held[key] = held
            _held.move_to_end(key)
            while len(_held) > _HELD_MOST:
                _held.popitem(last=False)
    live = usage.live_of(session, connection_id)
    found = replace(held[1], live=live)
    return replace(found, reporting=True) if live and _fresh(live.at_s, now) else found


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
        today=shown,
        today_wh=sum(row.wh or 0 for row in read),
        export_today_wh=sum(row.export_wh or 0 for row in read),
        yesterday_wh=sum(row.vs or 0 for row in read) if any(row.vs is not None for row in shown) else None,
        month_wh=sum(row.wh or 0 for row in this_month),
        month_before_wh=sum(month_before) if month_before else None,
        days=thirty,
        mean_wh=sum(whole) // len(whole) if whole else None,
        last_read_s=last_read_s,
        reporting=_fresh(last_read_s or 0, now),
        live=None,
    )
