"""The billing desk's downloads: the queue of exceptions as CSV and as a workbook."""
import csv
import io
from typing import Annotated, Literal

import xlsxwriter
from fastapi import APIRouter, Depends, Query, Response

from upay import clock
from upay.accounts import Permission, StaffMember, record
from upay.billing import cycle_of
from upay.billing.desk import MOST_ROWS, Queued, Wanted, queue
from upay.db import session
from upay.text import say
from upay_web.http.person import StaffFor

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
    content = _csv(headings, table) if format == "csv" else _workbook(headings, table)
    kind = "text/csv" if format == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    name = f"exceptions-{cycle}.{format}"
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _cells(row: Queued, language: str) -> list[str | float | None]:
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


def _csv(headings: list[str], table: list[list[str | float | None]]) -> bytes:
    """Text with a mark that tells table programs it is UTF-8. A cell that could be taken for a formula is quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows([[_harmless(cell) for cell in row] for row in table])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str | float | None) -> str | float:
    if isinstance(cell, str) and cell[:1] in "=+-@\t\r":
        return f"'{cell}"
    return "" if cell is None else cell


def _workbook(headings: list[str], table: list[list[str | float | None]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, headings, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 1)
    for line, row in enumerate(table, 1):
        sheet.write_row(line, 0, row)
    sheet.autofit()
    book.close()
    return out.getvalue()
