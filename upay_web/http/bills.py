"""A bill as a file, for whoever may see the connection's bills."""
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response

from upay.accounts import LinkedConnection, Right
from upay.billing import bill_among, bill_file, sheet
from upay.db import session
from upay_web.http.person import own_connection

router = APIRouter(prefix="/api/v1/connections/{number}/bills", tags=["bills"])


@router.get("/{bill}/pdf")
def bill_pdf(
    own: Annotated[LinkedConnection, Depends(own_connection(Right.BILLS))],
    bill: str,
    language: Annotated[Literal["hi", "en"], Query()] = "hi",
) -> Response:
    """The bill as PDF, in the language asked for. 404 billing.not_yours for any other connection's bill."""
    with session() as db:
        shown = sheet(db, bill_among(db, bill, {own.id}))
    name, content = bill_file(shown, language)
    return Response(
        content, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
