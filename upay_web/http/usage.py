"""A connection's usage over HTTP: the chart's figure, and the downloads."""
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from components.usage_figure import usage_figure
from upay import clock
from upay.accounts import LinkedConnection, Right
from upay.clock import day_of
from upay.db import session
from upay.metering.files import export_blocks
from upay.metering.history import history
from upay.metering.span import Against, View, span
from upay.packs import pack
from upay.text import say
from upay_web.http.person import own_connection

router = APIRouter(prefix="/api/v1/connections/{number}/usage", tags=["usage"])

Language = Annotated[Literal["hi", "en"], Query()]
Own = Annotated[LinkedConnection, Depends(own_connection(Right.USAGE))]


@router.get("/chart")
def chart(
    own: Own, view: View, on: date, to: date | None = None, against: Against = "none", language: Language = "hi"
) -> dict[str, Any]:
    """The usage chart of a span as a Plotly figure; colours are token names for the page to fill in."""
    shown = span(view, on, to)
    now = clock.now()
    with session() as db:
        found = history(db, own.id, shown, shown.against(against), int(now.timestamp()))
    bands = [band.key for band in pack().bands(min(shown.last, day_of(now)))]
    return usage_figure(found, bands, lambda key, **values: say(key, language, **values), language)


@router.get("/download")
def download(
    own: Own,
    first: date,
    last: date,
    format: Literal["csv", "xlsx", "greenbutton"],
    language: Language = "hi",
) -> Response:
    """Every block from `first` to `last`, both included, as a file."""
    asked = span("range", first, last)
    with session() as db:
        name, media_type, content = export_blocks(db, own.id, asked.first, asked.last, format, language)
    return Response(content, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
