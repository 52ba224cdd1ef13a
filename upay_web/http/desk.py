"""The desk over HTTP: who is at it, for its menu; and the audit log as a file."""
import csv
import io
from collections.abc import Iterator
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from state.audit import sought_of
from upay import clock
from upay.accounts import Permission, Sought, StaffMember, all_entries, record
from upay.clock import IST
from upay.db import session
from upay.text import catalogue
from upay_web.http.person import StaffFor

router = APIRouter(prefix="/api/v1/desk", tags=["desk"], include_in_schema=False)


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Me(BaseModel):
    """The member of staff who is asking, and what their roles open."""

    name: str
    roles: list[str]
    permissions: list[str]


@router.get("/me")
def me(staff: Annotated[StaffMember, Depends(StaffFor())], response: Response) -> Me:
    """Name, roles and permissions."""
    response.headers["Cache-Control"] = "no-store"
    allowed = [permission.value for permission in Permission if staff.may(permission)]
    return Me(name=staff.name, roles=sorted(staff.roles), permissions=allowed)


@router.get("/audit.csv")
def audit_file(
    request: Request,
    staff: Annotated[StaffMember, Depends(StaffFor(Permission.SEE_AUDIT))],
    language: Annotated[Literal["hi", "en"], Query()] = "en",
) -> StreamingResponse:
    """The audit log, filtered as its page. The export itself is an entry of the log."""
    sought = sought_of(request.query_params, staff.zone_ids(Permission.SEE_AUDIT))
    with session() as db:
        about = "filtered" if request.query_params else ""
        record(db, actor=staff.person_id, what="audit.exported", about=about, where=staff.where, now=clock.now())
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(_lines(sought, language), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(sought: Sought, language: str) -> Iterator[str]:
    said = catalogue(language)
    yield _line("number", "at", "who", "person_id", "what", "key", "consumer", "about", "why", "from", "seal")
    with session() as db:
        for told in all_entries(db, sought):
            entry = told.entry
            yield _line(
                entry.id,
                entry.at.astimezone(IST).isoformat(timespec="seconds"),
                told.who,
                entry.actor or "",
                said.get(entry.what, entry.what),
                entry.what,
                told.number,
                entry.about,
                said.get(entry.why, entry.why),
                entry.place,
                entry.seal,
            )


def _line(*cells: str | int) -> str:
    """A row; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    written = io.StringIO()
    csv.writer(written).writerow(f"'{cell}" if str(cell).startswith(_FORMULA) else cell for cell in cells)
    return written.getvalue()
