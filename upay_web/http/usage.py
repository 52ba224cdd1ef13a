"""A connection's usage over HTTP: the chart's figure, and the downloads."""
from collections.abc import AsyncGenerator, Iterator
from datetime import date
from typing import Annotated, Any, Literal

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from components.usage_figure import usage_figure
from upay import clock
from upay.accounts import LinkedConnection, Right
from upay.clock import day_of
from upay.db import session
from upay.metering.files import Export, export_blocks
from upay.metering.history import history
from upay.metering.span import Against, View, span
from upay.packs import pack
from upay.text import say
from upay_web.http.person import own_connection

router = APIRouter(prefix="/api/v1/connections/{number}/usage", tags=["usage"])

_at_once = CapacityLimiter(2)

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
async def download(
    own: Own,
    first: date,
    last: date,
    format: Literal["csv", "xlsx", "greenbutton"],
    language: Language = "hi",
) -> StreamingResponse:
    """Every block from `first` to `last`, both included, as a file."""
    asked = span("range", first, last)

    def read() -> Export:
        with session() as db:
            return export_blocks(db, own.id, asked.first, asked.last, format)

    export = await to_thread.run_sync(read)
    return StreamingResponse(
        _written(export.pieces(language)),
        media_type=export.media_type,
        headers={"Content-Disposition": f'attachment; filename="{export.name}"'},
    )


async def _written(pieces: Iterator[bytes]) -> AsyncGenerator[bytes]:
    """The pieces as they are made, beside the event loop; few at once, for a workbook keeps a processor busy."""
    while (piece := await to_thread.run_sync(next, pieces, None, limiter=_at_once)) is not None:
        yield piece
