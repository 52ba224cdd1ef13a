"""What the home page says of a connection: today block by block, the month so far, the last thirty days, the meter."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from upay.clock import day_of
from upay.metering import usage
from upay.metering.history import Row, history
from upay.metering.models import LiveReading
from upay.metering.span import Span, span
from upay.packs import pack

_DAYS_SHOWN = 30


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
    """The home page's figures of one connection at `now`."""
    now_s = int(now.timestamp())
    today = day_of(now)
    shown = history(session, connection_id, span("day", today), span("day", today).shifted(-1), now_s)
    month = _month(session, connection_id, today, now_s)
    recent = history(session, connection_id, Span("range", today - timedelta(days=_DAYS_SHOWN - 1), today), None, now_s)
    whole = [row.wh for row in recent.rows[:-1] if row.wh is not None]
    read = [row for row in shown.rows if row.wh is not None]
    live = usage.live_of(session, connection_id)
    last_read_s = usage.last_read_s(session, connection_id)
    heard_s = max([last_read_s or 0, live.at_s if live else 0])
    limit = pack().row("vee", today)["reporting_hours"] * 3600
    return Overview(
        day=today,
        today=shown.rows,
        today_wh=shown.total_wh,
        export_today_wh=shown.export_wh,
        yesterday_wh=sum(row.vs for row in read if row.vs is not None) if any(row.vs for row in shown.rows) else None,
        month_wh=month[0],
        month_before_wh=month[1],
        days=recent.rows,
        mean_wh=sum(whole) // len(whole) if whole else None,
        last_read_s=last_read_s,
        reporting=now_s - heard_s <= limit,
        live=live,
    )


def _month(session: Session, connection_id: int, today: date, now_s: int) -> tuple[int, int | None]:
    """The month to date, and the same number of days of last month (None when it has none of them)."""
    whole = span("month", today)
    before = whole.shifted(-1)
    so_far = history(session, connection_id, Span("range", whole.first, today), None, now_s)
    last = min(before.first + (today - whole.first), before.last)
    earlier = history(session, connection_id, Span("range", before.first, last), None, now_s)
    known = any(row.wh is not None for row in earlier.rows)
    return so_far.total_wh, earlier.total_wh if known else None
