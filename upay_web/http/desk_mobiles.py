"""The list of the mobile drive as a file."""

from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response, StreamingResponse

from upay import clock
from upay.accounts import Permission, Reach, StaffMember, Unreached, Wanted, every, record
from upay.clock import day_of
from upay.db import session
from upay.text import say
from upay_web.http.person import StaffFor
from upay_web.http.tables import CSV, XLSX, csv_lines, workbook

router = APIRouter(prefix="/api/v1/desk", tags=["desk"], include_in_schema=False)

_COLUMNS = ("number", "name", "mobile", "reach", "zone", "dtr", "address")


@router.get("/mobiles")
def mobiles(
    staff: Annotated[StaffMember, Depends(StaffFor(Permission.SEE_UNVERIFIED))],
    format: Literal["csv", "xlsx"],
    zone: Annotated[str, Query(max_length=16)] = "",
    reach: Annotated[str, Query(max_length=12)] = "",
    search: Annotated[str, Query(max_length=60)] = "",
    sort: Annotated[str, Query(max_length=10)] = "number",
    order: Annotated[str, Query(max_length=10)] = "",
    language: Literal["hi", "en"] = "en",
) -> Response:
    """All connections of the list, as far as the zones of the asking member of staff reach. It is on record."""
    wanted = Wanted(staff.zone_ids(Permission.SEE_UNVERIFIED), zone, reach, search, sort, order == "down")
    now = clock.now()
    with session() as db:
        record(
            db,
            actor=staff.person_id,
            what="mobiles.exported",
            about=f"{zone or '*'} {reach or '*'} {format}",
            where=staff.where,
            now=now,
        )
    headings = [say(f"mobiles.{column}", language) for column in _COLUMNS]
    name = f"mobiles_{day_of(now).isoformat()}.{format}"
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    if format == "csv":
        return StreamingResponse(csv_lines(headings, _rows(wanted, language)), media_type=CSV, headers=told)
    return Response(workbook("mobiles", headings, _rows(wanted, language)), media_type=XLSX, headers=told)


def _rows(wanted: Wanted, language: str) -> Iterator[tuple[str, ...]]:
    with session() as db:
        for each in every(db, wanted):
            yield _row(each, language)


def _row(each: Unreached, language: str) -> tuple[str, ...]:
    reach = say(f"mobiles.reach_{Reach(each.reach)}", language)
    zone = each.zone_hi if language == "hi" else each.zone
    return each.number, each.name, each.mobile.removeprefix("+91"), reach, zone, each.dtr, each.address
