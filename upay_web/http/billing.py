"""The billing desk's downloads: the queue of exceptions as CSV and as a workbook."""
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import StreamingResponse

from upay import clock
from upay.accounts import Permission, StaffMember, record
from upay.billing import cycle_of
from upay.billing.desk import MOST_ROWS, Queued, Wanted, queue
from upay.db import session
from upay.text import say
from upay_web.http.person import StaffFor
from upay_web.http.tables import CSV, XLSX, Cell, csv_lines, workbook

router = APIRouter(prefix="/api/v1/desk/billing", tags=["desk"], include_in_schema=False)

Officer = Annotated[StaffMember, Depends(StaffFor(Permission.SEE_BILLING))]
_COLUMNS = ("consumer", "name", "zone", "kind", "units", "reference", "state", "reason")


@router.get("/exceptions")
def exceptions(
    staff: Officer,
    cycle: str,
    format: Literal["csv", "xlsx"],
    state: str = "open",
    code: str = "",
    zone: str = "",
    q: Annotated[str, Query(max_length=60)] = "",
    sort: str = "ratio",
    order: Literal["asc", "desc"] = "desc",
    language: Literal["hi", "en"] = "hi",
) -> Response:
    """The whole view of the queue, in its order. Looking at so many people's use is noted."""
    wanted = Wanted(cycle_of(cycle), state, code, zone, q, sort, order == "desc")
    with session() as db:
        rows, _ = queue(db, wanted, staff.zone_ids(Permission.SEE_BILLING), MOST_ROWS)
        record(
            db, actor=staff.person_id, what="billing.audit_exported", about=f"{cycle} {len(rows)}", where=staff.where,
            now=clock.now(),
        )  # fmt: skip
    headings = [say(f"billing.column_{name}", language) for name in _COLUMNS]
    table = [_cells(row, language) for row in rows]
    told = {"Content-Disposition": f'attachment; filename="exceptions-{cycle}.{format}"', "Cache-Control": "no-store"}
    if format == "csv":
        return StreamingResponse(csv_lines(headings, table), media_type=CSV, headers=told)
    return Response(workbook("exceptions", headings, table), media_type=XLSX, headers=told)


def _cells(row: Queued, language: str) -> list[Cell]:
    return [
        row.number,
        row.consumer,
        row.zone,
        say(f"billing.exception_{row.code}", language),
        row.units_wh / 1000,
        None if row.reference_wh is None else row.reference_wh / 1000,
        say(f"billing.state_{row.state}", language),
        row.reason,
    ]
