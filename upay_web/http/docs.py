"""The description of the doors at /api/v1/docs, from files of our own: no other site is asked for anything."""
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import FileResponse, HTMLResponse

from upay.errors import Problem

router = APIRouter(prefix="/api/v1/docs", include_in_schema=False)

_FOLDER = Path(str(files("fastapi_offline"))) / "static"
_FILES = frozenset({"swagger-ui-bundle.js", "swagger-ui.css"})
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>UPAY API</title><link rel="stylesheet" href="/api/v1/docs/swagger-ui.css"></head>
<body><div id="doors"></div>
<script src="/api/v1/docs/swagger-ui-bundle.js"></script><script src="/api/v1/docs/start.js"></script></body></html>"""
_START = 'SwaggerUIBundle({url: "/api/v1/openapi.json", dom_id: "#doors", deepLinking: true, validatorUrl: null});'
_POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"


@router.get("")
def page() -> HTMLResponse:
    """The page."""
    return HTMLResponse(_PAGE, headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"})


@router.get("/start.js")
def start() -> Response:
    """The line that draws the description; in a file of its own, so that the page needs no inline script."""
    return Response(_START, media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.get("/{name}")
def asset(name: str) -> FileResponse:
    """Swagger UI's script and style."""
    if name not in _FILES:
        raise Problem("http.not_found", {}, 404)
    return FileResponse(_FOLDER / name, headers={"Cache-Control": "public, max-age=86400"})
