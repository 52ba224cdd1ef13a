"""The mobile verification drive: which connections nobody can be told anything about, by zone.

A registered number is *verified* once a code sent to it has come back (`VerifiedMobile`): by a sign-in, or by an owner
who told a code. The register may change a number any day; it is the number that is verified, not the connection.
Counting and paging are one query each, over indexes, for hundreds of thousands of connections.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlmodel import Session, col

from upay.accounts.models import VerifiedMobile
from upay.network.models import Connection, Dtr, Feeder, Substation, Zone


class Reach(StrEnum):
    """Whether a message to a connection's registered number arrives."""

    NONE = "none"
    """No number is registered."""
    INVALID = "invalid"
    """What is registered cannot be an Indian mobile number."""
    UNVERIFIED = "unverified"
    """It may be right; no code has come back from it."""
    VERIFIED = "verified"


@dataclass(frozen=True)
class ZoneCount:
    """How a zone stands. by_reach: connections by Reach, all four named."""

    zone_id: int
    code: str
    name: str
    name_hi: str
    connections: int
    by_reach: dict[str, int]


@dataclass(frozen=True)
class Unreached:
    """A connection of the list."""

    connection_id: int
    number: str
    name: str
    address: str
    mobile: str
    reach: str
    zone: str
    zone_hi: str
    dtr: str


@dataclass(frozen=True)
class Wanted:
    """Which connections of the list. zones: the ids that may be seen, None for all.  zone, reach: "" for every one.

    search: the beginning of a consumer number, or a part of a name.  sort: number, name, zone, mobile.
    """

    zones: frozenset[int] | None
    zone: str = ""
    reach: str = ""
    search: str = ""
    sort: str = "number"
    descending: bool = False


_MOBILE = func.coalesce(Connection.mobile, "")
_LIKE_A_MOBILE = and_(
    func.length(_MOBILE) == 13,
    func.substr(_MOBILE, 1, 3) == "+91",
    func.substr(_MOBILE, 4, 1).in_(("6", "7", "8", "9")),
)
_REACH: ColumnElement[str] = case(
    (_MOBILE == "", Reach.NONE.value),
    (not_(_LIKE_A_MOBILE), Reach.INVALID.value),
    (col(VerifiedMobile.mobile).is_(None), Reach.UNVERIFIED.value),
    else_=Reach.VERIFIED.value,
)
_SORTS: dict[str, Any] = {
    "number": col(Connection.number),
    "name": col(Connection.consumer_name),
    "zone": col(Zone.code),
    "mobile": _MOBILE,
}


def by_zone(session: Session, zones: frozenset[int] | None) -> Sequence[ZoneCount]:
    """Every zone that may be seen, by code, with its connections by reach. Ended connections do not count."""
    counted = _among(select(col(Zone.id), _REACH, func.count()), Wanted(zones)).group_by(col(Zone.id), _REACH)
    counts: dict[int, dict[str, int]] = {}
    rows: Any = session.connection().execute(counted)
    for zone_id, reach, count in rows:
        counts.setdefault(zone_id, dict.fromkeys(Reach, 0))[reach] = count
    seen = select(col(Zone.id), col(Zone.code), col(Zone.name), col(Zone.name_hi)).order_by(col(Zone.code))
    if zones is not None:
        seen = seen.where(col(Zone.id).in_(zones))
    found: list[ZoneCount] = []
    listed: Any = session.connection().execute(seen)
    for zone_id, code, name, name_hi in listed:
        by_reach = counts.get(zone_id, dict.fromkeys(Reach, 0))
        found.append(ZoneCount(zone_id, code, name, name_hi, sum(by_reach.values()), by_reach))
    return found


def page_of(session: Session, wanted: Wanted, first: int, count: int) -> Sequence[Unreached]:
    """The connections [first, first + count) of the list; one more than a page tells whether there is another."""
    return [Unreached(*row) for row in session.connection().execute(_rows(wanted).offset(first).limit(count))]


def every(session: Session, wanted: Wanted) -> Iterator[Unreached]:
    """The whole list, a thousand rows at a time: memory stays flat however many there are."""
    for row in session.connection().execute(_rows(wanted).execution_options(yield_per=1_000)):
        yield Unreached(*row)


def _rows(wanted: Wanted) -> Any:
    rows = select(
        col(Connection.id),
        col(Connection.number),
        col(Connection.consumer_name),
        col(Connection.address),
        _MOBILE,
        _REACH,
        col(Zone.name),
        col(Zone.name_hi),
        col(Dtr.code),
    )
    by = _SORTS.get(wanted.sort, _SORTS["number"])
    order = by.desc() if wanted.descending else by.asc()
    return _among(rows, wanted).where(_matches(wanted)).order_by(order, col(Connection.number))


def _among(asked: Any, wanted: Wanted) -> Any:
    """The standing connections of the zones that may be seen, with their place in the network."""
    asked = (
        asked.select_from(Connection)
        .join(Dtr, col(Dtr.id) == col(Connection.dtr_id))
        .join(Feeder, col(Feeder.id) == col(Dtr.feeder_id))
        .join(Substation, col(Substation.id) == col(Feeder.substation_id))
        .join(Zone, col(Zone.id) == col(Substation.zone_id))
        .outerjoin(VerifiedMobile, col(VerifiedMobile.mobile) == col(Connection.mobile))
        .where(col(Connection.ended_on).is_(None))
    )
    return asked if wanted.zones is None else asked.where(col(Zone.id).in_(wanted.zones))


def _matches(wanted: Wanted) -> ColumnElement[bool]:
    """What was chosen on the page. Whatever reach is not named: all that are not verified."""
    reach = wanted.reach if wanted.reach in set(Reach) else ""
    parts: list[Any] = [_REACH.in_([reach]) if reach else _REACH.not_in([Reach.VERIFIED.value])]
    if wanted.zone:
        parts.append(col(Zone.code) == wanted.zone)
    if text := wanted.search.strip():
        digits = "".join(sign for sign in text if not sign.isspace())
        named: Any = col(Connection.consumer_name).icontains(text, autoescape=True)
        numbered: Any = col(Connection.number).startswith(digits, autoescape=True)
        parts.append(or_(numbered, named))
    return and_(*parts)
