"""The HTTP application beside the pages: one FastAPI, and the layers around everything that is served."""
from fastapi import FastAPI, Request

from upay.errors import Problem
from upay_web.build import ROOT
from upay_web.http import (
    account,
    billing,
    bills,
    desk,
    desk_mobiles,
    docs,
    health,
    intake,
    metrics,
    mobile,
    passkeys,
    quote,
    register,
    second,
    security,
    sign_in,
    statement,
    usage,
)
from upay_web.http.bodies import bounded
from upay_web.http.headers import guarded
from upay_web.http.own_pages import only_from_own_pages
from upay_web.http.problems import answer_problems
from upay_web.http.requests import numbered

PAGES = ROOT / ".web" / "build" / "client"

api = FastAPI(
    title="UPAY Web",
    summary="The doors of an electricity distribution company's consumer portal.",
    version="1",
    openapi_url="/api/v1/openapi.json",
    docs_url=None,
    redoc_url=None,
)
answer_problems(api)
_people = (sign_in, register, second, passkeys, security, mobile, account)
for part in (intake, docs, health, metrics, *_people, usage, bills, billing, statement, quote, desk, desk_mobiles):
    api.include_router(part.router)

# What wraps the whole application, innermost first; for `rx.App(api_transformer=[api, *layers])`.
layers = [bounded, only_from_own_pages, guarded(PAGES), numbered]


@api.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
def nowhere(request: Request, rest: str) -> None:
    """Below /api/ there are no pages: an unknown address is answered like any other problem."""
    raise Problem("http.not_found", {}, 404)
