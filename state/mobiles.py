"""The desk's drive for mobile numbers: how each zone stands, and the connections nobody can be told anything about.

The address holds the whole view: zone, reach, search, order, page. It can be kept and sent to a colleague.
"""

from collections.abc import Sequence
from typing import Any, TypedDict
from urllib.parse import urlencode

import reflex as rx
from sqlmodel import Session

from state.attempt import attempt
from state.staff import StaffMember, permitted
from upay import clock
from upay.accounts import Permission, Reach, Unreached, Wanted, ZoneCount, by_zone, grouped, page_of, record
from upay.errors import Problem

A_PAGE = 50
MOST_PAGES = 2_000
_PARTS = ("zone", "reach", "search", "sort", "order", "page")


class ZoneRow(TypedDict):
    """A zone's line. percent: of its connections that are verified."""

    code: str
    name: str
    name_hi: str
    connections: int
    none: int
    invalid: int
    unverified: int
    verified: int
    percent: int


class MobileRow(TypedDict):
    """A connection of the list."""

    shown: str
    name: str
    address: str
    mobile: str
    reach: str
    zone: str
    zone_hi: str
    dtr: str


class MobilesState(rx.State):
    """What the address asks for, and what was found."""

    zones: list[ZoneRow] = []
    rows: list[MobileRow] = []
    zone: str = ""
    reach: str = ""
    search: str = ""
    sort: str = "number"
    descending: bool = False
    page: int = 0
    has_more: bool = False
    loaded: bool = False
    csv_url: str = ""
    xlsx_url: str = ""

    @rx.event(supersedes=True)
    @permitted(Permission.SEE_UNVERIFIED)
    async def open(self, staff: StaffMember):
        """Show what the address asks for. That somebody looked is on record."""
        asked = self.router.url.query_parameters
        self.zone, self.search = asked.get("zone", "")[:16], asked.get("search", "")[:60]
        self.reach = asked.get("reach", "") if asked.get("reach", "") in set(Reach) else ""
        self.sort = asked.get("sort", "") if asked.get("sort", "") in ("name", "zone", "mobile") else "number"
        self.descending = asked.get("order", "") == "down"
        self.page = _page(asked.get("page", ""))
        wanted = Wanted(
            staff.zone_ids(Permission.SEE_UNVERIFIED), self.zone, self.reach, self.search, self.sort, self.descending
        )
        page = self.page
        found = await attempt(lambda db: _found(db, staff, wanted, page))
        if isinstance(found, Problem):
            raise found
        zones, rows = found
        self.zones = [_zone_row(each) for each in zones]
        self.rows, self.has_more = [_mobile_row(each) for each in rows[:A_PAGE]], len(rows) > A_PAGE
        files = {name: value for name, value in self._parts().items() if name != "page"}
        self.csv_url, self.xlsx_url = (
            f"/api/v1/desk/mobiles?{urlencode(files | {'format': kind})}" for kind in ("csv", "xlsx")
        )
        self.loaded = True

    @rx.event
    @permitted(Permission.SEE_UNVERIFIED)
    async def filter(self, staff: StaffMember, form: dict[str, Any]):
        """Another zone, reach or search: from the first page."""
        chosen = {name: str(form.get(name, ""))[:60] for name in ("zone", "reach", "search")}
        return rx.redirect(self._address(**chosen, page=""))

    @rx.event
    @permitted(Permission.SEE_UNVERIFIED)
    async def order(self, staff: StaffMember, key: str):
        """Sort by a column; by the same once more, the other way round."""
        down = "down" if key == self.sort and not self.descending else ""
        return rx.redirect(self._address(sort=str(key)[:10], order=down, page=""))

    @rx.event
    @permitted(Permission.SEE_UNVERIFIED)
    async def turn(self, staff: StaffMember, pages: int):
        """To a later or an earlier page."""
        return rx.redirect(self._address(page=str(max(0, self.page + (1 if pages > 0 else -1)))))

    def _parts(self) -> dict[str, str]:
        order = "down" if self.descending else ""
        parts = {"zone": self.zone, "reach": self.reach, "search": self.search, "sort": self.sort, "order": order}
        return {name: value for name, value in (parts | {"page": str(self.page or "")}).items() if value}

    def _address(self, **changed: str) -> str:
        parts = {name: value for name, value in (self._parts() | changed).items() if value and value != "0"}
        return f"/desk/mobiles?{urlencode(parts)}" if parts else "/desk/mobiles"


def _found(
    db: Session, staff: StaffMember, wanted: Wanted, page: int
) -> tuple[Sequence[ZoneCount], Sequence[Unreached]]:
    zones = by_zone(db, wanted.zones)
    rows = page_of(db, wanted, page * A_PAGE, A_PAGE + 1)
    record(
        db,
        actor=staff.person_id,
        what="mobiles.seen",
        about=f"{wanted.zone or '*'} {wanted.reach or '*'} {page + 1}",
        where=staff.where,
        now=clock.now(),
    )
    return zones, rows


def _page(text: str) -> int:
    return min(int(text), MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _zone_row(zone: ZoneCount) -> ZoneRow:
    reached = zone.by_reach
    return ZoneRow(
        code=zone.code,
        name=zone.name,
        name_hi=zone.name_hi,
        connections=zone.connections,
        none=reached[Reach.NONE],
        invalid=reached[Reach.INVALID],
        unverified=reached[Reach.UNVERIFIED],
        verified=reached[Reach.VERIFIED],
        percent=100 * reached[Reach.VERIFIED] // zone.connections if zone.connections else 0,
    )


def _mobile_row(row: Unreached) -> MobileRow:
    return MobileRow(
        shown=grouped(row.number),
        name=row.name,
        address=row.address,
        mobile=row.mobile,
        reach=row.reach,
        zone=row.zone,
        zone_hi=row.zone_hi,
        dtr=row.dtr,
    )
