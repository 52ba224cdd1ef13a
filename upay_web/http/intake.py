"""The doors for readings, events and live figures. A request costs the event loop only the reading of its body."""
import os
from collections.abc import Callable
from typing import Annotated, Any

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Depends, Header, Query, Request

from upay import clock
from upay.db import session
from upay.errors import Problem
from upay.metering import intake, tail
from upay.metering.intake import Sender
from upay.settings import settings
from upay_web.http import metrics
from upay_web.http.answers import Batch, Events, Held, Live
from upay_web.http.problems import ProblemAnswer

router = APIRouter(
    prefix="/api/v1",
    tags=["intake"],
    responses={status: {"model": ProblemAnswer} for status in (400, 401, 413, 415, 422)},
)
# Half of the time a batch waits for the disk, so that two of them keep a processor busy. More would only hold memory.
_at_once = CapacityLimiter(2 * (os.cpu_count() or 1))

_FORMS = (
    "text/csv",
    "application/x-ndjson",
    "application/vnd.apache.parquet",
    "application/vnd.apache.arrow.stream",
    "application/vnd.apache.arrow.file",
)


def _sender(authorization: Annotated[str | None, Header(description="Bearer KEY")] = None) -> Sender:
    with session() as db:
        return intake.sender(db, authorization)


Who = Annotated[Sender, Depends(_sender)]
ContentType = Annotated[str | None, Header(description="One of the body's forms; else it is told by its first bytes")]
Encoding = Annotated[str | None, Header(alias="Content-Encoding", description="gzip or zstd")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", description="Names the batch; else its content does")]


def _described(example: str) -> dict[str, Any]:
    """The body in OpenAPI: FastAPI cannot tell it from a route that reads the stream itself."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    content = {form: dict(binary) for form in _FORMS}
    content["application/x-ndjson"] = {"schema": {"type": "string"}, "example": example}
    return {"requestBody": {"required": True, "content": content}}


@router.post(
    "/reads",
    response_model=Batch,
    responses={409: {"model": ProblemAnswer}},
    openapi_extra=_described('{"meter": "UP123", "start": "2026-11-23T10:30:00+05:30", "wh": 420, "v": 231.4}\n'),
)
async def reads(
    request: Request, who: Who, content_type: ContentType = None, encoding: Encoding = None, key: Key = None
) -> dict[str, Any]:
    """Take block readings: `meter`, `start` (ISO 8601 with offset) or `start_s`, `wh`, and optionally `minutes`,
    `export_wh`, `vah`, `v`, `a`, `register_wh` (at the block's start).

    What the answer counts as accepted is on disk. Good rows beside bad ones are taken; the bad ones wait in quarantine.
    The same batch again gets the first answer with `repeated: true`.

    Rows are compared within their batch. That a block contradicts one of another batch is found when its day is
    closed: the block that came first counts, and the other waits in quarantine as `reads.conflict`.
    """
    body = await _body(request)

    def take() -> dict[str, Any]:
        with session() as db:
            return intake.take_reads(db, body, content_type, encoding, who.source, key, clock.now(), who.zone_ids)

    return await _in_thread("reads", take)


@router.post(
    "/events",
    response_model=Events,
    openapi_extra=_described('{"meter": "UP123", "code": 101, "at": "2026-11-23T10:31:07+05:30"}\n'),
)
async def events(
    request: Request, who: Who, content_type: ContentType = None, encoding: Encoding = None
) -> dict[str, Any]:
    """Take meter events: `meter`, `code` (IS 15959), `at` or `at_s`. A known event again is a duplicate."""
    body = await _body(request)

    def take() -> dict[str, Any]:
        with session() as db:
            return intake.take_events(db, body, content_type, encoding, who.source, clock.now(), who.zone_ids)

    return await _in_thread("events", take)


@router.post(
    "/live",
    response_model=Live,
    openapi_extra=_described('{"meter": "UP123", "at": "2026-11-23T10:31:05+05:30", "power_w": 840, "v": 231.4}\n'),
)
async def live(
    request: Request, who: Who, content_type: ContentType = None, encoding: Encoding = None
) -> dict[str, Any]:
    """Take instantaneous readings: `meter`, `at` or `at_s`, `power_w`, and optionally `v`, `a`, `register_wh`.

    Only each meter's latest is kept, and only for the day.
    """
    body = await _body(request)

    def take() -> dict[str, Any]:
        with session() as db:
            return intake.take_live(db, body, content_type, encoding, clock.now(), who.zone_ids)

    return await _in_thread("live", take)


@router.get("/reads/{batch_id}", response_model=Batch, responses={404: {"model": ProblemAnswer}})
def receipt(who: Who, batch_id: int) -> dict[str, Any]:
    """What was answered to a batch of one's own."""
    with session() as db:
        return intake.answer(intake.receipt(db, batch_id, who.source))


@router.get("/quarantine", response_model=list[Held])
def quarantine(
    who: Who,
    code: Annotated[str | None, Query(description="Only rows with this code")] = None,
    after: Annotated[int, Query(description="The last id of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[dict[str, Any]]:
    """One's own rows that still wait, oldest first."""
    with session() as db:
        return [intake.shown(row) for row in intake.held(db, source=who.source, code=code, after=after, limit=limit)]


async def _body(request: Request) -> bytes:
    """The body, read no further than the limit. Raises Problem `reads.body_too_large` (413)."""
    limit = settings().max_batch_bytes
    too_large = Problem("reads.body_too_large", {"limit": max(1, limit >> 20)}, 413)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > limit:
            raise too_large
        pieces.append(piece)
    return b"".join(pieces)


async def _in_thread(door: str, take: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do the work beside the event loop; once it is committed, those who watch this process's news hear of it."""
    answer = await to_thread.run_sync(take, limiter=_at_once)
    tail.nudge()
    metrics.count_rows(door, answer)
    return answer
