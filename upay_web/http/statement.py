"""A connection's statement over HTTP: the download."""
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response

from upay import clock
from upay.accounts import LinkedConnection, Right
from upay.db import session
from upay.ledger import statement_file
from upay_web.http.person import own_connection

router = APIRouter(prefix="/api/v1/connections/{number}/statement", tags=["statement"])


@router.get("/download")
def download(
    own: Annotated[LinkedConnection, Depends(own_connection(Right.BILLS))],
    first: date,
    last: date,
    format: Literal["pdf", "csv", "xlsx"],
    language: Literal["hi", "en"] = "hi",
) -> Response:
    """Every entry from `first` to `last`, both included, as a file."""
    with session() as db:
        name, media_type, content = statement_file(db, own.id, first, last, format, language, clock.now())
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
