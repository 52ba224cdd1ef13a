"""A person's copy of their own data, as a download."""

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from upay import clock
from upay.clock import day_of
from upay.db import session
from upay.privacy import export_file
from upay_web.http.person import Asking

router = APIRouter(prefix="/api/v1/account", tags=["account"], include_in_schema=False)


@router.get("/copies/{number}")
def copy(number: Annotated[int, Path(ge=1, lt=1 << 31)], asking: Asking) -> FileResponse:
    """The ZIP, to the person whose data it is, and for a day. Nobody else learns whether there is one."""
    now = clock.now()
    with session() as db:
        path = export_file(db, asking.id or 0, number, now)
    told = {"Cache-Control": "no-store"}
    return FileResponse(path, 200, told, "application/zip", filename=f"upay-{day_of(now).isoformat()}.zip")
