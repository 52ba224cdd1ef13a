"""The desk over HTTP: who is at it, for its menu; and the audit log as a file."""
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
from upay.text import catalogue, say
from upay_web.http.person import StaffFor
from upay_web.http.tables import CSV, Cell, csv_lines

router = APIRouter(prefix="/api/v1/desk", tags=["desk"], include_in_schema=False)

_COLUMNS = ("number", "when", "who", "person", "what", "key", "whose", "about", "why", "place", "seal")


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
        about = "" if set(request.query_params) <= {"language"} else "filtered"
        record(db, actor=staff.person_id, what="audit.exported", about=about, where=staff.where, now=clock.now())
    headings = [say(f"audit.{column}", language) for column in _COLUMNS]
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(csv_lines(headings, _rows(sought, language)), media_type=CSV, headers=headers)


def _rows(sought: Sought, language: str) -> Iterator[tuple[Cell, ...]]:
    """What and why in words, and `key` beside it as it is sealed; moments in IST to the second."""
    said = catalogue(language)
    with session() as db:
        for told in all_entries(db, sought):
            entry = told.entry
            yield (
                entry.id,
                entry.at.astimezone(IST).isoformat(timespec="seconds"),
                told.who or said["audit.machine"],
                entry.actor,
                said.get(entry.what, entry.what),
                entry.what,
                told.number,
                entry.about,
                said.get(entry.why, entry.why),
                entry.place,
                entry.seal,
            )
